import pytest
from aws_cdk import Environment, Stack

from accounts.budgets import Budgets
from accounts.management import ALLOWED, foreign_types, refuse_foreign
from accounts.people import Group
from constructs_lib.specs.errors import InputError

MANAGEMENT = "111111111111"
WITH_EVERYTHING = {
    "budgets": Budgets(organization=1, cells={"dev": 1, "staging": 1, "prod": 1}, notify=("billing@example.com",)),
    "people": {
        "platform": Group.model_validate(
            {
                "id": "90670abc-1234-5678-9abc-def012345678",
                "assignments": [{"permission_set": "break-glass", "accounts": ["management"]}],
            }
        )
    },
}


@pytest.fixture(scope="module")
def whole(lay_ground, organization, registry):
    return lay_ground(organization.model_copy(update=WITH_EVERYTHING), registry)


def test_nothing_is_in_the_management_account_but_what_is_on_the_list(whole):
    there = [stack for stack in whole.assembly.stacks if stack.environment.account == MANAGEMENT]

    assert {"Cost", "CostBudgets-prod", "PeopleManagement"} <= {stack.id for stack in there}
    for stack in there:
        refuse_foreign([stack.id])
        resources = whole.template(stack.id).to_json()["Resources"].values()
        assert foreign_types(stack.id, [one["Type"] for one in resources]) == ()


def test_another_stack_there_stops_the_synthesis(lay_ground, organization, registry, monkeypatch):
    def elsewhere(app, platform):
        yield Stack(app, "Workload", env=Environment(account=MANAGEMENT, region="eu-west-1"))

    monkeypatch.setattr("accounts.stacks.cost.cost_stacks", elsewhere)
    with pytest.raises(InputError, match="the stack Workload is for the management account"):
        lay_ground(organization, registry)


def test_another_type_of_resource_there_is_found():
    assert foreign_types("Cost", ["AWS::CE::CostCategory", "AWS::IAM::Role"]) == ("AWS::IAM::Role",)
    assert foreign_types("Workload", ["AWS::CE::CostCategory"]) == ("AWS::CE::CostCategory",)


def services_of(baseline):
    types = {
        type for stack, types in ALLOWED.items() if stack.startswith("ManagementBaseline") == baseline for type in types
    }
    return {type.split("::")[1] for type in types}


def test_nothing_on_the_list_can_run_or_become_somebody_but_the_baseline():
    assert services_of(baseline=False) == {"Budgets", "CE", "Organizations", "SSO"}


def test_the_baseline_has_roles_and_nothing_that_runs():
    assert services_of(baseline=True) == {"Backup", "Budgets", "CloudFormation", "Config", "Events", "IAM", "KMS", "S3"}
