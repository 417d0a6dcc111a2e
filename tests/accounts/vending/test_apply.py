"""apply does what was approved, refuses everything else before it touches anything, and says what failed."""

import json

import pytest
from moto.organizations import models

from accounts.ledger import load_registry, record_accounts
from accounts.vending.last_applied import last_applied
from accounts.vending.lock import LOCK, locked
from accounts.vending.plan import Plan
from accounts.vending.step import EnableService, TagAccount
from constructs_lib.specs.errors import CellsError, InputError
from local.repairs.account_creation import Quotas
from tests.accounts.vending.world import (
    CONTACT,
    MANAGEMENT,
    Faults,
    World,
    organization,
    products_named,
    write_cells,
)


@pytest.fixture
def built(world, few_services):
    """An organization as declared."""
    world.apply(world.plan())
    world.faults = Faults()
    return world


def backend(account=MANAGEMENT):
    return models.organizations_backends[account]["aws"]


def refuses(world, plan, message, **options):
    """Refused before anything is changed."""
    before = (world.observe(), world.registry_path.read_text())
    world.faults = Faults()
    with pytest.raises(InputError, match=message) as error:
        world.apply(plan, **options)
    assert world.faults.calls == []
    assert (world.observe(), world.registry_path.read_text()) == before
    return error.value


def test_from_nothing_everything_is_there_after_one_run(world):
    world.spec = organization(contacts={"security": CONTACT, "billing": CONTACT})
    plan = world.plan()

    applied = world.apply(plan)

    assert world.plan().steps == ()
    assert applied.live == world.observe()
    assert sorted(applied.done) == sorted(plan.names)
    assert applied.before == ()
    assert {kind for one in applied.live.accounts for kind in one.contacts} == {"SECURITY", "BILLING"}
    assert applied.accounts == world.ids()


def test_the_registry_has_the_id_of_every_account(built):
    registry = load_registry(built.registry_path)
    live = {account.name: account.id for account in built.observe().accounts}

    assert {name: entry.id for name, entry in registry.accounts.items()} == {
        "management": MANAGEMENT,
        **{name: id for name, id in live.items() if name in registry.accounts},
    }
    assert len(registry.accounts) == 6
    assert [(cell.account, cell.state) for cell in registry.cells] == [
        (live[cell.identity.prefix], "active") for cell in registry.cells
    ]


def test_a_second_run_of_the_same_plan_does_nothing(world, few_services):
    plan = world.plan()
    world.apply(plan)
    registry = world.registry_path.read_text()
    world.faults = Faults()

    applied = world.apply(plan)

    assert applied.done == ()
    assert applied.before == plan.names
    assert world.faults.calls == []
    assert world.registry_path.read_text() == registry


def test_what_is_declared_later_comes_with_the_next_plan(built):
    built.products = products_named("acme-crm", "acme-shop")
    record = json.loads(built.registry_path.read_text())
    write_cells(built.folder / "more.json", products_named("acme-shop"), number=10)
    record["cells"] += json.loads((built.folder / "more.json").read_text())["cells"]
    built.registry_path.write_text(json.dumps(record))

    applied = built.apply(built.plan())

    assert applied.done[0] == "create-unit:Workloads/acme-shop"
    assert built.faults.calls.count("CreateAccount") == 3
    assert None not in built.ids().values()
    assert built.plan().steps == ()


def test_each_line_is_told_as_it_starts_and_as_it_ends(world, few_services):
    world.apply(world.plan())

    started = [text for kind, text in world.told.lines if kind == "step"]
    assert [text for kind, text in world.told.lines if kind == "done"] == started
    assert started[0] == "organization with all features"
    assert "account acme-crm-dev: Onboarding → Workloads/acme-crm" in started


def test_all_regions_of_a_cell_get_its_account(world, few_services):
    write_cells(world.registry_path, world.products, regions=("eu-west-1", "us-east-1"))

    world.apply(world.plan())

    cells = load_registry(world.registry_path).cells
    assert len(cells) == 6
    assert len({cell.account for cell in cells}) == 3
    assert {cell.state for cell in cells} == {"active"}


def test_a_cell_without_a_line_is_told_and_found_by_its_address(world, few_services):
    world.registry_path.write_text('{"version": 1, "accounts": {}, "cells": []}')

    world.apply(world.plan())

    assert sum("`cells new`" in note for note in world.told.notes()) == 3
    assert set(load_registry(world.registry_path).accounts) == set(organization().platform_accounts)
    assert world.plan().steps == ()
    write_cells(world.folder / "cells.json", world.products)
    record = json.loads(world.registry_path.read_text())
    record["cells"] = json.loads((world.folder / "cells.json").read_text())["cells"]
    world.registry_path.write_text(json.dumps(record))
    world.apply(world.plan())
    assert None not in world.ids().values()


def test_ids_that_the_registry_lost_are_written_again(built):
    ids = built.ids()
    write_cells(built.registry_path, built.products)

    built.apply(built.plan())

    assert built.ids() == ids
    assert built.faults.calls == []


def test_an_organization_that_was_there_is_adopted(world, few_services):
    api = world.clients.organizations
    api.create_organization(FeatureSet="ALL")
    root = api.list_roots()["Roots"][0]["Id"]
    api.create_organizational_unit(ParentId=root, Name="Security")
    world.creation.make_now(backend(), name="old name", email="aws+log-archive@example.com")

    applied = world.apply(world.plan())

    assert "create-organization" not in applied.done
    assert "create-unit:Security" not in applied.done
    assert "create-account:log-archive" not in applied.done
    assert "tag-account:log-archive" in applied.done
    assert applied.live.account(id=world.ids()["log-archive"]).unit == ("Security",)
    assert world.plan().steps == ()


def test_refuses_credentials_of_a_member(built):
    plan = built.plan()
    member = built.ids()["log-archive"]
    built.clients.__dict__["caller"] = member

    assert "management" in refuses(built, plan, f"credentials of the account {member}").hint


def test_refuses_a_plan_of_another_organization(built):
    plan = built.plan().model_copy(update={"organization": "o-otherorg12"})

    refuses(built, plan, "for the organization o-otherorg12, but this is o-")


def test_refuses_a_plan_of_another_management_account(built):
    plan = built.plan().model_copy(update={"management": "444455556666"})

    refuses(built, plan, "for the organization of 444455556666")


def test_refuses_a_plan_of_an_organization_when_there_is_none(world):
    refuses(world, world.plan().model_copy(update={"organization": "o-otherorg12"}), "but this is no organization")


def test_refuses_a_plan_after_the_organization_moved(built):
    plan = built.plan()
    api, ids = built.clients.organizations, built.ids()
    root = backend().org.root_id
    source = next(unit.id for unit in built.observe().units if unit.path == ("Security",))
    api.move_account(AccountId=ids["log-archive"], SourceParentId=source, DestinationParentId=root)

    error = refuses(built, plan, "Not in the plan:\n  account log-archive: Root → Security")

    assert "plan again" in error.hint


def test_refuses_to_move_an_account_that_was_moved_elsewhere_meanwhile(built):
    api, account, root = built.clients.organizations, built.ids()["log-archive"], backend().org.root_id
    units = {unit.path: unit.id for unit in built.observe().units}
    api.move_account(AccountId=account, SourceParentId=units["Security",], DestinationParentId=root)
    plan = built.plan()
    api.move_account(AccountId=account, SourceParentId=root, DestinationParentId=units["Sandbox",])

    refuses(built, plan, "Not in the plan:\n  account log-archive: Sandbox → Security")


def test_an_account_that_became_a_member_meanwhile_is_an_error(world, few_services):
    plan = world.plan()
    other = backend("444455556666")
    other.create_organization(region="us-east-1")

    def join(**_):
        models.organizations_backends.master_accounts[MANAGEMENT] = ("444455556666", "aws")

    world.clients.organizations.meta.events.register("before-call.organizations.CreateOrganization", join)
    try:
        with pytest.raises(CellsError, match=f"{MANAGEMENT} became a member of the organization {other.org.id}"):
            world.apply(plan)
    finally:
        models.organizations_backends.master_accounts.clear()


def drifted(built):
    """An organization in which a tag is wrong and a service is off."""
    built.clients.organizations.tag_resource(
        ResourceId=built.ids()["log-archive"], Tags=[{"Key": "managed-by", "Value": "hand"}]
    )
    built.clients.organizations.disable_aws_service_access(ServicePrincipal="guardduty.amazonaws.com")
    return built.plan()


TAMPERED = [
    ("a step was left out", lambda steps: steps[1:], "Not in the plan"),
    (
        "a tag was changed",
        lambda steps: [
            one.model_copy(update={"tags": {"a": "b"}}) if one.kind == "tag-account" else one for one in steps
        ],
        "Not in the plan",
    ),
    (
        "a step was added",
        lambda steps: [*steps, EnableService(principal="macie.amazonaws.com")],
        "Nobody wants any more:\n  trusted access for macie",
    ),
    (
        "another account is tagged",
        lambda steps: [
            one.model_copy(update={"account": MANAGEMENT}) if isinstance(one, TagAccount) else one for one in steps
        ],
        "Not in the plan",
    ),
]


@pytest.mark.parametrize(("tamper", "message"), [row[1:] for row in TAMPERED], ids=[row[0] for row in TAMPERED])
def test_refuses_what_differs_from_what_is_needed(built, tamper, message):
    plan = drifted(built)
    assert len(plan.steps) == 2

    refuses(built, Plan(**{**plan.model_dump(), "steps": tamper(list(plan.steps))}), message)


CHANGED = [
    ("an address", {"emails": {"acme-crm-dev": "dev@example.com"}}, None, "account acme-crm-dev <dev@example.com>"),
    ("a tag", {"tags": {"cost-centre": "42"}}, None, "account management: tags cost-centre=42"),
    ("a product less", {}, (), "Nobody wants any more:\n  unit Workloads/acme-crm"),
    ("a product more", {}, ("acme-crm", "acme-shop"), "Not in the plan:\n  unit Workloads/acme-shop"),
    ("a contact", {"contacts": {"security": CONTACT}}, None, "security contact"),
]


@pytest.mark.parametrize(("spec", "products", "message"), [row[1:] for row in CHANGED], ids=[row[0] for row in CHANGED])
def test_refuses_a_plan_after_the_declaration_moved(world, few_services, spec, products, message):
    plan = world.plan()
    world.spec = organization(**spec)
    world.products = world.products if products is None else products_named(*products)

    refuses(world, plan, message)


def test_chosen_steps_may_create_an_account_and_move_it(world, few_services):
    chosen = world.plan().chosen(lambda step: not isinstance(step, TagAccount))

    world.apply(chosen)

    assert {step.kind for step in world.plan().steps} <= {"tag-account"}
    assert set(world.ids()) == {account.name for account in world.topology.accounts}


def test_drift_is_mended_by_its_plan(built):
    applied = built.apply(drifted(built))

    assert sorted(applied.done) == ["enable-service:guardduty.amazonaws.com", "tag-account:log-archive"]
    assert built.plan().steps == ()


def test_refuses_to_run_beside_another_run(built):
    plan = built.plan()

    with locked(built.store, "ana"):
        refuses(built, plan, "locked in .* by ana")
        assert built.apply(plan, break_lock=True).done == ()


def test_the_lock_is_gone_after_a_refusal_and_after_a_failure(built):
    refuses(built, built.plan().model_copy(update={"organization": "o-otherorg12"}), "o-otherorg12")
    assert built.store.read(LOCK) is None

    plan = drifted(built)
    built.faults = Faults(answers={"TagResource": ["AccessDeniedException"]})
    with pytest.raises(CellsError):
        built.apply(plan)
    assert built.store.read(LOCK) is None


def test_a_failed_step_stops_only_what_needs_it(world, few_services):
    plan = world.plan()
    world.faults = Faults(answers={"CreateOrganizationalUnit": ["AccessDeniedException"]})

    with pytest.raises(CellsError) as error:
        world.apply(plan)

    message = error.value.message
    assert error.value.exit_code == 1
    assert "17 of 53 steps failed" in message.split("\n")[0]
    assert "unit Onboarding: said the test (AccessDeniedException)" in message
    assert "account log-archive: Root → Onboarding: waits for create-unit:Onboarding" in message


def test_a_failed_service_stops_its_administrator_only(world, few_services):
    plan = world.plan()
    world.faults = Faults(answers={"EnableAWSServiceAccess": [None, "AccessDeniedException"]})

    with pytest.raises(CellsError, match="^2 of 53 steps failed") as error:
        world.apply(plan)

    assert "config.amazonaws.com is administered by security-tooling: waits for enable-service" in error.value.message
    live = world.observe()
    assert len(live.accounts) == 9
    assert [one.principal for one in live.administrators] == ["guardduty.amazonaws.com"]
    world.apply(plan)
    assert world.plan().steps == ()


def test_contacts_wait_for_the_trusted_access_that_they_need(world, few_services):
    world.spec = organization(contacts={"security": CONTACT})
    plan = world.plan()
    world.faults = Faults(answers={"EnableAWSServiceAccess": ["AccessDeniedException"]})

    with pytest.raises(CellsError) as error:
        world.apply(plan)

    assert error.value.message.count("security contact security@example.com: waits for enable-service:account") == 9
    world.apply(plan)
    assert world.plan().steps == ()


def test_a_failure_is_in_the_journal(world, few_services):
    plan = world.plan()
    world.faults = Faults(answers={"TagResource": ["AccessDeniedException"]})
    with pytest.raises(CellsError):
        world.apply(plan)

    (log,) = (world.folder / "store" / "journal").iterdir()
    entries = [json.loads(line) for line in log.read_text().splitlines()]

    events = [(one["event"], one.get("step")) for one in entries]
    assert ("failed", "tag-account:management") in events
    assert ("done", "tag-account:management") not in events
    assert events.index(("start", "create-account:ci-cd")) < events.index(("asked", "create-account:ci-cd"))
    assert events.index(("asked", "create-account:ci-cd")) < events.index(("done", "create-account:ci-cd"))
    done = next(one for one in entries if (one["event"], one.get("step")) == ("done", "create-account:ci-cd"))
    assert done["detail"] == world.ids()["ci-cd"]
    assert entries[-1]["event"] != "end"


def test_what_was_left_is_kept_for_drift_also_after_a_failure(world, few_services):
    plan = world.plan()
    assert last_applied(world.store) is None
    world.faults = Faults(answers={"RegisterDelegatedAdministrator": ["AccessDeniedException"]})
    with pytest.raises(CellsError):
        world.apply(plan)

    kept = last_applied(world.store)

    assert kept.plan == plan.digest
    assert kept.live == world.observe()
    assert len(kept.live.administrators) == 1


def test_a_quota_of_accounts_is_an_error_with_a_cure_and_the_next_run_goes_on(world, few_services):
    plan = world.plan()
    world.creation.quotas = Quotas(accounts=5)

    with pytest.raises(CellsError, match="ACCOUNT_NUMBER_LIMIT_EXCEEDED") as error:
        world.apply(plan)

    assert "Service Quotas" in error.value.hint
    assert len(world.observe().accounts) == 5
    world.creation.quotas = Quotas()
    world.apply(plan)
    assert world.plan().steps == ()


def test_a_creation_that_takes_long_is_waited_for_with_growing_pauses(world, few_services):
    world.creation.quotas = Quotas(polls=14)

    world.apply(world.plan())

    pauses = world.slept[:13]
    assert pauses == sorted(pauses)
    assert pauses[0] < 1
    assert pauses[-1] == 5


def test_a_creation_that_takes_too_long_is_an_error_and_is_found_by_the_next_run(world, few_services, monkeypatch):
    monkeypatch.setattr("accounts.vending.creation._PATIENCE_SECONDS", 120)
    world.creation.quotas = Quotas(polls=2000, at_once=100)
    plan = world.plan()
    with pytest.raises(CellsError, match="is still creating the account log-archive after 2 minutes"):
        world.apply(plan)
    requests = [one.id for one in backend().creations]
    world.creation.quotas = Quotas()
    for one in backend().creations:
        one.looks_left = 1

    world.apply(plan)

    assert len(backend().creations) == 8
    assert requests == [one.id for one in backend().creations][: len(requests)]


def test_no_more_than_five_creations_are_in_progress(aws, tmp_path, few_services, monkeypatch):
    world = World(tmp_path, organization(), products_named("acme-crm", "acme-shop"), workers=16, creation=aws)
    most = []
    make = aws.create

    def create(owner, request):
        answer = make(owner, request)
        most.append(sum(one.state == "IN_PROGRESS" for one in owner.creations))
        return answer

    monkeypatch.setattr(aws, "create", create)
    world.creation.quotas = Quotas(at_once=100)

    world.apply(world.plan())

    assert len(most) == 11
    assert 1 < max(most) <= 5


def test_creations_that_somebody_else_started_do_not_stop_ours(world, few_services):
    world.clients.organizations.create_organization(FeatureSet="ALL")
    for number in range(5):
        world.clients.organizations.create_account(AccountName=f"theirs {number}", Email=f"{number}@example.com")

    world.apply(world.plan())

    assert len(world.observe().accounts) == 9 + 5


def test_an_account_of_the_same_name_and_another_address_is_not_ours(world, few_services):
    api = world.clients.organizations
    api.create_organization(FeatureSet="ALL")
    api.create_account(AccountName="log-archive", Email="theirs@example.com")

    applied = world.apply(world.plan())

    live = applied.live.account(id=world.ids()["log-archive"])
    assert live.email == "aws+log-archive@example.com"
    assert live.unit == ("Security",)


def test_a_closed_account_keeps_its_address(world, few_services):
    api = world.clients.organizations
    api.create_organization(FeatureSet="ALL")
    plan = world.plan()
    world.creation.make_now(backend(), name="log-archive", email="aws+log-archive@example.com")
    api.close_account(AccountId=backend().accounts[-1].id)

    refuses(world, plan, "Nobody wants any more:\n  account log-archive")


def test_a_hand_edited_registry_is_refused_before_anything_is_changed(world, few_services):
    plan = world.plan()
    world.apply(plan)
    record_accounts(world.folder / "registry.json", {"extra": "444455556666"})
    text = world.registry_path.read_text().replace(world.ids()["log-archive"], "777788889999")
    world.registry_path.write_text(text)

    with pytest.raises(InputError, match="777788889999"):
        world.apply(plan)
    assert world.registry_path.read_text() == text


RECORDED = [
    ("a new account", "sandbox-ana", "444455556666", False, True),
    ("the same again", "log-archive", "123456789012", False, True),
    ("a cell", "acme-crm-dev", "444455556666", True, True),
    ("a cell without a line", "acme-shop-dev", "444455556666", True, False),
]


@pytest.mark.parametrize(
    ("name", "id", "cell", "there"), [row[1:] for row in RECORDED], ids=[row[0] for row in RECORDED]
)
def test_an_account_is_recorded(tmp_path, name, id, cell, there):
    path = tmp_path / "registry.json"
    write_cells(path, products_named("acme-crm"))
    record_accounts(path, {"log-archive": "123456789012"})
    before = load_registry(path)

    homeless = record_accounts(path, {name: id}, cells={name} if cell else ())

    assert homeless == (() if there else (name,))

    after = load_registry(path)
    assert len(after.cells) == 3
    assert {**before.accounts, **after.accounts} == after.accounts
    recorded = {key: entry.id for key, entry in after.accounts.items()}
    recorded |= {one.identity.prefix: one.account for one in after.cells}
    assert (recorded.get(name) == id) is there


def test_an_id_never_changes(tmp_path):
    path = tmp_path / "registry.json"
    write_cells(path, products_named("acme-crm"))
    record_accounts(path, {"log-archive": "123456789012", "acme-crm-dev": "777788889999"}, cells={"acme-crm-dev"})
    text = path.read_text()

    for name, cell, id in (("log-archive", False, "123456789012"), ("acme-crm-dev", True, "777788889999")):
        with pytest.raises(InputError, match=f"is {id}, but it is 444455556666"):
            record_accounts(path, {name: "444455556666"}, cells={name} if cell else ())
    assert path.read_text() == text


def test_the_ids_of_organization_and_root_are_in_the_registry(built):
    recorded = load_registry(built.registry_path).organization

    assert (recorded.id, recorded.root) == (built.observe().id, built.observe().root)
