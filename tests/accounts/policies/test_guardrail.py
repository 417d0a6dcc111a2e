"""What a guardrail must not be, found when it is written down."""

import re

import pytest

from accounts.policies.exemption import EXEMPTIONS, VENDING, Exemption
from accounts.policies.guardrail import Guardrail, Statement
from tests.accounts.policies.test_packing import PAGE

WHOLE = {
    "name": "one",
    "type": "SERVICE_CONTROL_POLICY",
    "summary": "s",
    "why": "w",
    "reference": PAGE,
    "breaks": "b",
    "attached": ((),),
    "statements": (Statement(sid="S", actions=("s3:*",)),),
}


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"name": "Not A Name"}, "is not lower-case words"),
        ({"reference": "https://example.com/page.html"}, "has no page of AWS"),
        ({"why": ""}, "does not say what, why"),
        ({"breaks": ""}, "does not say what, why"),
        ({"attached": ()}, "where it is attached"),
        ({"statements": ()}, "needs statements and nothing else"),
        ({"content": {"tags": {}}}, "needs statements and nothing else"),
        ({"type": "TAG_POLICY"}, "needs content and nothing else"),
        ({"type": "TAG_POLICY", "statements": ()}, "needs content and nothing else"),
    ],
)
def test_a_guardrail_that_is_not_whole_is_refused(changed, message) -> None:
    with pytest.raises(ValueError, match=message):
        Guardrail(**{**WHOLE, **changed})


def test_a_whole_guardrail_is_taken() -> None:
    assert Guardrail(**WHOLE).authorizes
    assert not Guardrail(**{**WHOLE, "type": "TAG_POLICY", "statements": (), "content": {"tags": {}}}).authorizes


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"sid": "with-hyphen"}, "is not letters and digits"),
        ({"actions": ()}, "either actions or all_but"),
        ({"all_but": ("s3:*",)}, "either actions or all_but"),
        ({"exempt": (VENDING,), "when": {"ArnNotLike": {"aws:PrincipalArn": "x"}}}, "exemptions in two places"),
    ],
)
def test_a_statement_that_says_nothing_or_two_things_is_refused(changed, message) -> None:
    with pytest.raises(ValueError, match=message):
        Statement(**{"sid": "S", "actions": ("s3:*",), **changed})


def test_everybody_who_is_exempt_stands_once() -> None:
    twice = tuple(Statement(sid=f"S{n}", actions=("s3:*",), exempt=(VENDING,)) for n in range(2))

    assert Guardrail(**{**WHOLE, "statements": twice}).exempt == (VENDING,)


@pytest.mark.parametrize("exemption", EXEMPTIONS, ids=lambda one: one.who)
def test_a_role_of_one_account_is_exempt_in_that_account_only(exemption: Exemption) -> None:
    account, name = exemption.role.split(":")[4:6]
    named = set(re.findall(r"<(log-archive|security-tooling|network-hub|ci-cd)>", name))

    assert named <= {account.strip("<>")}
