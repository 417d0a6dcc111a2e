"""The numbers of the permission service."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from constructs_lib.specs.permission_service import OPENFGA, PermissionServiceSpec
from tests.constructs_lib.sample_service import API

COUNTS = st.none() | st.integers(1, 200)


def test_it_has_tasks_like_the_api_beside_it():
    service = PermissionServiceSpec().service(API)

    assert (service.min_tasks, service.max_tasks, service.spot) == (API.min_tasks, API.max_tasks, API.spot)
    assert service.log_retention_days == API.log_retention_days


def test_nobody_opens_a_shell_in_it_where_the_api_has_one():
    service = PermissionServiceSpec().service(API.model_copy(update={"execute_command": True}))

    assert service.execute_command is False


@given(low=COUNTS, high=COUNTS, api=st.tuples(st.integers(0, 200), st.integers(1, 200)).map(sorted))
def test_whatever_is_said_of_its_tasks_one_runs_at_least_and_what_is_said_is_kept(low, high, api):
    if low and high and low > high:
        low, high = high, low
    spec = PermissionServiceSpec(min_tasks=low, max_tasks=high)

    service = spec.service(API.model_copy(update={"min_tasks": api[0], "max_tasks": api[1]}))

    assert 1 <= service.min_tasks <= service.max_tasks
    assert low in (None, service.min_tasks)
    assert high in (None, service.max_tasks)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"cpu": 256, "memory_mib": 4096}, "memory_mib must be one of 512 to 2048"),
        ({"min_tasks": 3, "max_tasks": 2}, r"min_tasks must be <= max_tasks \(2\), got 3"),
        ({"model_id": "latest"}, "String should match pattern"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        PermissionServiceSpec(**given)


def test_openfga_wants_a_key_shows_no_playground_and_listens_inside_the_task_only():
    assert OPENFGA["OPENFGA_AUTHN_METHOD"] == "preshared"
    assert OPENFGA["OPENFGA_PLAYGROUND_ENABLED"] == "false"
    assert all(value.startswith("127.0.0.1:") for name, value in OPENFGA.items() if name.endswith("_ADDR"))
