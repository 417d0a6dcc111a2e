"""Higher quotas are asked for once, nothing waits for the answer, and the answer is known without asking."""

import pytest

from constructs_lib.specs.errors import CellsError
from local.properties import Properties
from tests.accounts.vending.pictures import finished
from tests.accounts.vending.test_plan import PRODUCTS, changed, planned
from tests.accounts.vending.world import Faults, Killed, organization

EMAIL = {"website": "https://example.com", "use_case": "Receipts to people who bought something, and nothing else."}
QUOTAS = {"accounts": 200, "fargate_vcpu": 500, "lambda_concurrency": 2000, "email": EMAIL}
NAMES = [
    "request-email:acme-crm-prod:email:eu-west-1",
    "request-quota:acme-crm-prod:fargate-vcpu:eu-west-1",
    "request-quota:acme-crm-prod:lambda-concurrency:eu-west-1",
    "request-quota:management:accounts:us-east-1",
]


def notes(world):
    """What the plan says, but for policies."""
    return [note for note in world.plan().notes if "polic" not in note]


@pytest.fixture
def world(world, few_services, quotas):
    """Built, before anything is asked for."""
    world.apply(world.plan())
    world.faults = Faults()
    world.spec = organization(quotas=QUOTAS)
    return world


def decide(quotas, status):
    quotas.decide(Properties({"status": status}))


def tags(world, name="acme-crm-prod"):
    account = next(one for one in world.observe().accounts if one.name == name)
    return {key: value for key, value in account.tags.items() if key.startswith("cells:quota:")}


def test_each_account_asks_for_what_is_declared():
    spec = organization(quotas={**QUOTAS, "environments": ["prod", "staging"]})

    names = planned(finished(organization(), PRODUCTS), spec).names

    assert sorted(names) == sorted([*NAMES, *(name.replace("prod", "staging") for name in NAMES[:3])])


def test_requests_wait_for_aws_and_nothing_waits_for_them(world, quotas):
    applied = world.apply(world.plan())

    assert sorted(applied.waiting) == NAMES
    assert {(code, value, status) for _, code, value, status in quotas.made()} == {
        ("L-E619E033", 200.0, "PENDING"),
        ("L-3032A538", 500.0, "PENDING"),
        ("L-B99A9384", 2000.0, "PENDING"),
        ("production", 1.0, "PENDING"),
    }
    assert tags(world)["cells:quota:fargate-vcpu:eu-west-1"] == "500 requested"
    assert [note for note in world.plan().notes if "asked, AWS has not answered yet" in note][0].startswith("account")
    assert len(notes(world)) == 4


def test_nothing_is_asked_twice(world, quotas):
    world.apply(world.plan())
    world.faults = Faults()

    world.apply(world.plan())

    assert not {"RequestServiceQuotaIncrease", "PutAccountDetails"} & set(world.faults.calls)
    assert len(quotas.made()) == 4


def test_what_aws_approved_is_done_and_needs_no_step_any_more(world, quotas):
    world.apply(world.plan())
    decide(quotas, "APPROVED")

    applied = world.apply(world.plan())

    assert (sorted(applied.done), applied.waiting) == (NAMES, {})
    assert (world.plan().steps, notes(world)) == ((), [])
    assert tags(world)["cells:quota:email:eu-west-1"] == "production approved"


def test_what_aws_denied_is_told_and_not_asked_again(world, quotas):
    world.apply(world.plan())
    decide(quotas, "DENIED")
    world.apply(world.plan())
    world.faults = Faults()

    plan = world.plan()
    world.apply(plan)

    assert plan.steps == ()
    assert len([note for note in plan.notes if "AWS denied it, and it is not asked again" in note]) == 4
    assert world.faults.calls == []


def test_another_value_is_another_request(world, quotas):
    world.apply(world.plan())
    decide(quotas, "DENIED")
    world.apply(world.plan())
    world.spec = organization(quotas={"fargate_vcpu": 100})

    applied = world.apply(world.plan())

    assert list(applied.waiting) == ["request-quota:acme-crm-prod:fargate-vcpu:eu-west-1"]
    assert ("L-3032A538", 100.0, "PENDING") in [entry[1:] for entry in quotas.made()]


def test_a_quota_that_is_high_enough_is_not_asked_for(world, quotas):
    world.spec = organization(quotas={"accounts": 10})

    applied = world.apply(world.plan())

    assert applied.done == ("request-quota:management:accounts:us-east-1",)
    assert quotas.made() == []
    assert world.plan().steps == ()


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_kill_at_any_request_asks_once(world, quotas, side):
    plan = world.plan()
    world.apply(plan)
    total = len(world.faults.calls)
    assert total == 4 * 2

    for number in range(total):
        quotas.clear()
        for account in world.observe().accounts:
            known = [key for key in account.tags if key.startswith("cells:quota:")]
            if known:
                world.clients.organizations.untag_resource(ResourceId=account.id, TagKeys=known)
        world.faults = Faults(kill_at=number, side=side)
        with pytest.raises(Killed):
            world.apply(plan, break_lock=True)
        world.faults = Faults()

        applied = world.apply(plan, break_lock=True)

        assert sorted(applied.waiting) == NAMES
        assert len(quotas.made()) == 4


def test_a_request_that_aws_refuses_stops_nothing_else(world, quotas):
    world.faults = Faults(answers={"RequestServiceQuotaIncrease": ["AccessDeniedException"]})

    with pytest.raises(CellsError, match="^1 of 4 steps failed") as error:
        world.apply(world.plan())

    assert "RequestServiceQuotaIncrease" in error.value.hint
    assert len(quotas.made()) == 3


def test_a_value_that_was_approved_for_less_counts_for_what_it_was():
    spec = organization(quotas={"fargate_vcpu": 500})
    live = finished(organization(), PRODUCTS)
    old = live.account(email="aws+acme-crm-prod@example.com").tags

    def names(value):
        told = {**old, "cells:quota:fargate-vcpu:eu-west-1": value}
        return planned(changed(live, "acme-crm-prod", tags=told), spec).names

    assert names("500 approved") == ()
    assert names("400 approved") == ("request-quota:acme-crm-prod:fargate-vcpu:eu-west-1",)
