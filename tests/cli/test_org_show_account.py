"""`cells org show ACCOUNT`: which guardrails bind it, who may become what in it, where its logs go."""

import json
from pathlib import Path

import pytest

from accounts.access import MEMBERS
from accounts.names import AUDITOR_ROLE_NAME, BREAK_GLASS_ROLE_NAME
from accounts.policies.registry import GUARDRAILS
from constructs_lib.specs.landing import DEPLOYMENT_ROLE_NAME, VENDING_ROLE_NAME
from tests.cli.conftest import Cells


def shown(cells: Cells, name: str):
    result = cells("org", "show", name, "--json")
    assert result.code == 0
    return json.loads(result.out)


def test_every_guardrail_of_the_root_and_of_the_units_above_binds_a_cell(cells: Cells) -> None:
    found = shown(cells, "acme-crm-prod")

    levels = [(), ("Workloads",), ("Workloads", "acme-crm")]
    wanted = {one.name for one in GUARDRAILS for level in levels if level in one.attached}
    assert {one["name"] for one in found["guardrails"]} == wanted
    assert {one["name"]: one["on"] for one in found["guardrails"]}["bounded-roles"] == "Workloads"
    assert found["unit"] == "Workloads/acme-crm"


def test_no_service_or_resource_control_policy_binds_the_management_account(cells: Cells) -> None:
    types = {one["type"] for one in shown(cells, "management")["guardrails"]}

    assert "DECLARATIVE_POLICY_EC2" in types
    assert not types & {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"}


ACCESS = [
    ("acme-crm-dev", {VENDING_ROLE_NAME, DEPLOYMENT_ROLE_NAME, BREAK_GLASS_ROLE_NAME, AUDITOR_ROLE_NAME}, set()),
    ("log-archive", {VENDING_ROLE_NAME, BREAK_GLASS_ROLE_NAME}, {DEPLOYMENT_ROLE_NAME, "cell-pipeline"}),
    ("ci-cd", {"cell-pipeline"}, {DEPLOYMENT_ROLE_NAME}),
    ("management", {BREAK_GLASS_ROLE_NAME}, {VENDING_ROLE_NAME, DEPLOYMENT_ROLE_NAME, "cell-pipeline"}),
]


@pytest.mark.parametrize(("account", "some", "none"), ACCESS, ids=[row[0] for row in ACCESS])
def test_it_says_who_may_become_what(cells: Cells, account: str, some: set[str], none: set[str]) -> None:
    roles = {one["role"] for one in shown(cells, account)["access"]}

    assert some <= roles
    assert not roles & none


def test_people_are_told_by_group_and_permission_set(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "organization.yaml"
    path.write_text(
        path.read_text()
        + "people:\n  crm-team:\n    id: 1234567890-12345678-1234-1234-1234-123456789012\n"
        + "    assignments: [{permission_set: developer, products: [acme-crm], environments: [dev]}]\n"
    )

    access = shown(cells, "acme-crm-dev")["access"]

    assert ("permission set developer", "the group crm-team") in {(one["role"], one["who"]) for one in access}
    assert "permission set developer" not in {one["role"] for one in shown(cells, "acme-crm-prod")["access"]}


def test_it_says_where_logs_go(cells: Cells) -> None:
    logs = {one["log"]: one["place"] for one in shown(cells, "acme-crm-dev")["logs"]}

    assert logs["every call (CloudTrail)"] == "example-trail-333333333333-eu-west-1"
    assert logs["network flows, eu-west-1"] == "example-flow-logs-333333333333-eu-west-1"
    assert "network flows, eu-west-1" not in {one["log"] for one in shown(cells, "log-archive")["logs"]}


def test_a_person_reads_the_same(cells: Cells) -> None:
    out = cells("org", "show", "acme-crm-prod").out

    assert "guardrails that bind it" in out
    assert "who may become what in it" in out
    assert "where its logs go" in out
    assert "bounded-roles" in out


def test_an_account_that_nobody_declares_is_wrong_input(cells: Cells) -> None:
    result = cells("org", "show", "nobody")

    assert result.code == 2
    assert "no account 'nobody' is declared" in result.err


def test_every_kind_of_account_but_one_is_a_member() -> None:
    from typing import get_args

    from accounts.topology import Kind

    assert set(get_args(Kind)) - set(MEMBERS) == {"management"}
