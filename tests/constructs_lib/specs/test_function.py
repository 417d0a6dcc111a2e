import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.specs.errors import InputError
from constructs_lib.specs.function import POWERTOOLS_VERSION, check_visibility, powertools_layer_version


@given(timeout=st.integers(1, 900), visibility=st.integers(0, 43200))
def test_a_queue_hides_a_message_for_six_timeouts_of_its_function(timeout, visibility):
    if visibility >= 6 * timeout:
        check_visibility(visibility_seconds=visibility, timeout_seconds=timeout)
    else:
        with pytest.raises(InputError, match=f"hides a message for {visibility} s"):
            check_visibility(visibility_seconds=visibility, timeout_seconds=timeout)


def test_a_visibility_that_is_too_short_says_what_is_long_enough():
    with pytest.raises(InputError) as caught:
        check_visibility(visibility_seconds=60, timeout_seconds=30)

    assert "180 s or more" in caught.value.hint


def test_a_region_without_a_layer_on_record_says_how_to_find_it():
    with pytest.raises(InputError, match="'mars-north-1' is not on record") as caught:
        powertools_layer_version("mars-north-1")

    assert "list-layer-versions" in caught.value.hint


def test_tests_run_with_the_powertools_of_the_layer():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))

    assert f"aws-lambda-powertools=={POWERTOOLS_VERSION}" in project["project"]["optional-dependencies"]["dev"]
