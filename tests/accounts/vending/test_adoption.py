"""An organization that is there becomes a declaration, and the plan of that is empty."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.topology import STANDARD_UNITS, path_text, topology_of
from accounts.vending.adoption import Wishes, adopt
from accounts.vending.drift import drift_of
from accounts.vending.held_back import HeldBack
from accounts.vending.live import LiveAdministrator, LiveContact, LiveOrganization
from accounts.vending.plan import plan_of
from accounts.vending.recognition import email_pattern
from accounts.vending.step import CreateAccount, CreateUnit, MoveAccount
from accounts.vending.suspension import CLOSING_FROM, CLOSING_SINCE
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import AccountEntry, CellEntry, Registry
from tests.accounts.vending.pictures import EMPTY, account, finished, unit
from tests.accounts.vending.world import CONTACT, MANAGEMENT, organization, products_named

BASE = organization()
PRODUCTS = products_named("acme-crm")


def plan_after(adopted, live):
    return plan_of(adopted.spec, topology_of(adopted.spec, adopted.products, adopted.registry), live)


def foreign(*accounts, units=(), **more):
    """An organization that somebody else built."""
    own = account("Example Ltd.", "aws@example.com", (), id=MANAGEMENT)
    paths = {path[:depth] for path in units for depth in range(1, len(path) + 1)}
    return LiveOrganization(
        id="o-exampleorgid",
        management=MANAGEMENT,
        root="r-root",
        units=tuple(unit(path) for path in sorted(paths)),
        accounts=tuple(sorted((own, *accounts), key=lambda one: (one.name, one.id))),
        **more,
    )


def test_the_platforms_own_organization_is_adopted_without_anything_that_waits():
    live = finished(BASE, PRODUCTS)

    adopted = adopt(live, BASE)

    assert adopted.spec == BASE
    assert adopted.products == {"acme-crm": ("dev", "staging", "prod")}
    assert plan_after(adopted, live).steps == ()
    assert plan_after(adopted, live).notes == ()
    ids = {one.name: one.id for one in live.accounts}
    assert {name: entry.id for name, entry in adopted.registry.accounts.items()} == {
        name: ids[name] for name in BASE.platform_accounts
    }
    assert {(one.identity.prefix, one.account, one.state) for one in adopted.registry.cells} == {
        (name, ids[name], "active") for name in ids if name.startswith("acme-crm-")
    }
    assert (adopted.registry.organization.id, adopted.registry.organization.root) == (live.id, live.root)


names = st.text("abcdefgh", min_size=1, max_size=6)


@st.composite
def unit_trees(draw, depth=5):
    units = []
    for name in draw(st.lists(names, max_size=2, unique=True)):
        inner = draw(unit_trees(depth=depth - 1)) if depth > 1 else []
        units.append({"name": f"U {name}", "accounts": [], "units": inner})
    return units


def filled(units, numbers):
    """The tree with an account in every second unit."""
    for one in units:
        if next(numbers) % 2:
            one["accounts"] = [{"name": f"extra-{next(numbers)}"}]
        filled(one["units"], numbers)
    return units


@st.composite
def declarations(draw):
    units = filled(draw(unit_trees()), itertools.count())
    spec = organization(
        units=units,
        sandboxes=draw(st.lists(names.map(lambda name: f"sandbox-{name}"), max_size=3, unique=True)),
        canaries=draw(st.lists(names.map(lambda name: f"canary-{name}"), max_size=2, unique=True)),
        trusted_services=draw(st.lists(st.sampled_from(["fms.amazonaws.com", "macie.amazonaws.com"]), unique=True)),
        policy_types=draw(st.lists(st.just("CHATBOT_POLICY"), max_size=1)),
        tags=draw(st.dictionaries(st.sampled_from(["cost-center", "team"]), names, max_size=2)),
        emails={name: f"x-{name}@example.org" for name in draw(st.sets(st.sampled_from(["ci-cd", "log-archive"])))},
        delegated_administrators=draw(
            st.dictionaries(st.sampled_from(["config.amazonaws.com", "fms.amazonaws.com"]), st.just("ci-cd"))
        ),
        contacts={"security": CONTACT} if draw(st.booleans()) else {},
    )
    products = draw(
        st.dictionaries(
            st.sampled_from(["acme-crm", "billing", "ledger"]),
            st.lists(st.sampled_from(["dev", "staging", "prod", "sandbox"]), min_size=1, unique=True),
        )
    )
    return spec, products


@settings(max_examples=60, deadline=None)
@given(declarations())
def test_whatever_the_platform_built_is_adopted_whole(declared):
    spec, products = declared
    live = finished(spec, products)

    adopted = adopt(live, BASE)

    assert plan_after(adopted, live).steps == ()
    assert plan_after(adopted, live).notes == ()
    assert adopted.spec.not_yet == ()
    assert {name: set(found) for name, found in adopted.products.items()} == {
        name: set(found) for name, found in products.items()
    }
    topology = topology_of(adopted.spec, adopted.products, adopted.registry)
    assert drift_of(adopted.spec, topology, live, None) == ()


live_names = st.text("abz AB.,&/-ü1", min_size=1, max_size=8).filter(lambda text: text.strip() == text)
places = st.lists(st.sampled_from(["Security", "Workloads", "Sandbox", "Core", "Legacy", "x"]), max_size=4).map(tuple)


states = st.sampled_from(["ACTIVE", "SUSPENDED", "PENDING_CLOSURE"])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(live_names, places, st.sampled_from(["ACTIVE", "SUSPENDED", "PENDING_CLOSURE"]), st.booleans()),
        max_size=8,
    ),
    st.lists(places, max_size=4),
    st.sets(st.sampled_from(["config.amazonaws.com", "fms.amazonaws.com", "iam.amazonaws.com"])),
)
def test_whatever_somebody_else_built_is_adopted_without_a_change(found, more, services):
    accounts = [
        account(
            name,
            f"a{number}@example.com",
            path,
            id=f"{number + 1:012d}",
            state=state,
            tags={"product": "acme-crm", "environment": "dev"} if tagged else {},
        )
        for number, (name, path, state, tagged) in enumerate(found)
    ]
    live = foreign(*accounts, units=[*more, *(path for _, path, _, _ in found)], services=tuple(sorted(services)))

    adopted = adopt(live, BASE)

    assert plan_after(adopted, live).steps == ()
    assert adopt(live, BASE) == adopted
    topology = topology_of(adopted.spec, adopted.products, adopted.registry)
    unfit = [one for one in drift_of(adopted.spec, topology, live, None) if one.sides.declared is not None]
    assert [one.name for one in unfit if ":tag:" not in one.name and ":contact:" not in one.name] == []


def test_accounts_of_other_landing_zones_are_known_by_their_names():
    live = foreign(
        account("Log Archive", "logs@example.com", ("Core",), id="333333333333"),
        account("Audit", "audit@example.com", ("Core",), id="222222222222"),
        units=[("Core",)],
    )

    adopted = adopt(live, BASE)

    assert adopted.registry.accounts["log-archive"] == AccountEntry(id="333333333333", state="active")
    assert adopted.registry.accounts["security-tooling"].id == "222222222222"
    assert adopted.registry.accounts["ci-cd"] == AccountEntry()
    assert adopted.spec.names == {"log-archive": "Log Archive", "security-tooling": "Audit"}
    assert adopted.spec.emails["log-archive"] == "logs@example.com"
    assert {"create-account:ci-cd", "move-account:log-archive:Security"} <= set(adopted.spec.not_yet)
    assert "no account is the ci-cd of this organization; --account ci-cd=ID names one" in adopted.notes


def test_a_line_that_is_taken_away_is_a_small_plan():
    live = foreign(account("Log Archive", "logs@example.com", ("Core",), id="333333333333"), units=[("Core",)])
    adopted = adopt(live, BASE)
    rest = tuple(one for one in adopted.spec.not_yet if one != "move-account:log-archive:Security")

    plan = plan_of(
        adopted.spec.model_copy(update={"not_yet": rest}),
        topology_of(adopted.spec, adopted.products, adopted.registry),
        live,
    )

    # The unit that it needs comes along.
    assert plan.names == ("create-unit:Security", "move-account:log-archive:Security")


def test_what_is_created_later_does_not_wait_by_a_star():
    spec = organization(not_yet=["tag-account:*", "apply-settings:*"])
    live = finished(organization(), {})

    plan = plan_of(spec, topology_of(spec, {"acme-crm": ("dev",)}, Registry()), live)

    assert any(isinstance(step, CreateAccount) for step in plan.steps)
    assert any(isinstance(step, MoveAccount) and step.target == ("Workloads", "acme-crm") for step in plan.steps)


def test_what_needs_a_step_that_waits_waits_too():
    waiting = HeldBack(organization(not_yet=["create-account:x", "create-unit:Onboarding"]))
    steps = [
        CreateUnit(path=("Onboarding",)),
        CreateAccount(name="x", email="x@example.com", tags={}),
        MoveAccount(name="x", account=None, source=(), target=("Onboarding",)),
    ]

    assert waiting.wanted(steps) == []
    assert HeldBack(organization(not_yet=["create-unit:Onboarding"])).wanted(steps) == steps


def test_an_option_says_which_account_is_the_platforms():
    live = foreign(account("Whatever", "w@example.com", (), id="333333333333"))

    adopted = adopt(live, BASE, Wishes(accounts={"log-archive": "333333333333"}))

    assert adopted.registry.accounts["log-archive"].id == "333333333333"
    with pytest.raises(InputError, match="444444444444, which is to be the log-archive, is not there"):
        adopt(live, BASE, Wishes(accounts={"log-archive": "444444444444"}))


def test_names_that_cannot_be_declared_get_another_one():
    live = foreign(
        account("R&D (prod)", "a@example.com", ("Core",), id="333333333333"),
        account("R&D (prod)", "b@example.com", ("Core",), id="444444444444"),
        units=[("Core",)],
    )

    adopted = adopt(live, BASE)

    assert adopted.spec.names == {"R-D-prod": "R&D (prod)", "R-D-prod-2": "R&D (prod)"}
    assert {name for name, entry in adopted.registry.accounts.items() if entry.id} == {
        "management",
        "R-D-prod",
        "R-D-prod-2",
    }


def test_accounts_at_the_root_and_in_units_of_the_platform_are_ignored():
    live = foreign(
        account("at root", "a@example.com", (), id="333333333333"),
        account("beside", "b@example.com", ("Security",), id="444444444444"),
        account("alone", "c@example.com", ("Workloads", "Old"), id="555555555555"),
        units=[("Security",), ("Workloads", "Old")],
    )

    adopted = adopt(live, BASE)

    assert set(adopted.spec.ignore.accounts) == {"333333333333", "444444444444"}
    assert adopted.spec.ignore.units == ("Workloads/Old",)
    assert len([note for note in adopted.notes if "is ignored" in note]) == 2


def test_accounts_of_products_are_known_by_tags_or_by_their_unit():
    live = foreign(
        account("anything", "a@example.com", (), id="333333333333", tags={"product": "billing", "environment": "prod"}),
        account("dev", "b@example.com", ("Workloads", "ledger"), id="444444444444"),
        account("ledger-prod", "c@example.com", ("Workloads", "ledger"), id="555555555555"),
        units=[("Workloads", "ledger")],
    )

    adopted = adopt(live, BASE)

    assert adopted.products == {"billing": ("prod",), "ledger": ("dev", "prod")}
    assert [(one.identity.prefix, one.account) for one in adopted.registry.cells] == [
        ("billing-prod", "333333333333"),
        ("ledger-dev", "444444444444"),
        ("ledger-prod", "555555555555"),
    ]
    assert len({one.cidr for one in adopted.registry.cells}) == 3


def test_two_accounts_of_one_cell_are_told():
    tags = {"product": "billing", "environment": "prod"}
    live = foreign(
        account("a", "a@example.com", (), id="333333333333", tags=tags),
        account("b", "b@example.com", (), id="444444444444", tags=tags),
    )

    assert "444444444444 and 333333333333 are both billing-prod; 333333333333 is taken" in adopt(live, BASE).notes


def test_a_range_that_is_known_stays():
    live = finished(BASE, PRODUCTS)
    own = next(one.id for one in live.accounts if one.name == "acme-crm-dev")
    cell = CellEntry(
        product="acme-crm",
        environment="dev",
        region="eu-west-1",
        account=own,
        cidr="10.9.0.0/21",
        domain="crm-dev.example.com",
        state="active",
    )

    adopted = adopt(live, BASE, Wishes(known=Registry(cells=(cell,))))

    assert cell in adopted.registry.cells
    assert not [note for note in adopted.notes if note.startswith("acme-crm/dev")]


def test_an_account_that_is_closing_stays_so_and_a_closed_one_is_left_out():
    live = finished(BASE, PRODUCTS)
    changed = tuple(
        one.model_copy(
            update={
                "unit": ("Suspended",),
                "tags": {**one.tags, CLOSING_SINCE: "2026-11-26", CLOSING_FROM: "ou-workloads-acme-crm"},
            }
        )
        if one.name == "acme-crm-dev"
        else one.model_copy(update={"state": "SUSPENDED"})
        if one.name == "acme-crm-prod"
        else one
        for one in live.accounts
    )
    live = live.model_copy(update={"accounts": changed})

    adopted = adopt(live, BASE)

    assert {one.identity.prefix: one.state for one in adopted.registry.cells} == {
        "acme-crm-dev": "closing",
        "acme-crm-staging": "active",
    }
    assert plan_after(adopted, live).steps == ()


def test_contacts_and_tags_that_all_have_are_declared_once():
    live = finished(organization(tags={"cost-center": "7"}, contacts={"security": CONTACT}), PRODUCTS)

    adopted = adopt(live, BASE)

    assert adopted.spec.tags == {"cost-center": "7"}
    assert adopted.spec.contacts.security.email == CONTACT["email"]
    other = live.accounts[0].model_copy(
        update={"contacts": {"SECURITY": LiveContact(name="E", title="E", email="e@example.com", phone="1")}}
    )
    mixed = adopt(live.model_copy(update={"accounts": (other, *live.accounts[1:])}), BASE)
    assert mixed.spec.contacts.security is None
    assert "the security contacts of the accounts differ, and none is declared" in mixed.notes


def test_another_administrator_is_declared_and_a_second_one_left():
    live = finished(BASE, {})
    other = live.account(email="aws+ci-cd@example.com").id
    replaced = tuple(
        one.model_copy(update={"account": other}) if one.principal == "config.amazonaws.com" else one
        for one in live.administrators
    )
    second = LiveAdministrator(account=other, principal="backup.amazonaws.com")

    adopted = adopt(live.model_copy(update={"administrators": (*replaced, second)}), BASE)

    assert adopted.spec.delegated_administrators == {"config.amazonaws.com": "ci-cd"}


def test_what_the_base_ignores_stays_ignored():
    live = foreign(account("old", "o@example.com", ("Legacy",), id="333333333333"), units=[("Legacy",)])

    adopted = adopt(live, organization(ignore={"units": ["Legacy"]}))

    assert adopted.spec.units == ()
    assert adopted.spec.ignore.units == ("Legacy",)


def test_nothing_is_adopted_of_nothing():
    with pytest.raises(InputError, match="no organization to adopt"):
        adopt(EMPTY, BASE)


def test_most_addresses_say_the_pattern():
    live = foreign(
        account("Log Archive", "cloud+log-archive@example.org", (), id="333333333333"),
        account("ci-cd", "cloud+ci-cd@example.org", (), id="444444444444"),
        account("odd", "else@example.org", (), id="555555555555"),
    )

    assert email_pattern(live.accounts) == "cloud+{account}@example.org"
    assert email_pattern(foreign().accounts) == ""


def test_standard_units_are_never_declared_twice():
    live = foreign(units=STANDARD_UNITS)

    assert adopt(live, BASE).spec.units == ()
    assert {path_text(path) for path in STANDARD_UNITS}.isdisjoint(adopt(live, BASE).spec.ignore.units)
