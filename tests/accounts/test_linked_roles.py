"""The baseline makes AWS's own roles everywhere but where they were before."""

import pytest
from aws_cdk import App, BootstraplessSynthesizer, Stack
from aws_cdk.assertions import Template

from accounts.platform import Platform
from accounts.stacks.account_kind import OtherAccount
from accounts.stacks.baseline_global import BaselineGlobal
from accounts.stacks.guard_hook import Rules
from constructs_lib.specs.errors import InputError

SEARCH, CONFIG = "opensearchservice.amazonaws.com", "config.amazonaws.com"


def baseline(organization, registry, **declared):
    spec = organization.model_copy(update={"service_linked_roles": declared})
    app = App(analytics_reporting=False)
    stack = BaselineGlobal(
        app,
        "BaselineGlobal",
        platform=Platform(spec, registry, {}),
        rules=Rules(bucket="rules", key="protect_data.guard"),
        synthesizer=BootstraplessSynthesizer(),
    )
    return Template.from_stack(stack).to_json()


def roles(template):
    """The condition of each service-linked role, by service."""
    return {
        one["Properties"]["AWSServiceName"]: one.get("Condition")
        for one in template["Resources"].values()
        if one["Type"] == "AWS::IAM::ServiceLinkedRole"
    }


def test_a_role_is_left_out_where_it_was_before_and_nowhere_else(organization, registry):
    template = baseline(organization, registry, **{SEARCH: ("log-archive", "ci-cd")})

    found = roles(template)
    assert found[CONFIG] is None
    equal = [{"Fn::Equals": [{"Ref": "AWS::AccountId"}, id]} for id in ("333333333333", "666666666666")]
    assert template["Conditions"][found[SEARCH]] == {"Fn::Not": [{"Fn::Or": equal}]}


def test_without_such_an_account_the_roles_have_no_condition(ground):
    assert set(roles(ground.template("ManagementBaseline").to_json()).values()) == {None}


def test_an_account_that_nobody_declares_is_an_error(organization, registry):
    with pytest.raises(InputError, match="no account 'nowhere' is declared"):
        baseline(organization, registry, **{SEARCH: ("nowhere",)})


@pytest.mark.parametrize(("accounts", "groups"), [(1, 0), (10, 0), (11, 1), (100, 10)])
def test_a_condition_compares_with_ten_accounts_at_a_time(accounts, groups):
    stack = Stack(App(analytics_reporting=False), "Stack")
    OtherAccount(stack, "Other", accounts=[f"{number:012d}" for number in range(accounts)])

    (condition,) = Template.from_stack(stack).to_json()["Conditions"].values()
    (among,) = condition["Fn::Not"]
    nested = [one for one in among.get("Fn::Or", []) if "Fn::Or" in one]
    assert len(nested) == groups


def test_more_than_a_hundred_accounts_are_an_error():
    with pytest.raises(InputError, match="101 accounts are named"):
        OtherAccount(Stack(App(analytics_reporting=False), "Stack"), "Other", accounts=["1"] * 101)
