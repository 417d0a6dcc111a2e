"""The rounds of a build while a region is closed: nobody asks or deploys what is about it before it opens."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from accounts.vending.apply import Applied
from accounts.vending.live import LiveOrganization
from accounts.vending.plan import Plan
from accounts.vending.region_step import WaitForRegion
from accounts.vending.step import CreateUnit
from cells.cli.organization_build import Approval, OrganizationBuild

NEW, MANAGEMENT = "eu-central-1", "111111111111"
STACKS = {"OrganizationPolicies": "", "BaselineStackSets": NEW, "LogArchive": ""}
"""With the region that each waits for."""
LIVE = LiveOrganization(management=MANAGEMENT)


@dataclass
class Stacks:
    """What is deployed, and what was asked for."""

    closed: tuple = (NEW,)
    deployed: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    held: dict = field(default_factory=dict)

    def with_closed(self, closed):
        self.held = {id: region for id, region in STACKS.items() if region in closed}
        return self

    def changes(self, wanted):
        asked = [id for id in STACKS if id not in self.held]
        self.asked.append(asked)
        return tuple(
            SimpleNamespace(stack=SimpleNamespace(id=id), action="update", diff=id)
            for id in asked
            if id not in self.deployed
        )

    def deploy(self, changes):
        self.deployed += [one.stack.id for one in changes]
        return list(changes)


@pytest.fixture
def rounds(monkeypatch, tmp_path):
    """A build whose guardrail is widened by the round after the first deployment, or never."""
    stacks = Stacks()
    opens = {"at": 2}
    plans = []

    def plan(*_, **__):
        step = WaitForRegion(region=NEW, policies=("old",)) if stacks.closed else CreateUnit(path=(f"U{len(plans)}",))
        steps = (step,) if len(plans) < 4 else ()
        plans.append(steps)
        if len(plans) == opens["at"]:
            stacks.closed = ()
        return Plan(organization="o", management=MANAGEMENT, steps=steps)

    def vend(plan, *_, **__):
        return Applied(done=(), before=(), waiting={}, closed=stacks.closed, accounts={}, live=LIVE)

    monkeypatch.setattr(
        "cells.cli.organization_build.OrganizationStacks", lambda *_, closed: stacks.with_closed(closed)
    )
    monkeypatch.setattr("cells.cli.organization_build.vend", vend)
    monkeypatch.setattr("cells.cli.organization_build.Workspace", lambda root: None)
    monkeypatch.setattr("cells.cli.organization_build.record_outputs", lambda *_: ())
    monkeypatch.setattr("cells.cli.org_plan.plan_live", plan)
    approval = Approval(lambda _: None, lambda _: None)
    return stacks, opens, OrganizationBuild(tmp_path, None, None, None, None, approval)


def test_a_stack_that_waits_is_not_asked_for_and_the_rest_is_deployed(rounds):
    stacks, opens, build = rounds
    opens["at"] = 99

    built = build.run()

    assert stacks.deployed == ["OrganizationPolicies", "LogArchive"]
    assert not any("BaselineStackSets" in asked for asked in stacks.asked)
    assert built.waiting == (f"not deployed as long as {NEW} is closed to member accounts: BaselineStackSets",)


def test_it_is_deployed_by_the_round_in_which_the_region_is_open(rounds):
    stacks, _, build = rounds

    built = build.run()

    assert stacks.deployed == ["OrganizationPolicies", "LogArchive", "BaselineStackSets"]
    assert built.waiting == ()
