"""`cells org prove`, and the page that shows the guardrails."""

import json
from dataclasses import replace

import pytest

from accounts.policies import registry
from accounts.policies.guardrail import ROOT, Guardrail, Statement
from accounts.policies.registry import GUARDRAILS
from cells.cli.reference import pages
from tests.cli.conftest import Cells

PAGE = next(text for path, text in pages().items() if path.name == "guardrails.md")


@pytest.fixture
def guardrails(monkeypatch: pytest.MonkeyPatch):
    """Puts other guardrails in the place of the project's."""
    return lambda some: monkeypatch.setattr(registry, "GUARDRAILS", tuple(some))


def extra(name: str, *actions: str) -> Guardrail:
    return Guardrail(
        name=name,
        type="SERVICE_CONTROL_POLICY",
        summary="s",
        why="w",
        reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        breaks="b",
        attached=(ROOT,),
        statements=(Statement(sid="Extra", actions=actions),),
    )


def test_it_counts_the_calls_and_measures_the_policies(cells: Cells) -> None:
    result = cells("org", "prove")

    assert result.code == 0
    assert result.out.splitlines()[-1].endswith("must fail: all do")
    root = [line.split() for line in result.out.splitlines() if line.startswith("example-scp-root-")]
    assert 1 <= len(root) <= 4
    assert all(int(size) <= int(limit) == 5120 for *_, size, limit in root)


def test_json_has_everything_for_a_machine(cells: Cells) -> None:
    result = cells("org", "prove", "--json")

    found = json.loads(result.out)
    assert result.code == 0
    assert found["holds"] is True
    assert found["calls"] > 4000
    assert found["failures"] == found["lockouts"] == found["unset"] == found["unproved"] == []
    assert set(found["denied_by"]) == {one.name for one in GUARDRAILS if one.authorizes}
    assert all(policy["characters"] <= policy["limit"] for policy in found["policies"])


def test_a_guardrail_that_is_gone_ends_with_1_and_a_table(cells: Cells, guardrails) -> None:
    guardrails(one for one in GUARDRAILS if one.name != "no-root")

    result = cells("org", "prove")

    assert result.code == 1
    assert "calls that came out wrong" in result.out
    assert "root uses the account: " in result.out
    assert result.out.splitlines()[-1].endswith("do not")


def test_a_lockout_is_printed_first_and_apart(cells: Cells, guardrails) -> None:
    guardrails((*GUARDRAILS, extra("too-wide", "sts:AssumeRole")))

    result = cells("org", "prove")

    assert result.code == 1
    assert result.out.startswith("somebody is locked out: ")
    assert "deployment role  acme-crm-dev" in result.out
    assert "statement Extra of SCP" in result.out


def test_a_lockout_is_a_list_of_its_own_in_json(cells: Cells, guardrails) -> None:
    guardrails((*GUARDRAILS, extra("too-wide", "sts:AssumeRole")))

    found = json.loads(cells("org", "prove", "--json").out)

    assert found["holds"] is False
    assert {"deployment role", "pipeline"} <= {one["who"] for one in found["lockouts"]}
    assert all(one["must"] == "work" and one["answer"] == "deny" for one in found["lockouts"])


def test_a_guardrail_that_nothing_proves_is_named(cells: Cells, guardrails) -> None:
    guardrails((*GUARDRAILS, extra("unheard-of", "braket:CreateJob")))

    result = cells("org", "prove")

    assert result.code == 1
    assert "nothing proves the guardrail unheard-of" in result.out


def test_a_setting_that_does_not_hold_is_said(cells: Cells, guardrails) -> None:
    guardrails(one for one in GUARDRAILS if one.name != "ai-opt-out")

    result = cells("org", "prove")

    assert result.code == 1
    assert "does not hold: AWS trains nothing in management: None instead of 'optOut'" in result.out


def test_too_many_guardrails_are_wrong_input_that_says_by_how_much(cells: Cells, guardrails) -> None:
    guardrails((*GUARDRAILS, *(replace(_long(n)) for n in range(2))))

    result = cells("org", "prove")

    assert result.code == 2
    assert "error: the SCPs of Root need 6 policies of 5,120 characters, AWS takes 4 more beside its own" in result.err
    assert "the largest guardrail is 'long-" in result.err


def _long(number: int) -> Guardrail:
    guardrail = extra(f"long-{number}", *(f"s3:Get{'x' * 200}{index}" for index in range(22)))
    return replace(guardrail, statements=(replace(guardrail.statements[0], sid=f"Long{number}"),))


@pytest.mark.parametrize("guardrail", GUARDRAILS, ids=lambda one: one.name)
def test_the_page_says_of_each_guardrail_what_why_and_what_it_breaks(guardrail: Guardrail) -> None:
    section = PAGE.partition(f"\n## {guardrail.name}\n")[2].partition("\n## ")[0]

    assert guardrail.summary in section
    assert guardrail.why in section
    assert guardrail.breaks in section
    assert guardrail.reference in section
    assert all(statement.sid in section for statement in guardrail.statements)
    assert all(exemption.who in section for exemption in guardrail.exempt)


@pytest.mark.parametrize(
    "unit, name", [("Workloads", "bounded-roles"), ("Suspended", "suspended"), ("Root", "no-root")]
)
def test_the_page_says_what_binds_a_unit(unit: str, name: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {unit} |")]

    assert f"[{name}](#{name})" in row


def test_no_placeholder_stands_outside_of_code_where_a_browser_would_take_it_for_a_tag() -> None:
    outside = "".join(part for number, part in enumerate(PAGE.split("`")) if number % 2 == 0)

    assert "<" not in outside.replace("<!--", "").replace("<https://", "")
