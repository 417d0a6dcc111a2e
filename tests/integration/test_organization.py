"""The organization of the example company with two more products, built on the embedded AWS by the command line."""

import json

import pytest

from tests.integration.conftest import Project

pytestmark = pytest.mark.integration

MANAGEMENT = "111111111111"


@pytest.fixture(scope="module")
def built(project: Project):
    """Planned, approved as a file, and applied."""
    assert project.cells("local", "up", "--port", str(project.port)).code == 0
    for product in ("billing", "ledger"):
        assert project.cells("new", product, "--modules", "tasks", "--yes").code == 0
    planned = project.cells("org", "plan", "--out", "plan.json", "--json")
    assert planned.code == 0, planned.err
    result = project.cells("org", "apply", "--plan", "plan.json", "--yes", "--json")
    assert result.code == 0, result.err
    return planned.json(), result.json()


def test_everything_that_was_planned_was_done(project: Project, built) -> None:
    planned, applied = built

    assert set(applied["done"]) == {step["name"] for step in planned["steps"]}
    assert sum(step["irreversible"] for step in planned["steps"]) == 6


def test_the_next_plan_is_empty(project: Project, built) -> None:
    result = project.cells("org", "plan", "--json")

    assert result.json()["steps"] == []


def test_accounts_are_in_their_units_and_in_the_registry(project: Project, built) -> None:
    _, applied = built
    organizations = project.client("organizations", MANAGEMENT, "us-east-1")
    registry = json.loads((project.folder / "accounts" / "registry.json").read_text())
    [root] = organizations.list_roots()["Roots"]
    units = organizations.list_organizational_units_for_parent(ParentId=root["Id"])["OrganizationalUnits"]
    [workloads] = [unit["Id"] for unit in units if unit["Name"] == "Workloads"]
    products = organizations.list_organizational_units_for_parent(ParentId=workloads)["OrganizationalUnits"]
    [billing] = [unit["Id"] for unit in products if unit["Name"] == "billing"]

    there = {one["Name"]: one["Id"] for one in organizations.list_accounts_for_parent(ParentId=billing)["Accounts"]}

    recorded = {
        f"{cell['product']}-{cell['environment']}": cell["account"]
        for cell in registry["cells"]
        if cell["product"] == "billing"
    }
    assert there == recorded == {name: id for name, id in applied["accounts"].items() if name.startswith("billing-")}


def test_applying_the_plan_again_does_nothing(project: Project, built) -> None:
    again = project.cells("org", "apply", "--plan", "plan.json", "--yes", "--json")

    assert again.code == 0, again.err
    assert again.json()["done"] == []


def test_a_plan_is_refused_when_the_declaration_has_moved(project: Project, built) -> None:
    assert project.cells("new", "late-one", "--modules", "tasks", "--yes").code == 0

    refused = project.cells("org", "apply", "--plan", "plan.json", "--yes")

    assert refused.code == 2
    assert "moved since the plan was approved" in refused.err
    assert "unit Workloads/late-one" in refused.err


def test_an_account_that_somebody_moved_is_moved_back(project: Project, built) -> None:
    organizations = project.client("organizations", MANAGEMENT, "us-east-1")
    _, applied = built
    account = applied["accounts"]["ledger-prod"]
    [parent] = organizations.list_parents(ChildId=account)["Parents"]
    [root] = organizations.list_roots()["Roots"]
    organizations.move_account(AccountId=account, SourceParentId=parent["Id"], DestinationParentId=root["Id"])

    planned = project.cells("org", "plan")

    assert "~ account ledger-prod: Root → Workloads/ledger" in planned.out
