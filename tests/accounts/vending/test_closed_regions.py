"""A region that is added to the declaration: the guardrail that is in force closes it until its next one is."""

import json

import pytest
from botocore.exceptions import ClientError

from accounts.policies.governed_regions import GOVERNED_REGIONS
from accounts.policies.regions_let_in import regions_let_in
from accounts.vending.live import LiveOrganization, LivePolicy
from accounts.vending.members import Members
from accounts.vending.settings_step import SETTINGS_TAG
from constructs_lib.specs.errors import CellsError
from local.closed_regions import closed_region
from tests.accounts.vending.test_policies import Guarded
from tests.accounts.vending.world import MANAGEMENT, Faults, World, organization

NEW = "eu-central-1"
OLD_REGIONS = ["eu-west-1", "us-east-1"]
INSIDE = {"identity_center": False, "settings": {"default_network": "kept", "password_policy": None}}


def denial(operation):
    said = f"not authorized to perform: {operation} with an explicit deny in a service control policy"
    return ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": said}}, operation)


@pytest.fixture
def enforced(monkeypatch):
    """Calls in member accounts are denied as the embedded AWS denies them, by the policies that are attached."""
    opened = Members.open
    denied = []

    def open_bound(self, service, account, region=None):
        client = opened(self, service, account, region)

        def before(model, **_):
            closed = region and closed_region(account, region)
            if closed and closed.denies(service, model.name):
                denied.append((account, model.name))
                raise denial(f"{service}:{model.name}")

        client.meta.events.register("before-call", before)
        return client

    monkeypatch.setattr(Members, "open", open_bound)
    return denied


@pytest.fixture
def guarded(aws, few_services, monkeypatch, tmp_path, enforced):
    """The platform's accounts under the guardrail of two regions, set up and bootstrapped."""
    world = World(tmp_path, organization(**INSIDE), {}, creation=aws)
    world.apply(world.plan())
    guarded = Guarded(world, monkeypatch)
    guarded.declare((GOVERNED_REGIONS,))
    guarded.settle()
    world.faults = Faults()
    return guarded


def add_region(guarded):
    guarded.world.spec = organization(**INSIDE, governed_regions=[*OLD_REGIONS, NEW])
    guarded.world.bootstrapper.made.clear()


def widen(guarded):
    """Deploy the new policy, try it, and bring it to the root."""
    guarded.deploy()
    guarded.apply()
    guarded.apply()


def regions_bootstrapped(guarded):
    ids = {id: name for name, id in guarded.world.ids().items()}
    return {(ids[account], region) for account, region, *_ in guarded.world.bootstrapper.made}


def test_what_is_done_in_a_new_region_waits_for_its_guardrail_and_the_plan_says_so(guarded, enforced):
    add_region(guarded)
    plan = guarded.world.plan()

    done = guarded.world.apply(plan)

    (old,) = {one.name for one in guarded.world.observe().policies}
    assert plan.steps[0].line() == (
        f"region {NEW}: waits for a guardrail that lets it in, {old} on Root closes it to member accounts"
    )
    assert done.closed == (NEW,)
    assert {f"wait-for-region:{NEW}", "apply-settings:log-archive", f"bootstrap-account:security-tooling:{NEW}"} <= set(
        done.waiting
    )
    assert regions_bootstrapped(guarded) == {("management", NEW)}
    # Nobody is asked where the answer is known.
    assert enforced == []
    # No policy binds the management account.
    assert {"apply-settings:management", f"bootstrap-account:management:{NEW}"} <= set(done.done)


def test_the_run_after_the_guardrail_was_widened_carries_on(guarded):
    add_region(guarded)
    guarded.deploy()
    guarded.apply()
    tried = guarded.world.plan().names
    guarded.apply()

    plan = guarded.world.plan()
    done = guarded.world.apply(plan)

    assert f"wait-for-region:{NEW}" in tried
    assert f"wait-for-region:{NEW}" not in plan.names
    assert (done.waiting, done.closed) == ({}, ())
    assert ("security-tooling", NEW) in regions_bootstrapped(guarded)
    assert guarded.world.plan().steps == ()
    tooling = guarded.world.ids()["security-tooling"]
    assert guarded.world.clients.members.ec2(tooling, NEW).get_ebs_encryption_by_default()["EbsEncryptionByDefault"]


def test_an_approved_plan_that_waited_for_a_region_is_done_by_running_it_again(guarded):
    add_region(guarded)
    plan = guarded.world.plan()
    guarded.world.apply(plan)
    widen(guarded)

    again = guarded.world.apply(plan)

    assert again.waiting == {}
    assert f"wait-for-region:{NEW}" in again.before
    assert ("security-tooling", NEW) in regions_bootstrapped(guarded)


def test_a_region_that_the_policies_let_in_and_aws_does_not_yet_is_a_wait(guarded):
    add_region(guarded)
    plan = guarded.world.plan().of_kinds(("bootstrap-account", "apply-settings"), ("security-tooling",))

    done = guarded.world.apply(plan)

    reason = done.waiting["apply-settings:security-tooling"]
    assert f"a service control policy closes {NEW} to the account" in reason
    assert done.closed == (NEW,)
    account = next(one for one in guarded.world.observe().accounts if one.name == "security-tooling")
    assert account.tags[SETTINGS_TAG] != plan.steps[0].settings.digest


def test_a_bootstrap_into_a_region_that_aws_does_not_let_in_yet_is_a_wait(guarded):
    add_region(guarded)
    plan = guarded.world.plan().of_kinds(("bootstrap-account",), ("security-tooling",))

    done = guarded.world.apply(plan)

    assert list(done.waiting) == [f"bootstrap-account:security-tooling:{NEW}"]
    assert regions_bootstrapped(guarded) == set()


def test_a_policy_that_denies_one_call_only_is_a_failure(guarded, monkeypatch):
    add_region(guarded)
    widen(guarded)
    plan = guarded.world.plan()

    def refuse(self, region):
        raise denial("ec2:EnableEbsEncryptionByDefault")

    monkeypatch.setattr("accounts.vending.account_room.AccountRoom._encrypt", refuse)

    with pytest.raises(CellsError, match="explicit deny in a service control policy"):
        guarded.world.apply(plan)


def policy(name, *units, regions=("eu-west-1",), type="SERVICE_CONTROL_POLICY"):
    return LivePolicy(id=name, name=name, type=type, units=units, regions=regions)


def test_only_what_is_on_the_root_closes_a_region_and_all_of_it_does():
    policies = (
        policy("b", ()),
        policy("a", (), ("Workloads",)),
        policy("tried", ("Policy Staging",)),
        policy("wider", (), regions=("eu-west-1", NEW)),
        policy("about-something-else", (), regions=None),
        policy("of-another-type", (), type="RESOURCE_CONTROL_POLICY"),
    )
    live = LiveOrganization(management=MANAGEMENT, policies=policies)

    assert (live.closing(NEW), live.closing("eu-west-1")) == (("a", "b"), ())


CONTENTS = [
    ("some regions", {"StringNotEquals": {"aws:RequestedRegion": ["b", "a"]}}, ("a", "b")),
    ("one region", {"StringNotEquals": {"aws:RequestedRegion": "a"}}, ("a",)),
    (
        "not for everybody",
        {"StringNotEquals": {"aws:RequestedRegion": "a"}, "ArnNotLike": {"aws:PrincipalArn": "x"}},
        None,
    ),
    ("another key", {"StringNotEquals": {"aws:PrincipalOrgID": "o"}}, None),
    ("closes what is named", {"StringEquals": {"aws:RequestedRegion": "a"}}, None),
]


@pytest.mark.parametrize(("condition", "regions"), [row[1:] for row in CONTENTS], ids=[row[0] for row in CONTENTS])
def test_a_policy_lets_in_the_regions_outside_of_which_it_denies_everything_to_everybody(condition, regions):
    statement = {"Effect": "Deny", "NotAction": "sts:*", "Resource": "*", "Condition": condition}

    assert regions_let_in(json.dumps({"Version": "2012-10-17", "Statement": [statement]})) == regions
    assert regions_let_in(json.dumps({"Version": "2012-10-17", "Statement": statement})) == regions


def test_of_two_policies_in_one_only_what_both_let_in_is_open():
    statements = [
        {"Effect": "Deny", "NotAction": "sts:*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": regions}}}
        for regions in (["a", "b"], ["b", "c"])
    ]

    assert regions_let_in(json.dumps({"Statement": statements})) == ("b",)
    assert regions_let_in("no policy") is None
