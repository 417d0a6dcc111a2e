"""`cells check`: what fails, what is excused, and as of when."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from assembly.check import CheckReport
from assembly.exceptions import RuleException
from assembly.findings import Finding
from assembly.judge import judge
from cells.cli import check
from cells.plan import CellPlan
from tests.cli.conftest import Cells

FINDING = Finding(
    stack="ProductCell-Data",
    path="ProductCell-Data/Storage/Files",
    logical_id="StorageFiles1",
    rule="AwsSolutions-S1",
    location="Properties.LoggingConfiguration",
    message="The bucket has no access logs.",
    severity="error",
    source="cdk-nag",
)
EXCEPTION = RuleException(
    rule="AwsSolutions-S1",
    reason="it is the bucket of the logs",
    owner="platform",
    expires=date(2027, 1, 31),
    stack="ProductCell-Data",
    resource="Storage/Files",
    logical_ids=frozenset({"StorageFiles1"}),
)


@dataclass
class Found:
    findings: list[Finding] = field(default_factory=list)
    exceptions: list[RuleException] = field(default_factory=list)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    """Stands in for the tools: what they find, judged as of the day that the command gave."""
    found = Found()

    def run(root: Path, plan: CellPlan, day: date) -> CheckReport:
        return CheckReport(on=day, judgement=judge(found.findings, found.exceptions, day), seconds={}, not_judged=())

    monkeypatch.setattr(check, "_run", run)
    return found


def test_a_finding_fails_and_is_named_with_resource_and_rule(cells: Cells, found: Found) -> None:
    found.findings.append(FINDING)

    result = cells("check", "acme-crm", "-e", "dev")

    assert result.code == 1
    assert "error   AwsSolutions-S1  ProductCell-Data/Storage/Files (Properties.LoggingConfiguration)" in result.out
    assert "The bucket has no access logs." in result.out
    assert "1 unexcused; 0 excused" in result.out


def test_an_excused_finding_passes_and_is_counted(cells: Cells, found: Found) -> None:
    found.findings.append(FINDING)
    found.exceptions.append(EXCEPTION)

    result = cells("check", "acme-crm", "-e", "dev", "--on", "2027-01-31")

    assert result.code == 0
    assert "nothing unexcused; 1 excused as of 2027-01-31" in result.out
    assert "it is the bucket of the logs" not in result.out


def test_excused_lists_rule_resource_owner_expiry_and_reason(cells: Cells, found: Found) -> None:
    found.findings.append(FINDING)
    found.exceptions.append(EXCEPTION)

    result = cells("check", "acme-crm", "-e", "dev", "--on", "2026-12-01", "--excused")

    row = next(line for line in result.out.splitlines() if "AwsSolutions-S1" in line)
    for said in ("ProductCell-Data/Storage/Files", "platform", "2027-01-31", "it is the bucket of the logs"):
        assert said in row


def test_an_expired_exception_fails_from_the_next_day_on(cells: Cells, found: Found) -> None:
    found.findings.append(FINDING)
    found.exceptions.append(EXCEPTION)

    result = cells("check", "acme-crm", "-e", "dev", "--on", "2027-02-01")

    assert result.code == 1
    assert "was excused until 2027-01-31: it is the bucket of the logs" in result.out
    assert "1 expired" in result.out


def test_an_unused_exception_fails(cells: Cells, found: Found) -> None:
    found.exceptions.append(EXCEPTION)

    result = cells("check", "acme-crm", "-e", "dev", "--on", "2026-12-01")

    assert result.code == 1
    assert "unused exception  ProductCell-Data/Storage/Files: AwsSolutions-S1" in result.out


def test_all_environments_are_checked_unless_one_is_named(cells: Cells, found: Found) -> None:
    every = json.loads(cells("check", "acme-crm", "--json").out)
    one = json.loads(cells("check", "acme-crm", "-e", "prod", "--json").out)

    assert list(every) == ["acme-crm/dev/eu-west-1", "acme-crm/staging/eu-west-1", "acme-crm/prod/eu-west-1"]
    assert list(one) == ["acme-crm/prod/eu-west-1"]


def test_a_day_that_is_none_is_wrong_input(cells: Cells, found: Found) -> None:
    result = cells("check", "acme-crm", "--on", "tomorrow")

    assert result.code == 2
    assert "tomorrow" in result.err


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_nothing_is_unexcused_in_the_example_product(cells: Cells, environment: str) -> None:
    result = cells("check", "acme-crm", "-e", environment, "--on", "2026-12-01")

    assert result.code == 0, result.out
    assert "nothing unexcused" in result.out
