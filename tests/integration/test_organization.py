"""The organization of the example company with two more products, built on the embedded AWS by the command line."""

import json

import pytest

from accounts.names import BASELINE_STACK_SETS
from tests.integration.conftest import Project

pytestmark = pytest.mark.integration

MANAGEMENT = "111111111111"
HOME = "eu-west-1"


@pytest.fixture(scope="module")
def project(own_project: Project) -> Project:
    """Alone: what is built here is the organization itself."""
    return own_project


@pytest.fixture(scope="module")
def built(project: Project):
    """Planned, approved as a file, and applied."""
    assert project.cells("local", "up", "--port", str(project.port)).code == 0
    declaration = project.folder / "accounts" / "organization.yaml"
    # A Node for each account and region would take minutes; one account is bootstrapped below.
    declaration.write_text(declaration.read_text() + "\nsettings: {bootstrap: false}\n")
    for product in ("billing", "ledger"):
        assert project.cells("new", product, "--modules", "tasks", "--yes").code == 0
    planned = project.cells("org", "plan", "--out", "plan.json", "--json")
    assert planned.code == 0, planned.err
    result = project.cells("org", "apply", "--plan", "plan.json", "--yes", "--json")
    assert result.code == 0, result.err
    return planned.json(), result.json()


@pytest.fixture(scope="module")
def finished(project: Project, built):
    """The baseline is deployed, and the same plan is applied again."""
    cloudformation = project.client("cloudformation", MANAGEMENT, HOME)
    [root] = project.client("organizations", MANAGEMENT, "us-east-1").list_roots()["Roots"]
    sets = {
        name: {
            "Type": "AWS::CloudFormation::StackSet",
            "Properties": {
                "StackSetName": name,
                "TemplateBody": json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}),
                "PermissionModel": "SERVICE_MANAGED",
                "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": True},
                "StackInstancesGroup": [
                    {"DeploymentTargets": {"OrganizationalUnitIds": [root["Id"]]}, "Regions": [HOME]}
                ],
            },
        }
        for name in BASELINE_STACK_SETS
    }
    cloudformation.create_stack(StackName="baseline-sets", TemplateBody=json.dumps({"Resources": sets}))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="baseline-sets", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    result = project.cells("org", "apply", "--plan", "plan.json", "--wait", "--yes", "--json")
    assert result.code == 0, result.err
    return result.json()


def test_everything_that_was_planned_was_done_or_waits_for_the_baseline(project: Project, built, finished) -> None:
    planned, applied = built
    names = {step["name"] for step in planned["steps"]}

    assert set(applied["done"]) | set(applied["waiting"]) == names
    assert {name.partition(":")[0] for name in applied["waiting"]} == {"move-account", "wait-for-baseline"}
    assert sum(step["irreversible"] for step in planned["steps"]) == 6
    assert finished["waiting"] == {}
    assert {name for name in applied["waiting"] if name.startswith("move-account")} <= set(finished["done"])


def test_the_next_plan_is_empty(project: Project, finished) -> None:
    result = project.cells("org", "plan", "--json")

    assert result.json()["steps"] == []


def test_nothing_inside_accounts_differs_from_what_was_set(project: Project, finished) -> None:
    result = project.cells("org", "drift", "--deep", "--json")

    assert (result.code, result.json()["findings"]) == (0, [])


def test_accounts_are_in_their_units_and_in_the_registry(project: Project, built, finished) -> None:
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


def test_applying_the_plan_again_does_nothing(project: Project, finished) -> None:
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


def test_one_account_is_bootstrapped_when_somebody_asks(project: Project, finished) -> None:
    declaration = project.folder / "accounts" / "organization.yaml"
    declaration.write_text(declaration.read_text().replace("{bootstrap: false}", "{bootstrap: true}"))

    result = project.cells("org", "bootstrap", "ci-cd", "--yes", "--json")

    assert result.code == 0, result.err
    done = result.json()["done"]
    assert done == [
        "put-platform-policies:ci-cd",
        "bootstrap-account:ci-cd:eu-west-1",
        "bootstrap-account:ci-cd:us-east-1",
    ]
    account = json.loads((project.folder / "accounts" / "registry.json").read_text())["accounts"]["ci-cd"]["id"]
    [stack] = project.client("cloudformation", account, HOME).describe_stacks(StackName="CDKToolkit")["Stacks"]
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    assert parameters["TrustedAccounts"] == ""
    policy = f"arn:aws:iam::{account}:policy/platform-cloudformation-execution"
    assert parameters["CloudFormationExecutionPolicies"] == policy
    assert project.cells("org", "bootstrap", "ci-cd", "--yes", "--json").json()["done"] == []
