"""Accounts stay in Onboarding until their baseline is there; what waits is told and is no failure."""

import pytest

from accounts.vending.baseline_step import DEPLOY_BASELINE
from constructs_lib.specs.errors import CellsError
from tests.accounts.vending.pictures import EMPTY, finished
from tests.accounts.vending.test_plan import PRODUCTS, planned, without
from tests.accounts.vending.world import Faults, organization

CELLS = ("acme-crm-dev", "acme-crm-prod", "acme-crm-staging")


def units(live):
    return {one.name: one.unit for one in live.accounts}


@pytest.fixture
def waiting(world, few_services, baselines):
    """The first run: no baseline is deployed anywhere."""
    baselines["of all"] = None
    applied = world.apply(world.plan())
    world.faults = Faults()
    return applied


def test_the_platform_goes_through_and_cells_wait_while_there_is_no_baseline(world, waiting):
    assert {name: units(waiting.live)[name] for name in CELLS} == dict.fromkeys(CELLS, ("Onboarding",))
    assert units(waiting.live)["ci-cd"] == ("Shared Services",)
    assert sorted(waiting.waiting) == [
        *(f"move-account:{name}:Workloads/acme-crm" for name in CELLS),
        *(f"wait-for-baseline:{name}" for name in CELLS),
    ]
    assert DEPLOY_BASELINE in waiting.waiting["wait-for-baseline:acme-crm-dev"]
    assert "after wait-for-baseline:acme-crm-dev" in waiting.waiting["move-account:acme-crm-dev:Workloads/acme-crm"]
    assert set(waiting.done).isdisjoint(waiting.waiting)


def test_the_plan_says_who_waits_and_what_brings_them_further(world, waiting):
    plan = world.plan()

    assert [step.kind for step in plan.steps] == ["wait-for-baseline", "move-account"] * 3
    assert f"3 accounts wait for the baseline, which is deployed nowhere yet: {DEPLOY_BASELINE}" in plan.notes


def test_the_same_plan_goes_on_when_the_baseline_is_there(world, few_services, baselines):
    baselines["of all"] = None
    plan = world.plan()
    world.apply(plan)
    baselines["of all"] = "current"
    world.faults = Faults()

    applied = world.apply(plan)

    assert applied.waiting == {}
    assert world.faults.calls == ["MoveAccount"] * 3
    assert {units(applied.live)[name] for name in CELLS} == {("Workloads", "acme-crm")}
    assert world.plan().steps == ()


@pytest.mark.parametrize("state", ["outdated", "missing"])
def test_an_account_whose_baseline_comes_waits_for_it(world, waiting, baselines, state):
    baselines["of all"] = "current"
    baselines[world.ids()["acme-crm-dev"]] = state

    applied = world.apply(world.plan())

    assert f"its baseline is {state}" in applied.waiting["wait-for-baseline:acme-crm-dev"]
    assert units(applied.live)["acme-crm-dev"] == ("Onboarding",)
    assert units(applied.live)["acme-crm-prod"] == ("Workloads", "acme-crm")


def test_a_baseline_that_failed_is_an_error_and_stops_its_account_only(world, waiting, baselines):
    baselines["of all"] = "current"
    baselines[world.ids()["acme-crm-dev"]] = "failed"

    with pytest.raises(CellsError, match="the baseline of the account acme-crm-dev") as error:
        world.apply(world.plan())

    assert "BaselineGlobal" in error.value.hint
    live = world.observe()
    assert units(live)["acme-crm-dev"] == ("Onboarding",)
    assert units(live)["acme-crm-prod"] == ("Workloads", "acme-crm")


def test_who_asks_to_wait_waits_until_it_is_there(world, waiting, baselines):
    baselines["of all"] = "outdated"
    world.slept.clear()
    world.clients.patience.sleep = lambda seconds: (
        world.slept.append(seconds),
        baselines.update({"of all": "current"}) if len(world.slept) == 3 else None,
    )

    applied = world.apply(world.plan(), wait=True)

    assert applied.waiting == {}
    assert world.slept == [15.0] * 3


def test_nobody_waits_for_ever(world, waiting, baselines):
    world.slept.clear()

    applied = world.apply(world.plan(), wait=True)

    assert sum(world.slept) == 3 * 3600
    assert len(applied.waiting) == 6


def test_an_account_that_the_platform_gets_later_waits_like_the_others():
    live = without(finished(organization(), PRODUCTS), "network-hub")

    kinds = [step.kind for step in planned(live).steps if getattr(step, "name", "") == "network-hub"]

    assert kinds.index("wait-for-baseline") < kinds.index("move-account", 2)
    first = [step.name for step in planned(EMPTY).steps if step.kind == "wait-for-baseline"]
    assert first == list(CELLS)


def test_an_account_in_its_unit_is_not_taken_back_when_its_baseline_gets_old():
    live = finished(organization(), PRODUCTS)

    assert planned(live.model_copy(update={"baselines": {}})).steps == ()
