"""An account is created once, whatever became of earlier requests for it."""

import pytest
from moto.organizations import models

from accounts.vending.creation import AccountCreation
from accounts.vending.journal import Journal
from accounts.vending.step import CreateAccount
from constructs_lib.specs.errors import CellsError
from tests.accounts.vending.world import MANAGEMENT

STEP = CreateAccount(name="crm-dev", email="crm-dev@example.com", tags={"b": "2", "a": "1"})


@pytest.fixture
def owner(world):
    world.clients.organizations.create_organization(FeatureSet="ALL")
    return models.organizations_backends[MANAGEMENT]["aws"]


@pytest.fixture
def remembering(world):
    """A journal in which an earlier run asked for the account with a request."""

    def journal(request=""):
        earlier = Journal(world.store, "a" * 64)
        earlier.begin()
        if request:
            earlier.note("asked", "create-account:crm-dev", request)
        return Journal(world.store, "a" * 64)

    return journal


def create(world, journal):
    journal.begin()
    return AccountCreation(world.clients, journal).create(STEP)


def asked_for(world, **request):
    request = {"AccountName": STEP.name, "Email": STEP.email, **request}
    return world.clients.organizations.create_account(**request)["CreateAccountStatus"]["Id"]


def test_it_has_its_name_its_address_and_its_tags(world, owner, remembering):
    id = create(world, remembering())

    (account,) = (one for one in owner.accounts if one.id == id)
    assert (account.name, account.email, account.tags) == (STEP.name, STEP.email, {"a": "1", "b": "2"})


def test_a_request_of_an_earlier_run_is_waited_for(world, owner, remembering):
    id = create(world, remembering(asked_for(world)))

    assert [one.account for one in owner.creations] == [id]


def test_a_request_that_the_journal_lost_is_waited_for(world, owner, remembering):
    asked_for(world)

    id = create(world, remembering())

    assert [one.account for one in owner.creations] == [id]


def test_a_request_that_aws_forgot_is_made_again(world, owner, remembering):
    assert create(world, remembering("car-forgotten"))
    assert len(owner.creations) == 1


def test_a_request_that_failed_is_made_again(world, owner, remembering):
    world.creation._failures.append("INTERNAL_FAILURE")
    request = asked_for(world)

    assert create(world, remembering(request))
    assert [one.state for one in owner.creations] == ["FAILED", "SUCCEEDED"]


def test_a_request_with_an_address_that_was_changed_since_is_not_taken(world, owner, remembering):
    request = asked_for(world, Email="old@example.com")

    id = create(world, remembering(request))

    assert {one.id: one.email for one in owner.accounts}[id] == STEP.email


def test_an_account_with_the_address_is_found_when_aws_refuses_another(world, owner, remembering):
    world.creation.make_now(owner, name="other name", email="CRM-dev@example.com")

    assert create(world, remembering()) == owner.accounts[-1].id


@pytest.mark.parametrize("reason", ["CONCURRENT_ACCOUNT_MODIFICATION", "EMAIL_ALREADY_EXISTS"])
def test_a_refusal_because_of_our_own_request_leads_to_its_account(world, owner, remembering, reason):
    world.creation._failures.append(reason)
    world.creation.quotas.polls = 1
    journal = remembering()
    creation = AccountCreation(world.clients, journal)
    journal.begin()
    assert creation.under_way == {}
    world.creation.make_now(owner, name=STEP.name, email=STEP.email)

    assert creation.create(STEP) == owner.accounts[-1].id


def test_a_closed_account_with_the_address_is_none(world, owner, remembering):
    world.creation.make_now(owner, name="closed", email=STEP.email)
    owner.accounts[-1].close()

    with pytest.raises(CellsError, match="EMAIL_ALREADY_EXISTS") as error:
        create(world, remembering())
    assert "also to a closed one" in error.value.hint


REASONS = [
    ("ACCOUNT_LIMIT_EXCEEDED", "Service Quotas"),
    ("INVALID_EMAIL", "`emails`"),
    ("INTERNAL_FAILURE", "AWS Support"),
    ("MISSING_PAYMENT_INSTRUMENT", "payment method"),
    ("SOMETHING_NEW", "documentation"),
]


@pytest.mark.parametrize(("reason", "cure"), REASONS)
def test_a_failure_is_told_with_its_cure(world, owner, remembering, reason, cure):
    world.creation._failures.append(reason)

    with pytest.raises(CellsError, match=f"crm-dev <crm-dev@example.com>: {reason}") as error:
        create(world, remembering())
    assert cure in error.value.hint
