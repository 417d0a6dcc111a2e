"""The table of calls: well written, without contradictions, and about everybody who matters."""

from collections import Counter

import pytest

from accounts.policies.calls.call import Call
from accounts.policies.calls.settings import SETTINGS
from accounts.policies.calls.table import CALLS, CALLS_BY_SUBJECT
from accounts.policies.registry import GUARDRAILS
from tests.accounts.policies.test_validity import SERVICES


def what(call: Call) -> tuple[object, ...]:
    """All of a call but what it has to do."""
    context = tuple(sorted((key, str(value)) for key, value in call.context.items()))
    return (call.who, call.where, call.action, call.resource, call.owner, call.region, context, call.absent)


def test_there_are_hundreds_of_sentences_and_both_kinds() -> None:
    assert len({call.sentence for call in CALLS}) > 150
    assert sum(call.works for call in CALLS) > 500
    assert sum(not call.works for call in CALLS) > 2000


@pytest.mark.parametrize("subject", CALLS_BY_SUBJECT)
def test_every_action_is_one_that_aws_has(subject: str) -> None:
    pairs = {call.action.partition(":")[::2] for call in CALLS_BY_SUBJECT[subject]}

    assert not [f"{service}:{name}" for service, name in pairs if name.lower() not in SERVICES[service]["Actions"]]


def test_no_call_stands_twice_and_none_contradicts_another() -> None:
    twice = [key for key, count in Counter(what(call) for call in CALLS).items() if count > 1]

    assert not twice


@pytest.mark.parametrize(
    "who",
    ["vending engine", "stack set", "deployment role", "bootstrap role", "cloudformation", "break-glass", "pipeline"],
)
def test_whoever_must_not_be_locked_out_has_vital_calls(who: str) -> None:
    assert [call for call in CALLS if call.vital and call.who == who]


def test_only_calls_that_must_work_are_vital() -> None:
    assert all(call.works for call in CALLS if call.vital)


@pytest.mark.parametrize(
    "who", ["administrator", "cloudformation", "break-glass", "vending engine", "root", "stack set"]
)
def test_everybody_with_power_has_calls_that_must_fail(who: str) -> None:
    assert [call for call in CALLS if not call.works and call.who == who]


def test_every_guardrail_that_sets_something_has_a_setting() -> None:
    assert {setting.type for setting in SETTINGS} == {one.type for one in GUARDRAILS if not one.authorizes}
