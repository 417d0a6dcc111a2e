"""Drift: what somebody does beside the declaration is found, taken back or declared."""

import pytest
from moto.organizations import models

from accounts.ledger import load_registry
from accounts.policies.ownership import OURS
from accounts.spec import OrganizationSpec
from accounts.topology import topology_of
from accounts.vending.drift import drift_of
from accounts.vending.finding import Sides
from accounts.vending.last_applied import last_applied
from accounts.vending.live import LiveAdministrator, LivePolicy
from accounts.vending.plan import plan_of
from accounts.vending.policy_steps import RestorePolicy
from accounts.vending.reverting import revert_plan
from accounts.vending.step import TagAccount
from accounts.vending.three_sides import mover_of
from accounts.vending.words import is_irreversible
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import AccountEntry, CellEntry, Registry
from tests.accounts.vending.breakages import BREAKAGES, Breakage, moved
from tests.accounts.vending.pictures import EMPTY, account, finished, unit
from tests.accounts.vending.world import CONTACT, MANAGEMENT, World, organization, products_named

PRODUCTS = products_named("acme-crm")
MORE = {
    "units": [{"name": "Data", "accounts": [{"name": "data-lake"}]}, {"name": "Empty"}],
    "account_tags": {"data-lake": {"cost-center": "7"}},
    "contacts": {"security": CONTACT},
}


@pytest.fixture
def built(aws, few_services, tmp_path):
    """An organization that is there, with an account beside the platform's."""
    world = World(tmp_path, organization(**MORE), {"acme-crm": ("dev",)}, creation=aws)
    world.apply(world.plan())
    return world


def drift(world, spec=None):
    spec = spec or world.spec
    topology = topology_of(spec, world.products, load_registry(world.registry_path))
    live = world.observe()
    planned = plan_of(spec, topology, live).steps
    return drift_of(spec, topology, live, last_applied(world.store).live, planned)


def test_nothing_is_found_where_all_is_as_declared(built):
    assert drift(built) == ()


@pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES.keys())
def test_what_somebody_did_is_found_once_and_mended_both_ways(built, breakage: Breakage):
    id = built.ids().get(breakage.account)
    breakage.make(built.clients, id)

    [finding] = drift(built)

    assert finding.name == breakage.finding.format(id=id)
    assert finding.mover == "organization"
    if breakage.adoptable:
        spec = OrganizationSpec.model_validate(finding.adopt(built.spec).model_dump(mode="json"))
        assert drift(built, spec) == ()
    if not breakage.revertible:
        with pytest.raises(InputError, match="cannot be taken back"):
            revert_plan([finding], built.observe())
        return
    plan = revert_plan([finding], built.observe())
    built.apply(plan)
    assert drift(built) == ()
    assert built.apply(plan).done == ()


def test_an_account_that_nobody_declares_is_adopted_where_it_is_or_ignored(built):
    built.creation.make_now(backend(), name="Data & more", email="more@example.com")
    made = built.observe().account(email="more@example.com")

    [finding] = drift(built)
    assert finding.name == f"account:{made.id}"
    assert finding.why_no_revert.endswith(f"cells org close-account {made.id}")
    assert finding.adopt(built.spec).ignore.accounts == (made.id,)

    breakage = BREAKAGES["an account is moved to a declared unit"]
    breakage.make(built.clients, made.id)
    [finding] = drift(built)
    spec = finding.adopt(built.spec)
    assert spec.units[1].accounts[0].name == "Data-more"
    assert spec.names == {"Data-more": "Data & more"}
    # Only what the declaration wants of every account is left to do.
    assert {one.name.split(":", 2)[1] for one in drift(built, spec)} == {"Data-more"}
    assert {step.kind for one in drift(built, spec) for step in one.revert} == {"tag-account", "set-contact"}


def backend():

    return models.organizations_backends[MANAGEMENT]["aws"]


def test_a_unit_with_something_in_it_is_not_deleted(built):
    BREAKAGES["a rogue unit"].make(built.clients, None)
    moved("Rogue")(built.clients, built.ids()["acme-crm-dev"])
    found = {one.name: one for one in drift(built)}

    with pytest.raises(InputError, match="the unit Rogue is not empty: acme-crm-dev"):
        revert_plan([found["unit:Rogue"]], built.observe())

    plan = revert_plan(list(found.values()), built.observe())
    assert [is_irreversible(step) for step in plan.steps] == [False, True]
    built.apply(plan)
    assert drift(built) == ()


def test_a_unit_that_was_filled_after_the_approval_stays(built):
    BREAKAGES["a rogue unit"].make(built.clients, None)
    plan = revert_plan(drift(built), built.observe())
    moved("Rogue")(built.clients, built.ids()["acme-crm-dev"])

    with pytest.raises(Exception, match="OrganizationalUnitNotEmptyException"):
        built.apply(plan)
    assert built.observe().unit(("Rogue",)) is not None


def test_everything_at_once_is_found_and_taken_back(built):
    apart = ["a rogue unit", "a unit is renamed", "a cell is moved", "a cell is renamed", "a tag is added"]
    apart += ["a declared tag is changed", "a contact is changed", "a service is let in", "a policy type is enabled"]
    apart += ["an administrator more", "root sessions are off", "a service is put out"]
    for name in apart:
        BREAKAGES[name].make(built.clients, built.ids().get(BREAKAGES[name].account))

    found = drift(built)
    expected = {BREAKAGES[name].finding.format(id=built.ids()["data-lake"]) for name in apart}
    assert {one.name for one in found} == expected

    plan = revert_plan(found, built.observe())
    [tags] = [step for step in plan.steps if isinstance(step, TagAccount)]
    assert (tags.tags, tags.remove) == ({"cost-center": "7"}, ("mood",))
    built.apply(plan)
    assert drift(built) == ()


def test_what_is_declared_and_not_applied_is_told_as_such(built):
    built.spec = organization(**MORE | {"trusted_services": ["ram.amazonaws.com"], "sandboxes": ["ann"]})

    found = {one.name: one for one in drift(built)}

    assert found["service:ram.amazonaws.com"].mover == "declaration"
    assert {"plan:create-account:ann", "plan:move-account:ann:Sandbox"} <= found.keys()


def picture(spec=None, products=PRODUCTS):
    spec = spec or organization()
    live = finished(spec, products)
    ids = {one.name: one.id for one in live.accounts}
    cells = tuple(
        CellEntry(
            product=product,
            environment=environment,
            region="eu-west-1",
            account=ids[f"{product}-{environment}"],
            cidr=f"10.0.{16 * number}.0/20",
            domain=f"{product}-{environment}.example.com",
            state="active",
        )
        for product in products
        for number, environment in enumerate(products[product])
    )
    accounts = {name: AccountEntry(id=ids[name], state="active") for name in spec.platform_accounts}
    return topology_of(spec, products, Registry(accounts=accounts, cells=cells)), live


def names(spec, topology, live, applied=None):
    return [one.name for one in drift_of(spec, topology, live, applied)]


def test_without_a_run_two_sides_are_compared():
    topology, live = picture()
    changed = live.model_copy(update={"units": (*live.units, unit(("Rogue",)))})

    [finding] = drift_of(organization(), topology, changed, None)

    assert (finding.name, finding.mover) == ("unit:Rogue", "unknown")


def test_what_is_ignored_is_never_drift():
    topology, live = picture()
    stranger = account("old", "old@example.com", ("Legacy", "Old"))
    units = (*live.units, unit(("Legacy",)), unit(("Legacy", "Old")))
    changed = live.model_copy(update={"units": units, "accounts": (*live.accounts, stranger)})
    spec = organization(ignore={"units": ["Legacy"]})

    assert names(spec, topology, changed, live) == []
    assert names(organization(), topology, changed, live) == [
        "account:123456789012",
        "unit:Legacy",
        "unit:Legacy/Old",
    ]


def test_a_closing_account_is_no_drift():
    topology, live = picture()
    accounts = tuple(
        one.model_copy(update={"unit": ("Suspended",), "tags": {**one.tags, "cells:closing-since": "2026-11-26"}})
        if one.name == "acme-crm-dev"
        else one
        for one in live.accounts
    )

    assert names(organization(), topology, live.model_copy(update={"accounts": accounts}), live) == []


def test_an_account_that_left_is_told():
    topology, live = picture()
    gone = live.model_copy(update={"accounts": tuple(one for one in live.accounts if one.name != "acme-crm-dev")})

    assert names(organization(), topology, gone, live) == ["account:acme-crm-dev"]


def policy(name, id="p-11111111", *, ours=True, units=(), accounts=(), digest="a"):
    tags = {OURS[0]: OURS[1]} if ours else {}
    type = "SERVICE_CONTROL_POLICY"
    return LivePolicy(id=id, name=name, type=type, tags=tags, digest=digest, units=units, accounts=accounts)


def policies_found(before, after):
    topology, live = picture()
    applied = live.model_copy(update={"policies": before})
    return drift_of(organization(), topology, live.model_copy(update={"policies": after}), applied)


POLICIES = [
    ((("Workloads",),), (), "policy:lock:Workloads", "attach-policy", True),
    ((), (("Workloads",),), "policy:lock:Workloads", "detach-policy", True),
    ((), ((),), "policy:lock:Root", "detach-policy", False),
]


@pytest.mark.parametrize(("old", "new", "name", "kind", "ours"), POLICIES)
def test_a_policy_that_somebody_attached_or_detached_is_put_back(old, new, name, kind, ours):
    [finding] = policies_found((policy("lock", units=old, ours=ours),), (policy("lock", units=new, ours=ours),))

    assert (finding.name, finding.mover) == (name, "organization")
    assert [step.kind for step in finding.revert] == [kind]


def test_an_edited_policy_gets_its_content_back():
    topology, live = picture()
    applied = live.model_copy(update={"policies": (policy("lock"),)})
    edited = live.model_copy(update={"policies": (policy("lock", digest="b"),)})
    restore = RestorePolicy(policy="p-11111111", name="lock", content="{}")

    [finding] = drift_of(organization(), topology, edited, applied, [restore])

    assert (finding.name, finding.revert) == ("policy:lock:content", (restore,))


def test_a_policy_on_an_account_and_a_deleted_one_are_told():
    [attached] = policies_found((policy("lock"),), (policy("lock", accounts=("333333333333",)),))
    [deleted] = policies_found((policy("lock", units=((),)),), ())

    assert attached.name == "policy:lock:333333333333"
    assert "in the console" in attached.why_no_revert
    assert (deleted.name, deleted.revert) == ("policy:lock", ())


def test_policies_as_they_were_are_no_drift():
    same = (policy("lock", units=(("Workloads",),)), policy("theirs", "p-22222222", ours=False, units=((),)))

    assert policies_found(same, same) == ()


def test_a_second_administrator_from_before_stays():
    topology, live = picture()
    more = LiveAdministrator(account=live.accounts[0].id, principal="config.amazonaws.com")
    live = live.model_copy(update={"administrators": (*live.administrators, more)})

    assert names(organization(), topology, live, live) == []


def test_a_replaced_administrator_is_one_finding():
    topology, live = picture()
    other = live.account(email="aws+ci-cd@example.com").id
    replaced = tuple(
        one.model_copy(update={"account": other}) if one.principal == "config.amazonaws.com" else one
        for one in live.administrators
    )

    [finding] = drift_of(organization(), topology, live.model_copy(update={"administrators": replaced}), live)

    assert finding.name == "administrator:config.amazonaws.com"
    assert [step.kind for step in finding.revert] == ["deregister-administrator", "register-administrator"]
    assert finding.adopt(organization()).delegated_administrators == {"config.amazonaws.com": "ci-cd"}


def test_a_root_address_is_declared_or_mended_by_hand():
    topology, live = picture()
    accounts = tuple(
        one.model_copy(update={"email": "new@example.com"}) if one.name == "ci-cd" else one for one in live.accounts
    )

    [finding] = drift_of(organization(), topology, live.model_copy(update={"accounts": accounts}), live)

    assert (finding.name, finding.revert) == ("account:ci-cd:email", ())
    assert finding.adopt(organization()).emails == {"ci-cd": "new@example.com"}


def test_what_waits_is_no_drift():
    topology, live = picture()
    live = live.model_copy(update={"services": tuple(one for one in live.services if one != "guardduty.amazonaws.com")})

    assert names(organization(), topology, live, live) == ["service:guardduty.amazonaws.com"]
    assert names(organization(not_yet=["enable-service:guardduty.amazonaws.com"]), topology, live, live) == []


def test_without_an_organization_there_is_nothing_to_compare():
    with pytest.raises(InputError, match="no organization yet"):
        drift_of(organization(), topology_of(organization(), {}, Registry()), EMPTY, None)


MOVERS = [
    ("a", "a", "b", "organization"),
    ("a", "b", "b", "declaration"),
    ("a", "b", "c", "both"),
    (None, None, "b", "organization"),
    ("a", None, None, "declaration"),
]


@pytest.mark.parametrize(("declared", "applied", "live", "mover"), MOVERS)
def test_whoever_left_the_last_run_moved(declared, applied, live, mover):
    assert mover_of(Sides(declared, applied, live), applied=True) == mover
    assert mover_of(Sides(declared, applied, live), applied=False) == "unknown"
