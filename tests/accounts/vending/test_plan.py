"""plan_of is pure: tables of what is declared, what is there, and the steps between them."""

import pytest

from accounts.topology import topology_of
from accounts.vending.baseline_step import WaitForBaseline
from accounts.vending.live import LiveAdministrator
from accounts.vending.plan import Plan, plan_of
from accounts.vending.step import (
    CreateAccount,
    CreateUnit,
    MoveAccount,
    RegisterAdministrator,
    SetContact,
    TagAccount,
)
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import AccountEntry, CellEntry, Registry
from tests.accounts.vending.pictures import EMPTY, account, finished, unit
from tests.accounts.vending.world import CONTACT, MANAGEMENT, organization, products_named

PRODUCTS = products_named("acme-crm")
OTHER = "444455556666"


def planned(live, spec=None, products=PRODUCTS, registry=None):
    spec = spec or organization()
    return plan_of(spec, topology_of(spec, products, registry or Registry()), live)


def without(live, name):
    return live.model_copy(update={"accounts": tuple(one for one in live.accounts if one.name != name)})


def changed(live, who, /, **update):
    accounts = tuple(one.model_copy(update=update) if one.name == who else one for one in live.accounts)
    return live.model_copy(update={"accounts": accounts})


def added(live, *accounts, units=()):
    return live.model_copy(
        update={"accounts": (*live.accounts, *accounts), "units": (*live.units, *(unit(path) for path in units))}
    )


def test_nothing_is_left_to_do_for_an_organization_as_declared():
    plan = planned(finished(organization(), PRODUCTS))

    assert plan.steps == ()
    assert plan.notes == ()
    assert plan.organization == "o-exampleorgid"


def test_a_new_organization_comes_first_and_its_administrators_last():
    names = planned(EMPTY).names

    assert names[0] == "create-organization"
    assert names[-1].startswith("register-administrator:")
    assert len(set(names)) == len(names)
    order = [name.partition(":")[0] for name in names]
    first = {kind: order.index(kind) for kind in dict.fromkeys(order)}
    assert first["enable-service"] < first["create-unit"] < first["create-account"] < first["register-administrator"]


def test_an_organization_that_is_not_there_is_planned_as_new():
    plan = planned(EMPTY)

    assert plan.organization == "new"
    assert plan.management == MANAGEMENT


def test_the_management_account_of_a_new_organization_is_tagged():
    tagged = [step for step in planned(EMPTY).steps if isinstance(step, TagAccount)]

    assert [(step.name, step.account) for step in tagged] == [("management", MANAGEMENT)]
    assert tagged[0].tags == {"organization": "example", "managed-by": "cells"}


def test_a_new_account_waits_in_onboarding_before_it_comes_to_its_unit():
    spec = organization(contacts={"security": CONTACT})
    live = without(finished(spec, PRODUCTS), "acme-crm-dev")

    steps = planned(live, spec).steps

    kinds = [CreateAccount, MoveAccount, WaitForBaseline, MoveAccount, SetContact]
    assert [type(step) for step in steps] == kinds
    created, waits, _, comes, _ = steps
    assert created.email == "aws+acme-crm-dev@example.com"
    assert created.tags["environment"] == "dev"
    assert (waits.source, waits.target) == ((), ("Onboarding",))
    assert (comes.source, comes.target) == (("Onboarding",), ("Workloads", "acme-crm"))


def test_parents_are_created_before_what_is_in_them():
    paths = [step.path for step in planned(EMPTY).steps if isinstance(step, CreateUnit)]

    assert all(path[:-1] in paths[: paths.index(path)] for path in paths if len(path) > 1)


MOVED = [
    ("a moved account goes back", {"unit": ()}, ["move-account:acme-crm-dev:Workloads/acme-crm"]),
    ("a changed tag is set", {"tags": {"product": "other"}}, ["tag-account:acme-crm-dev"]),
    ("another name is no difference", {"name": "renamed"}, []),
    ("letters of an address are no difference", {"email": "AWS+Acme-CRM-dev@example.com"}, []),
    ("nothing is done to a suspended account", {"state": "SUSPENDED", "unit": ()}, []),
]


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in MOVED], ids=[row[0] for row in MOVED])
def test_what_differs_is_changed(change, expected):
    live = changed(finished(organization(), PRODUCTS), "acme-crm-dev", **change)

    assert list(planned(live).names) == expected


def test_only_the_tags_that_differ_are_set_and_foreign_tags_stay():
    live = finished(organization(), PRODUCTS)
    tags = {**live.account(email="aws+acme-crm-dev@example.com").tags, "product": "wrong", "cost-centre": "42"}

    (step,) = planned(changed(live, "acme-crm-dev", tags=tags)).steps

    assert step.tags == {"product": "acme-crm"}
    assert step.remove == ()


def test_nothing_is_closed_because_a_line_is_missing():
    live = added(finished(organization(), PRODUCTS), account("stray", "stray@example.com", ()), units=[("Rogue",)])

    plan = planned(live)

    assert plan.steps == ()
    assert [note.split(" is not declared")[0].split(" (")[0] for note in plan.notes] == [
        "account stray",
        "unit Rogue",
    ]


IGNORED = [
    ("by the unit", {"units": ["Legacy"]}),
    ("by the id", {"units": ["Legacy"], "accounts": ["777788889999"]}),
]


@pytest.mark.parametrize("ignore", [row[1] for row in IGNORED], ids=[row[0] for row in IGNORED])
def test_what_something_else_manages_is_not_told(ignore):
    live = added(
        finished(organization(), PRODUCTS),
        account("theirs", "theirs@example.com", ("Legacy", "Deep"), id="777788889999"),
        units=[("Legacy",), ("Legacy", "Deep")],
    )

    assert planned(live, organization(ignore=ignore)).notes == ()


def test_a_declared_account_that_is_ignored_is_left_alone():
    live = changed(finished(organization(), PRODUCTS), "acme-crm-dev", unit=("Legacy",))
    live = added(live, units=[("Legacy",)])

    assert planned(live, organization(ignore={"units": ["Legacy"]})).steps == ()


def test_a_suspended_account_is_told():
    live = changed(finished(organization(), PRODUCTS), "acme-crm-dev", state="SUSPENDED")

    (note,) = planned(live).notes

    assert "acme-crm-dev" in note
    assert "SUSPENDED" in note


def test_another_administrator_of_a_service_gets_company():
    live = finished(organization(), PRODUCTS)
    others = [
        LiveAdministrator(account=OTHER, principal=one.principal) if one.principal == "config.amazonaws.com" else one
        for one in live.administrators
    ]

    (step,) = planned(live.model_copy(update={"administrators": tuple(others)})).steps

    assert isinstance(step, RegisterAdministrator)
    assert step.account == live.account(email="aws+security-tooling@example.com").id


def test_a_service_that_an_account_shall_administer_gets_trusted_access():
    spec = organization(delegated_administrators={"macie.amazonaws.com": "log-archive"})

    names = planned(finished(organization(), PRODUCTS), spec).names

    assert names == ("enable-service:macie.amazonaws.com", "register-administrator:macie.amazonaws.com")


def test_an_administrator_that_is_no_account_is_an_error():
    spec = organization(delegated_administrators={"macie.amazonaws.com": "nobody"})

    with pytest.raises(InputError, match="nobody"):
        planned(finished(organization(), PRODUCTS), spec)


WRONG = [
    ("an id that is not there", {"log-archive": "444455556666"}, "log-archive .444455556666. .* is not in this"),
    ("another management account", {"management": "444455556666"}, "444455556666 is the management account"),
]


@pytest.mark.parametrize(("ids", "message"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_registry_that_does_not_fit_is_an_error(ids, message):
    registry = Registry(accounts={name: AccountEntry(id=id, state="active") for name, id in ids.items()})

    with pytest.raises(InputError, match=message):
        planned(finished(organization(), PRODUCTS), registry=registry)


def test_an_address_of_another_account_than_the_registry_says_is_an_error():
    live = finished(organization(), PRODUCTS)
    hub = live.account(email="aws+network-hub@example.com")
    registry = Registry(accounts={"log-archive": AccountEntry(id=hub.id, state="active")})

    with pytest.raises(InputError, match="belongs to the account"):
        planned(live, registry=registry)


def test_the_id_of_the_registry_finds_an_account_whose_address_changed():
    live = changed(finished(organization(), PRODUCTS), "acme-crm-dev", email="new@example.com")
    cell = CellEntry(
        product="acme-crm",
        environment="dev",
        region="eu-west-1",
        account=live.account(email="new@example.com").id,
        cidr="10.0.0.0/20",
        domain="crm-dev.example.com",
        state="active",
    )

    assert planned(live, registry=Registry(cells=(cell,))).steps == ()


def test_the_digest_is_of_the_steps_and_the_organization_and_not_of_the_notes():
    plan = planned(EMPTY)

    assert plan.digest == planned(EMPTY).digest
    assert plan.model_copy(update={"notes": ("a note",)}).digest == plan.digest
    assert plan.model_copy(update={"steps": plan.steps[1:]}).digest != plan.digest
    assert plan.model_copy(update={"organization": "o-other"}).digest != plan.digest
    assert plan.model_copy(update={"management": OTHER}).digest != plan.digest


def test_a_plan_survives_the_way_through_a_file():
    plan = planned(EMPTY, organization(contacts={"security": CONTACT}))

    assert Plan.model_validate_json(plan.model_dump_json()) == plan
