"""Threads are killed at once; AWS is busy, slow and refuses. Kills at every point are in test_every_kill."""

import random
import threading

import pytest
from moto.core.base_backend import BackendDict
from moto.organizations import models

from accounts.vending.account_room import AccountRoom
from accounts.vending.journal import Journal
from accounts.vending.plan import plan_of
from accounts.vending.settings_step import settings_of
from constructs_lib.specs.errors import CellsError
from local.properties import Properties
from tests.accounts.vending.world import (
    CONTACT,
    FULL,
    MANAGEMENT,
    Faults,
    Killed,
    World,
    organization,
    products_named,
    shape,
)


def anew(world, number):
    """Another AWS in which nothing is, with another folder."""
    BackendDict.reset()
    world.settle(world.home / str(number))


def creations():
    return models.organizations_backends[MANAGEMENT]["aws"].creations


def ended_well(world, live, clean):
    """Nothing is left to do, nothing is there twice, nothing is lost."""
    assert shape(live) == clean
    assert world.ids() == {account.name: account.id for account in live.accounts if account.name != "master"} | {
        "management": live.management
    }
    assert plan_of(world.spec, world.topology, live).steps == ()
    assert not (world.folder / "store" / "lock.json").exists()
    assert not Journal(world.store, "").resumed
    # Every account was asked for once: an address that was used twice would have failed.
    assert [one.state for one in creations()] == ["SUCCEEDED"] * (len(live.accounts) - 1)


def clean_run(world):
    plan = world.plan()
    applied = world.apply(plan)
    assert applied.live == world.observe()
    return plan, shape(applied.live), world.faults.calls


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_kill_at_a_contact_is_mended_by_the_next_run(world, few_services, side):
    world.spec = organization(contacts={"security": CONTACT})
    plan, clean, calls = clean_run(world)
    contacts = [number for number, call in enumerate(calls) if call == "PutAlternateContact"]
    assert len(contacts) == 9

    for number in contacts[::4]:
        anew(world, number)
        world.faults = Faults(kill_at=number, side=side)
        with pytest.raises(Killed):
            world.apply(plan)

        world.faults = Faults()
        ended_well(world, world.apply(plan, break_lock=True).live, clean)


def test_killed_again_and_again_it_comes_to_its_end(world, few_services):
    plan, clean, calls = clean_run(world)
    anew(world, "again")

    for _ in range(len(calls) // 3 + 1):
        world.faults = Faults(kill_at=3, side="after")
        try:
            applied = world.apply(plan, break_lock=True)
        except Killed:
            continue
        break

    ended_well(world, applied.live, clean)


def test_thirty_accounts_are_built_at_once_and_resumed(aws, tmp_path):
    products = products_named(*(f"product-{letter}" for letter in "abcdefgh"))
    world = World(tmp_path / "clean", organization(), products, workers=8, creation=aws)
    plan = world.plan()
    applied = world.apply(plan)
    assert len(applied.live.accounts) == 30
    ended_well(world, applied.live, shape(applied.live))
    most = {call: world.faults.calls.count(call) for call in set(world.faults.calls)}
    assert most["CreateAccount"] == 29
    assert most["MoveAccount"] == 58

    anew(world, "killed")
    world.faults = Faults(kill_at=len(world.faults.calls) + 60, side="after")
    with pytest.raises(Killed):
        world.apply(plan)
    # A process that is killed has no threads left that are about to ask for an account.
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(timeout=10)
    world.faults = Faults()
    ended_well(world, world.apply(plan, break_lock=True).live, shape(applied.live))


FULLY = {**FULL, "quotas": {"accounts": 200, "fargate_vcpu": 500, "environments": ["dev", "prod"]}}


def test_thirty_accounts_are_set_up_from_inside_though_the_run_is_killed_and_aws_is_busy(
    aws, quotas, cost_tags, tmp_path
):
    products = products_named(*(f"product-{letter}" for letter in "abcdefgh"))
    world = World(tmp_path / "clean", organization(**FULLY), products, workers=4, creation=aws)
    plan = world.plan()
    draw = random.Random(7)
    for _ in range(3):
        side = draw.choice(["before", "after"])
        world.faults = Faults(kill_at=draw.randrange(30, 150), side=side, busy=random.Random(draw.random()))
        with pytest.raises(Killed):
            world.apply(plan, break_lock=True)
    world.faults = Faults()

    applied = world.apply(plan, break_lock=True)
    settings = settings_of(world.spec)
    for name, id in world.ids().items():
        assert (name, list(AccountRoom(world.clients, id).differences(settings))) == (name, [])
    assert len(applied.live.accounts) == 30
    assert {step.kind for step in world.plan().steps} <= {"request-quota"}
    assert {name.partition(":")[0] for name in applied.waiting} == {"request-quota"}
    assert len(quotas.made()) == 1 + 8 * 2
    assert len({entry[:2] for entry in world.bootstrapper.made}) == 60


@pytest.mark.parametrize("seed", range(4))
def test_a_busy_aws_is_asked_again(world, few_services, seed):
    plan, clean, _ = clean_run(world)
    anew(world, seed)

    world.faults = Faults(busy=random.Random(seed))
    applied = world.apply(plan)

    world.faults = Faults()
    ended_well(world, applied.live, clean)
    assert len(world.slept) > 10
    assert max(world.slept) <= 20


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("CreateAccount", "ServiceException"),
        ("CreateAccount", "ConcurrentModificationException"),
        ("CreateOrganizationalUnit", "ServiceException"),
        ("MoveAccount", "ServiceException"),
        ("CreateOrganization", "ServiceException"),
        ("EnablePolicyType", "ServiceException"),
        ("EnableAWSServiceAccess", "ServiceException"),
        ("RegisterDelegatedAdministrator", "ServiceException"),
        ("TagResource", "ServiceException"),
    ],
)
def test_a_change_whose_answer_was_lost_is_not_made_twice(world, few_services, operation, code):
    plan, clean, _ = clean_run(world)
    anew(world, operation)

    world.faults = Faults(late={operation: [code]})
    applied = world.apply(plan)

    assert shape(applied.live) == clean
    assert len({account.email for account in applied.live.accounts}) == len(applied.live.accounts)
    assert world.plan().steps == ()
    assert None not in world.ids().values()


def test_an_aws_that_stays_busy_is_an_error_with_a_cure(world, few_services):
    plan = world.plan()
    world.faults = Faults(answers={"CreateOrganizationalUnit": ["TooManyRequestsException"] * 10})

    with pytest.raises(CellsError, match="TooManyRequestsException") as error:
        world.apply(plan)

    assert "not done again" in error.value.hint
    assert world.apply(plan).done


def test_an_account_that_failed_is_created_by_the_next_run(world, few_services):
    plan, clean, _ = clean_run(world)
    anew(world, "failed")
    world.creation.fail_next(Properties({"reason": "INTERNAL_FAILURE"}))

    with pytest.raises(CellsError, match="INTERNAL_FAILURE") as error:
        world.apply(plan)
    assert error.value.exit_code == 1
    assert sorted(one.state for one in creations()) == ["FAILED"] + ["SUCCEEDED"] * 7
    applied = world.apply(plan)

    assert shape(applied.live) == clean
    assert sum(name.startswith("create-account") for name in applied.done) == 1
    assert world.plan().steps == ()


def test_an_address_of_another_organization_stops_one_account_only(world, few_services):
    plan = world.plan()
    other = models.organizations_backends["444455556666"]["aws"]
    other.create_organization(region="us-east-1")
    world.creation.make_now(other, name="theirs", email="AWS+acme-crm-dev@example.com")

    with pytest.raises(CellsError, match="EMAIL_ALREADY_EXISTS") as error:
        world.apply(plan)

    live = world.observe()
    assert "acme-crm-dev" not in {account.name for account in live.accounts}
    assert len(live.accounts) == 8
    assert all(account.unit for account in live.accounts if account.id != MANAGEMENT)
    assert "`emails`" in error.value.hint
    assert "move-account" not in error.value.message.split("\n")[1]
    assert "waits for create-account:acme-crm-dev" in error.value.message

    world.spec = organization(emails={"acme-crm-dev": "crm-dev@example.com"})
    assert world.apply(world.plan()).accounts["acme-crm-dev"] == world.ids()["acme-crm-dev"]
    assert world.plan().steps == ()
