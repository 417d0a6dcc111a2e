"""Drift inside accounts is found by looking inside, and taken back by forgetting that it was done."""

import pytest

from accounts.vending.account_room import AccountRoom
from accounts.vending.inside import _bootstrap, findings_inside
from accounts.vending.reverting import revert_plan
from accounts.vending.settings_step import settings_of
from tests.accounts.vending.world import Faults, World, organization

ONLY = {"identity_center": False, "settings": {"bootstrap": False}}
POLICY = "arn:aws:iam::444455556666:policy/cell-cloudformation-execution"


@pytest.fixture
def world(aws, few_services, tmp_path):
    world = World(tmp_path, organization(), {}, creation=aws)
    world.apply(world.plan())
    world.faults = Faults()
    world.spec = organization(**ONLY)
    AccountRoom(world.clients, world.ids()["log-archive"]).apply(settings_of(world.spec))
    return world


def look(world):
    return findings_inside(world.clients, world.spec, world.topology, world.observe())


def test_what_is_as_it_was_set_and_what_was_never_set_is_no_finding(world):
    assert look(world) == ()


def test_a_default_vpc_that_came_back_is_taken_away_by_the_run_after_the_revert(world):
    client = world.clients.members.ec2(world.ids()["log-archive"], "eu-west-1")
    client.create_default_vpc()

    (finding,) = look(world)
    assert finding.name == "account:log-archive:settings"
    assert "there is a default VPC" in finding.line
    assert "apply-settings:log-archive" not in world.plan().names

    world.apply(revert_plan([finding], world.observe()))
    assert "apply-settings:log-archive" in world.plan().names
    world.apply(world.plan())

    assert client.describe_vpcs()["Vpcs"] == []
    assert look(world) == ()


@pytest.mark.parametrize(
    ("parameters", "difference"),
    [
        ({"CloudFormationExecutionPolicies": POLICY, "TrustedAccounts": ""}, ""),
        ({}, "there is no CDKToolkit"),
        ({"CloudFormationExecutionPolicies": POLICY, "TrustedAccounts": "1"}, "CDKToolkit trusts 1"),
        ({"CloudFormationExecutionPolicies": POLICY, "TrustedAccountsForLookup": "2"}, "CDKToolkit trusts 2"),
        ({"CloudFormationExecutionPolicies": "arn:other"}, "CDKToolkit executes with arn:other"),
        ({"TrustedAccounts": ""}, "CDKToolkit executes with nothing"),
    ],
)
def test_a_bootstrap_is_compared_by_whom_it_trusts_and_what_it_executes_with(parameters, difference):
    assert _bootstrap(parameters, POLICY) == difference
