"""A build of thirty accounts is killed before and after everything that it does, and ends as if it had not been.

A share of the cases, evenly spread; `make faults` tries each.
"""

import os

import pytest

from accounts.vending.account_room import AccountRoom
from accounts.vending.journal import Journal
from accounts.vending.settings_step import settings_of
from tests.accounts.vending.kills import KilledWorld
from tests.accounts.vending.world import FULL, organization, products_named, shape

PRODUCTS = products_named(*(f"product-{letter}" for letter in "abcdefgh"))
FULLY = {
    **FULL,
    "quotas": {"accounts": 200, "fargate_vcpu": 500, "environments": ["dev", "prod"]},
}


@pytest.fixture(autouse=True)
def ready_baselines(baselines, monkeypatch):
    """Every account has its baseline. Asked of AWS, not of the emulator: that may not have heard of the account yet."""

    def states(clients, names, *, region):
        pages = clients.organizations.get_paginator("list_accounts").paginate()
        return {one["Id"]: "current" for page in pages for one in page["Accounts"]}

    monkeypatch.setattr("accounts.vending.observe.baseline_states", states)
    monkeypatch.setattr("accounts.vending.baseline_gate.baseline_states", states)


@pytest.mark.parametrize(("changes", "apart"), [({}, 12), (FULLY, 70)], ids=["organization", "and inside accounts"])
def test_a_build_of_thirty_accounts_that_is_killed_anywhere_ends_as_if_it_were_not(
    aws, quotas, cost_tags, tmp_path, monkeypatch, request, changes, apart
):
    world = KilledWorld(tmp_path / "clean", organization(**changes), PRODUCTS, creation=aws)
    everything = request.config.getoption("--kill-everywhere")
    plan = world.plan()
    clean = world.build(plan)
    assert len(clean["accounts"]) == 30
    end, asked = world.aws.state, sorted(quotas.made())
    ended_well(world, clean)
    quotas.clear()

    def again(folder):
        world.come_after(folder)
        assert shape(world.apply(plan, break_lock=True).live) == clean
        ended_well(world, clean)
        if world.aws.state != end:
            world.aws.tell_all()
            assert [one[1:] for one in sorted(quotas.made())] == [one[1:] for one in asked]

    kills = world.build_and_kill(
        plan,
        again,
        monkeypatch,
        every=1 if everything else apart,
        at_once=len(os.sched_getaffinity(0)) if everything else 1,
    )

    assert world.aws.state == end
    assert kills.cases > 600
    assert not kills.wrong, f"{len(kills.wrong)} of {kills.cases}: {kills.wrong[0]}"


def ended_well(world, clean):
    """Nothing is left to do, nothing is there twice, nothing is lost."""
    live = world.observe()
    assert shape(live) == clean
    assert world.ids() == {account.name: account.id for account in live.accounts if account.name != "master"} | {
        "management": live.management
    }
    assert {step.kind for step in world.plan().steps} <= {"request-quota"}
    assert not (world.folder / "store" / "lock.json").exists()
    assert not Journal(world.store, "").resumed
    # Every account was asked for once: an address that was used twice would have failed.
    made = world.clients.organizations.get_paginator("list_create_account_status").paginate()
    assert [one["State"] for page in made for one in page["CreateAccountStatuses"]] == ["SUCCEEDED"] * 29
    if world.spec.settings.bootstrap:
        assert len(world.bootstrapper.made) == 60
        settings = settings_of(world.spec)
        for id in world.ids().values():
            assert list(AccountRoom(world.clients, id).differences(settings)) == []
