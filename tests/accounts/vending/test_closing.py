"""An account on its way to its end: suspended, cooled off, closed; and back, as long as it can."""

import json
from datetime import date, timedelta

import pytest

from accounts.ledger import load_registry, record_cell
from accounts.vending.closing import ClosingPlanner, Closures
from accounts.vending.suspension import CLOSING_FROM, CLOSING_SINCE
from accounts.vending.words import line_of
from constructs_lib.specs.errors import CellsError, InputError
from constructs_lib.specs.identity import Identity
from tests.accounts.vending.pictures import account, finished
from tests.accounts.vending.world import Faults, Killed, organization, products_named, shape

DAY = date(2026, 11, 26)
SUSPENDED = ("Suspended",)
PRODUCT = ("Workloads", "acme-crm")


@pytest.fixture
def built(world, few_services):
    """An organization that is there."""
    world.apply(world.plan())
    return world


def planner(world, live=None):
    return ClosingPlanner(world.spec, world.topology, live or world.observe())


def close(world, *names, today=DAY):
    return world.apply(planner(world).close(names, today))


def live_of(world, name):
    return world.observe().account(id=world.ids()[name])


def later(days=30):
    return DAY + timedelta(days=days)


def state_of(world, name):
    return next(cell.state for cell in load_registry(world.registry_path).cells if cell.identity.prefix == name)


def test_the_first_run_only_suspends(built):
    plan = planner(built).close(["acme-crm-dev"], DAY)

    assert [line_of(step) for step in plan.steps][1] == "account acme-crm-dev: Workloads/acme-crm → Suspended"
    assert plan.notes == ("account acme-crm-dev can be closed from 2026-12-26 on: run the same command again then",)
    built.apply(plan)
    there = live_of(built, "acme-crm-dev")
    assert (there.state, there.unit, there.tags[CLOSING_SINCE]) == ("ACTIVE", SUSPENDED, "2026-11-26")
    assert state_of(built, "acme-crm-dev") == "closing"


@pytest.mark.parametrize("days", [0, 1, 29])
def test_nothing_is_closed_before_its_day(built, days):
    close(built, "acme-crm-dev")

    plan = planner(built).close(["acme-crm-dev"], later(days))

    assert plan.steps == ()
    assert plan.notes == ("account acme-crm-dev waits since 2026-11-26; it can be closed from 2026-12-26 on",)


def test_the_second_run_closes(built):
    close(built, "acme-crm-dev")
    close(built, "acme-crm-dev", today=later())

    assert live_of(built, "acme-crm-dev").state == "SUSPENDED"
    assert state_of(built, "acme-crm-dev") == "closed"
    plan = planner(built).close([built.ids()["acme-crm-dev"]], later())
    assert plan.steps == ()
    assert "is SUSPENDED already" in plan.notes[0]


def test_the_declared_days_count(built):
    built.spec = organization(closing={"cooling_off_days": 2})
    close(built, "acme-crm-dev")

    assert planner(built).close(["acme-crm-dev"], later(1)).steps == ()
    assert planner(built).close(["acme-crm-dev"], later(2)).names == (f"close-account:{built.ids()['acme-crm-dev']}",)


@pytest.mark.parametrize("closed", [False, True])
def test_the_next_plan_leaves_a_closing_account_alone(built, closed):
    before = built.registry_path.read_text()
    close(built, "acme-crm-dev")
    if closed:
        close(built, "acme-crm-dev", today=later())

    assert built.plan().steps == ()
    # A checkout that does not know of it yet does the same.
    built.registry_path.write_text(before)
    assert built.plan().steps == ()


def test_a_closing_account_is_not_taken_back_by_a_plan_that_does_something_else(built):
    close(built, "acme-crm-dev")
    built.spec = organization(trusted_services=["ram.amazonaws.com"])

    built.apply(built.plan())

    assert live_of(built, "acme-crm-dev").unit == SUSPENDED
    assert state_of(built, "acme-crm-dev") == "closing"


def test_it_goes_back_to_where_it_came_from(built):
    before = built.observe()
    close(built, "acme-crm-dev")

    built.apply(planner(built).reopen(["acme-crm-dev"]))

    assert built.observe() == before
    assert state_of(built, "acme-crm-dev") == "active"


def test_an_account_that_nobody_suspended_stays_where_it_is(built):
    plan = planner(built).reopen(["acme-crm-dev"])

    assert plan.steps == ()
    assert plan.notes == ("account acme-crm-dev is not closing",)


def test_what_is_closed_does_not_go_back(built):
    close(built, "acme-crm-dev")
    close(built, "acme-crm-dev", today=later())

    with pytest.raises(InputError, match="cannot go back") as caught:
        planner(built).reopen(["acme-crm-dev"])
    assert "AWS Support" in caught.value.hint


def test_an_approved_closing_is_refused_when_the_account_has_gone_back(built):
    close(built, "acme-crm-dev")
    plan = planner(built).close(["acme-crm-dev"], later())
    built.apply(planner(built).reopen(["acme-crm-dev"]))

    with pytest.raises(InputError, match="moved since the plan was approved"):
        built.apply(plan)
    assert live_of(built, "acme-crm-dev").state == "ACTIVE"


def test_an_approved_closing_is_refused_when_the_account_was_suspended_anew(built):
    close(built, "acme-crm-dev")
    plan = planner(built).close(["acme-crm-dev"], later())
    built.apply(planner(built).reopen(["acme-crm-dev"]))
    close(built, "acme-crm-dev", today=later(29))

    with pytest.raises(InputError, match="moved since the plan was approved"):
        built.apply(plan)


REFUSED = [
    ("management", "is the management account"),
    ("log-archive", "is an account of the platform"),
    ("nobody", "is not in this organization"),
]


@pytest.mark.parametrize(("name", "text"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_the_organization_needs_is_never_closed(built, name, text):
    with pytest.raises(InputError, match=text):
        planner(built).close([name], DAY)


def test_an_ignored_account_is_closed_by_whoever_manages_it(built):
    built.spec = organization(ignore={"accounts": [built.ids()["acme-crm-dev"]]})

    with pytest.raises(InputError, match="something else manages it"):
        planner(built).close(["acme-crm-dev"], DAY)


def test_an_administrator_hands_over_first(built):
    api = built.clients.organizations
    api.register_delegated_administrator(AccountId=built.ids()["acme-crm-dev"], ServicePrincipal="config.amazonaws.com")

    with pytest.raises(InputError, match=r"administers config\.amazonaws\.com"):
        planner(built).close(["acme-crm-dev"], DAY)


def test_an_account_that_nobody_declares_is_closed_by_its_id_or_name(built):
    built.products = products_named()

    for name in ("acme-crm-dev", built.ids()["acme-crm-dev"]):
        plan = planner(built).close([name], DAY)
        assert plan.steps[0].name == f"acme-crm-dev ({built.ids()['acme-crm-dev']})"

    built.apply(plan)
    assert live_of(built, "acme-crm-dev").unit == SUSPENDED
    assert set(load_registry(built.registry_path).accounts) == set(organization().platform_accounts)
    built.apply(planner(built).reopen(["acme-crm-dev"]))
    assert live_of(built, "acme-crm-dev").unit == PRODUCT


def test_of_accounts_with_one_name_the_id_says_which(built):
    live = built.observe()
    twin = account("acme-crm-dev", "twin@example.com", (), id="444455556666")
    built.products = products_named()

    with pytest.raises(InputError, match="2 accounts have the name 'acme-crm-dev'"):
        planner(built, live.model_copy(update={"accounts": (*live.accounts, twin)})).close(["acme-crm-dev"], DAY)


def test_a_day_that_is_none_is_told(built):
    close(built, "acme-crm-dev")
    built.clients.organizations.tag_resource(
        ResourceId=built.ids()["acme-crm-dev"], Tags=[{"Key": CLOSING_SINCE, "Value": "soon"}]
    )

    with pytest.raises(InputError, match="is 'soon', which is no day"):
        planner(built).close(["acme-crm-dev"], later())


def test_a_unit_that_is_gone_cannot_be_gone_back_to(built):
    close(built, "acme-crm-dev", "acme-crm-staging", "acme-crm-prod")
    api, live = built.clients.organizations, built.observe()
    assert live.account(id=built.ids()["acme-crm-dev"]).tags[CLOSING_FROM] == live.unit(PRODUCT).id
    api.delete_organizational_unit(OrganizationalUnitId=live.unit(PRODUCT).id)

    with pytest.raises(InputError, match="came from is not there any more"):
        planner(built).reopen(["acme-crm-dev"])


def test_the_range_of_a_closed_cell_is_never_given_away(built):
    close(built, "acme-crm-dev")
    close(built, "acme-crm-dev", today=later())
    taken = {cell.cidr for cell in load_registry(built.registry_path).cells}

    new = record_cell(
        built.registry_path,
        built.spec,
        Identity(product="billing", environment="dev", region="eu-west-1"),
        size="dev",
        domain="billing.example.com",
    )

    assert new.cidr not in taken
    assert "closed" in [cell["state"] for cell in json.loads(built.registry_path.read_text())["cells"]]


SHARES = [(0, 10), (99, 10), (100, 10), (101, 10), (110, 11), (250, 25), (20_000, 1000)]


@pytest.mark.parametrize(("members", "limit"), SHARES)
def test_aws_closes_a_tenth_of_the_members(members, limit):
    live = finished(organization(), {})
    picture = tuple(account(f"a{number}", f"a{number}@example.com", ()) for number in range(members))
    own = live.account(id=live.management)

    assert Closures.of(live.model_copy(update={"accounts": (own, *picture)})).limit == limit


def test_more_than_aws_closes_in_a_month_is_refused_before_anything_is_changed():
    spec, products = organization(), {f"product-{letter}": ("dev",) for letter in "abcdefghijk"}
    live = finished(spec, products)
    waiting = tuple(
        one.model_copy(update={"unit": SUSPENDED, "tags": {**one.tags, CLOSING_SINCE: DAY.isoformat()}})
        if one.unit[:1] == ("Workloads",)
        else one
        for one in live.accounts
    )
    live = live.model_copy(update={"accounts": waiting})
    ids = [one.id for one in waiting if one.unit == SUSPENDED]
    planner = ClosingPlanner(spec, finished_topology(spec), live)

    with pytest.raises(InputError, match="11 accounts are to be closed, but AWS closes 10"):
        planner.close(ids, later())
    assert len(planner.close(ids[:10], later()).steps) == 10


def finished_topology(spec):
    from accounts.topology import topology_of
    from constructs_lib.specs.registry import Registry

    return topology_of(spec, {}, Registry())


def test_what_aws_does_not_say_is_told():
    live = finished(organization(), {"product-a": ("dev",)})
    closed = tuple(
        account(f"old-{number}", f"old-{number}@example.com", SUSPENDED, id=f"{number:012d}", state="SUSPENDED")
        for number in range(100, 110)
    )
    waiting = account(
        "a",
        "a@example.com",
        SUSPENDED,
        id="777788889999",
        tags={CLOSING_SINCE: DAY.isoformat(), CLOSING_FROM: "r-root"},
    )
    live = live.model_copy(update={"accounts": (*live.accounts, *closed, waiting)})

    plan = ClosingPlanner(organization(), finished_topology(organization()), live).close(["777788889999"], later())

    assert "10 are closed already. How many of them in the last 30 days, it does not say" in plan.notes[0]


CHANGES = [("suspend", 4), ("reopen", 4), ("close", 2)]


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize(
    ("way", "number"), [(way, number) for way, changes in CHANGES for number in range(changes)], ids=str
)
def test_a_kill_at_any_change_is_mended_by_the_same_plan(built, side, way, number):
    names = ["acme-crm-dev", "acme-crm-prod"]
    if way != "suspend":
        close(built, *names)

    def plan():
        today = later() if way == "close" else DAY
        return planner(built).reopen(names) if way == "reopen" else planner(built).close(names, today)

    approved = plan()
    assert len(approved.steps) == dict(CHANGES)[way]
    built.faults = Faults(kill_at=number, side=side)
    with pytest.raises(Killed):
        built.apply(approved)
    built.faults = Faults()

    built.apply(approved, break_lock=True)

    expected = {"suspend": "closing", "reopen": "active", "close": "closed"}[way]
    assert {state_of(built, name) for name in names} == {expected}
    assert plan().steps == ()
    assert built.apply(approved).done == ()


def test_a_refusal_of_aws_stops_nothing_else(built):
    close(built, "acme-crm-dev", "acme-crm-prod")
    plan = planner(built).close(["acme-crm-dev", "acme-crm-prod"], later())
    built.faults = Faults(answers={"CloseAccount": ["ConstraintViolationException"]})

    with pytest.raises(CellsError, match="1 of 2 steps failed"):
        built.apply(plan)

    assert sorted(state_of(built, name) for name in ("acme-crm-dev", "acme-crm-prod")) == ["closed", "closing"]
    assert len(built.apply(plan).done) == 1
    assert shape(built.observe())["accounts"]
