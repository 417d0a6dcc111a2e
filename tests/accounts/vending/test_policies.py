"""Policies in an organization: made by their stack, tried, brought to their unit, changed, edited and taken back."""

import json

import pytest
from botocore.exceptions import ClientError

from accounts.policies.declared import declared_policies
from accounts.policies.guardrail import ROOT, Guardrail, Statement
from accounts.topology import WORKLOADS
from accounts.vending.plan import plan_of
from constructs_lib.specs.errors import CellsError
from local.repairs.organization_policies import POLICY_QUOTAS
from tests.accounts.vending.world import Faults, Killed, organization

SCP = "SERVICE_CONTROL_POLICY"


def guardrail(name, *actions, attached=(ROOT,), sid=""):
    return Guardrail(
        name=name,
        type=SCP,
        summary="s",
        why="w",
        reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        breaks="b",
        attached=attached,
        statements=(Statement(sid=sid or name.title(), actions=actions),),
    )


GUARDRAILS = (guardrail("first", "s3:DeleteBucket"), guardrail("second", "s3:GetObject", attached=(WORKLOADS,)))
CHANGED = (guardrail("first", "s3:DeleteBucket", "s3:PutObject"), GUARDRAILS[1])


class Guarded:
    """An organization that is there, and the stack of its policies, which is deployed by hand."""

    def __init__(self, world, monkeypatch):
        self.world = world
        self.monkeypatch = monkeypatch
        self.held = {}
        monkeypatch.setattr("accounts.vending.policy_observation._held_by", lambda *_: frozenset(self.held.values()))
        self.declare(GUARDRAILS)

    @property
    def api(self):
        return self.world.clients.organizations

    def declare(self, guardrails):
        self.monkeypatch.setattr("accounts.policies.registry.GUARDRAILS", guardrails)
        self.guardrails = guardrails

    def declared(self):
        from accounts.ledger import load_registry

        registry = load_registry(self.world.registry_path)
        return declared_policies(self.world.spec, registry, self.world.topology, self.guardrails)

    def deploy(self):
        """What CloudFormation does: makes what is new, and forgets what is gone, which is retained."""
        wanted = {one.name: one for one in self.declared()}
        for name, one in wanted.items():
            if name not in self.held:
                made = self.api.create_policy(
                    Name=name,
                    Description=one.description,
                    Type=one.type,
                    Content=one.policy.text,
                    Tags=[{"Key": key, "Value": value} for key, value in one.tags.items()],
                )
                self.held[name] = made["Policy"]["PolicySummary"]["Id"]
        self.held = {name: id for name, id in self.held.items() if name in wanted}

    def apply(self):
        """What is done by one plan."""
        return self.world.apply(self.world.plan()).done

    def settle(self):
        """Deploy, try, and bring to the units."""
        self.deploy()
        self.apply()
        self.apply()
        assert self.world.plan().steps == ()

    def attached(self):
        """The names of policies by unit."""
        found = {}
        for policy in self.world.observe().policies:
            for unit in policy.units:
                found.setdefault("/".join(unit) or "Root", set()).add(policy.name)
        return found


@pytest.fixture
def guarded(world, few_services, monkeypatch):
    world.spec = organization(canaries=["canary"])
    world.apply(world.plan())
    world.faults = Faults()
    return Guarded(world, monkeypatch)


def names(guarded):
    return [one.name for one in guarded.declared()]


def test_a_policy_is_tried_by_one_apply_and_comes_to_its_unit_by_the_next(guarded):
    root, workloads = names(guarded)
    guarded.deploy()

    first = guarded.apply()
    tried = guarded.attached()
    second = guarded.apply()

    assert tried == {"Policy Staging": {root}, "Policy Staging/Workloads": {workloads}}
    assert guarded.attached() == {"Root": {root}, "Workloads": {workloads}}
    assert all(name.startswith("attach-policy:") for name in first)
    assert len(second) == 4
    assert guarded.world.plan().steps == ()


def test_before_the_stack_is_deployed_nothing_is_to_do_and_the_plan_says_why(guarded):
    plan = guarded.world.plan()

    assert plan.steps == ()
    assert [note for note in plan.notes if "deploy OrganizationPolicies first" in note] == [
        "2 policies for Root, Workloads are not in the organization yet: deploy OrganizationPolicies first"
    ]


def test_the_canary_is_bound_by_what_is_tried_for_the_root_and_for_workloads(guarded):
    canary = next(one for one in guarded.world.observe().accounts if one.name == "canary")

    assert canary.unit == ("Policy Staging", "Workloads")


def test_a_changed_guardrail_is_another_policy_and_the_old_one_is_deleted_at_the_end(guarded):
    guarded.settle()
    (old, _), guarded.guardrails = names(guarded), None
    guarded.declare(CHANGED)
    (new, workloads) = names(guarded)
    guarded.deploy()

    guarded.apply()
    between = guarded.attached()
    guarded.apply()

    assert between["Policy Staging"] == {new}
    assert {name.partition("-retired-")[0] for name in between["Root"]} == {old}
    assert guarded.attached() == {"Root": {new}, "Workloads": {workloads}}
    assert {one.name for one in guarded.world.observe().policies} == {new, workloads}


def test_a_change_that_is_taken_back_can_be_deployed_again(guarded):
    """The stack has to make the old policy a second time, under a name that would be taken."""
    guarded.settle()
    old, workloads = names(guarded)
    guarded.declare(CHANGED)
    guarded.deploy()
    guarded.apply()
    guarded.declare(GUARDRAILS)

    guarded.deploy()
    guarded.apply()

    assert guarded.attached() == {"Root": {old}, "Workloads": {workloads}}
    assert {one.name for one in guarded.world.observe().policies} == {old, workloads}
    assert guarded.world.plan().steps == ()


def test_a_name_that_the_stack_cannot_take_is_set_free_by_an_apply(guarded):
    guarded.settle()
    guarded.declare(CHANGED)
    guarded.deploy()
    guarded.declare(GUARDRAILS)
    with pytest.raises(ClientError, match="DuplicatePolicyException"):
        guarded.deploy()

    guarded.apply()
    guarded.deploy()
    guarded.apply()

    assert guarded.world.plan().steps == ()
    assert {one.name for one in guarded.world.observe().policies} == set(names(guarded))


def test_what_somebody_edited_in_the_console_goes_back(guarded):
    guarded.settle()
    root = names(guarded)[0]
    guarded.api.update_policy(PolicyId=guarded.held[root], Content='{"Version":"2012-10-17","Statement":[]}')

    done = guarded.apply()

    assert done == (f"restore-policy:{root}:{guarded.held[root]}",)
    content = guarded.api.describe_policy(PolicyId=guarded.held[root])["Policy"]["Content"]
    assert json.loads(content)["Statement"][0]["Action"] == "s3:DeleteBucket"


def test_policies_of_others_are_seen_and_never_touched(guarded):
    root = guarded.world.observe().root
    theirs = guarded.api.create_policy(Name="theirs", Description="", Type=SCP, Content='{"Statement":[]}')
    id = theirs["Policy"]["PolicySummary"]["Id"]
    guarded.api.attach_policy(PolicyId=id, TargetId=root)

    guarded.settle()

    (found,) = [one for one in guarded.world.observe().policies if not one.ours]
    assert (found.id, found.units, found.digest) == (id, ((),), "")


def test_a_policy_that_aws_does_not_attach_keeps_the_one_that_it_replaces(guarded):
    guarded.settle()
    old = names(guarded)[0]
    guarded.declare(CHANGED)
    guarded.deploy()
    guarded.apply()
    guarded.world.faults = Faults(answers={"AttachPolicy": ["AccessDeniedException"]})

    with pytest.raises(CellsError, match=r"policy .* off Root: waits for attach-policy"):
        guarded.apply()

    assert {name.partition("-retired-")[0] for name in guarded.attached()["Root"]} == {old}
    guarded.world.faults = Faults()
    guarded.apply()
    assert guarded.world.plan().steps == ()


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("number", range(7))
def test_a_kill_at_any_change_of_policies_is_mended_by_the_same_plan(guarded, side, number):
    """The whole way of a change: tried, and brought to its unit; the stop is somewhere on it."""
    guarded.settle()
    guarded.declare(CHANGED)
    guarded.deploy()
    world = guarded.world
    new, workloads = names(guarded)
    world.faults = Faults(kill_at=number, side=side)
    killed = 0

    for _ in range(2):
        plan = world.plan()
        try:
            world.apply(plan)
        except Killed:
            killed += 1
            world.faults = Faults()
            world.apply(plan, break_lock=True)

    assert guarded.attached() == {"Root": {new}, "Workloads": {workloads}}
    assert {one.name for one in world.observe().policies} == {new, workloads}
    assert killed == (1 if number < 6 else 0)


def test_a_busy_aws_is_asked_again(guarded):
    guarded.deploy()
    busy = ["TooManyRequestsException", "ConcurrentModificationException", "PolicyChangesInProgressException"]
    guarded.world.faults = Faults(answers={"AttachPolicy": list(busy), "DetachPolicy": list(busy)})

    guarded.apply()
    guarded.apply()

    assert guarded.world.plan().steps == ()
    assert len(guarded.world.slept) >= 6


def test_what_was_done_before_aws_answered_counts_as_done(guarded):
    guarded.deploy()
    guarded.world.faults = Faults(late={"AttachPolicy": ["ServiceException"], "DetachPolicy": ["ServiceException"]})

    guarded.apply()
    guarded.apply()

    assert guarded.world.plan().steps == ()


def test_a_plan_that_tries_a_policy_does_not_widen_it_when_it_is_run_again(guarded):
    guarded.deploy()
    plan = guarded.world.plan()
    guarded.world.apply(plan)

    again = guarded.world.apply(plan)

    assert again.done == ()
    assert "Root" not in guarded.attached()


def test_a_build_that_goes_on_holds_what_it_tries(guarded):
    guarded.deploy()
    plan = guarded.world.plan()
    guarded.world.apply(plan)
    live = guarded.world.observe()
    tried = [step.policy for step in plan.steps]

    held = plan_of(guarded.world.spec, guarded.world.topology, live, guarded.declared(), trying=tried)

    assert held.steps == ()
    assert held.held == tuple(sorted(tried))
    assert guarded.world.apply(held).done == ()


def test_the_stack_of_an_organization_without_one_holds_nothing(world, few_services):
    world.apply(world.plan())
    made = world.clients.organizations.create_policy(
        Name="ours",
        Description="",
        Type=SCP,
        Content='{"Statement":[]}',
        Tags=[{"Key": "managed-by", "Value": "cells"}],
    )

    (policy,) = world.observe().policies

    assert policy.id == made["Policy"]["PolicySummary"]["Id"]
    assert (policy.ours, policy.in_stack) == (True, False)


def test_the_quotas_of_the_emulator_are_those_of_the_table():
    from accounts.policies.packing import limits_of
    from accounts.quotas import quota

    assert {type: (one.characters, one.per_target - one.of_aws) for type, one in POLICY_QUOTAS.items()} == {
        type: (limits_of(type).characters, limits_of(type).policies) for type in POLICY_QUOTAS
    }
    assert POLICY_QUOTAS[SCP].all == quota("scps")
    assert POLICY_QUOTAS["RESOURCE_CONTROL_POLICY"].all == quota("rcps")
