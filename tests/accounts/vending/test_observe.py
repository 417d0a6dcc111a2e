"""What observe reads of an organization, how often it asks, and what it does when AWS refuses."""

import boto3
import pytest
from botocore.exceptions import ClientError

from accounts.services import POLICY_TYPES
from accounts.vending.clients import VendingClients
from accounts.vending.live import LiveAdministrator, LiveContact, LiveOrganization
from accounts.vending.observe import observe
from accounts.vending.patience import Patience
from constructs_lib.specs.errors import CellsError, InputError
from tests.accounts.vending.world import CONTACT, MANAGEMENT, Faults

SECURITY = LiveContact.model_validate(CONTACT)


@pytest.fixture
def api(world):
    """The client of an organization that somebody made by hand."""
    world.clients.organizations.create_organization(FeatureSet="ALL")
    return world.clients.organizations


def made(world, api, name, unit=None, **request):
    asked = api.create_account(AccountName=name, Email=f"{name}@example.com", **request)["CreateAccountStatus"]["Id"]
    for _ in range(3):
        status = api.describe_create_account_status(CreateAccountRequestId=asked)["CreateAccountStatus"]
    if unit:
        root = api.list_roots()["Roots"][0]["Id"]
        api.move_account(AccountId=status["AccountId"], SourceParentId=root, DestinationParentId=unit)
    return status["AccountId"]


def unit_in(api, parent, name):
    return api.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]


def test_without_an_organization_there_is_the_account_of_the_credentials(world):
    assert world.observe() == LiveOrganization(management=MANAGEMENT)


def test_a_fresh_organization_has_a_root_and_its_management_account(world, api):
    live = world.observe()

    assert live.exists
    assert live.management == MANAGEMENT
    assert live.root.startswith("r-")
    assert [account.id for account in live.accounts] == [MANAGEMENT]
    assert (live.units, live.policy_types, live.services, live.administrators, live.root_features) == ((),) * 5


def test_units_and_accounts_are_found_at_every_depth(world, api):
    parent = api.list_roots()["Roots"][0]["Id"]
    for depth in range(5):
        parent = unit_in(api, parent, f"Level {depth}")
        made(world, api, f"account-{depth}", parent)

    live = world.observe()

    assert [unit.path for unit in live.units] == [
        tuple(f"Level {depth}" for depth in range(end)) for end in range(1, 6)
    ]
    assert {one.name: len(one.unit) for one in live.accounts} == {
        "master": 0,
        **{f"account-{depth}": depth + 1 for depth in range(5)},
    }


def test_every_page_of_a_list_is_read(world, api):
    root = api.list_roots()["Roots"][0]["Id"]
    for number in range(45):
        unit_in(api, root, f"Unit {number}")
        world.creation.make_now(organization(), name=f"account-{number:02d}", email=f"{number}@example.com")

    live = world.observe()

    assert len(live.units) == 45
    assert len(live.accounts) == 46


def organization():
    from moto.organizations import models

    return models.organizations_backends[MANAGEMENT]["aws"]


def test_where_accounts_are_is_asked_once_for_each_unit(world, api):
    root = api.list_roots()["Roots"][0]["Id"]
    for number in range(3):
        unit = unit_in(api, root, f"Unit {number}")
        for account in range(4):
            made(world, api, f"account-{number}-{account}", unit)
    asked = []
    api.meta.events.register("before-call", lambda model, **_: asked.append(model.name))

    world.observe()

    counts = {name: asked.count(name) for name in set(asked)}
    assert counts["ListAccountsForParent"] == counts["ListOrganizationalUnitsForParent"] == 4
    assert counts["ListTagsForResource"] == 13
    assert "ListParents" not in counts
    assert counts["ListPolicies"] == len(POLICY_TYPES)
    assert len(asked) == 4 + 4 + 13 + 4 + len(POLICY_TYPES)


def test_tags_policy_types_services_administrators_and_root_features_are_read(world, api):
    root = api.list_roots()["Roots"][0]["Id"]
    account = made(world, api, "security", Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": ""}])
    for policy_type in ("TAG_POLICY", "DECLARATIVE_POLICY_EC2", "S3_POLICY"):
        api.enable_policy_type(RootId=root, PolicyType=policy_type)
    for service in ("iam.amazonaws.com", "guardduty.amazonaws.com", "config.amazonaws.com"):
        api.enable_aws_service_access(ServicePrincipal=service)
    for service in ("guardduty.amazonaws.com", "config.amazonaws.com"):
        api.register_delegated_administrator(AccountId=account, ServicePrincipal=service)
    world.clients.iam.enable_organizations_root_sessions()

    live = world.observe()

    assert live.account(id=account).tags == {"a": "", "b": "2"}
    assert live.policy_types == ("DECLARATIVE_POLICY_EC2", "S3_POLICY", "TAG_POLICY")
    assert live.services == ("config.amazonaws.com", "guardduty.amazonaws.com", "iam.amazonaws.com")
    assert live.administrators == (
        LiveAdministrator(account=account, principal="config.amazonaws.com"),
        LiveAdministrator(account=account, principal="guardduty.amazonaws.com", untold=("eu-west-1", "us-east-1")),
    )
    assert live.root_features == ("RootSessions",)


def test_a_suspended_account_is_read_as_such_and_its_contacts_are_not_asked_for(world, api):
    account = made(world, api, "old")
    api.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")
    api.close_account(AccountId=account)
    asked = []
    world.clients.account.meta.events.register("before-call", lambda params, **_: asked.append(params))

    live = observe(world.clients, contacts=True)

    assert live.account(id=account).state == "SUSPENDED"
    assert len(asked) == 3


@pytest.mark.parametrize("contacts", [False, True])
def test_contacts_are_read_when_asked(world, api, contacts):
    account = made(world, api, "crm")
    api.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")
    words = {
        "Name": "Ana",
        "Title": "Security",
        "EmailAddress": "security@example.com",
        "PhoneNumber": CONTACT["phone"],
    }
    for of in ({}, {"AccountId": account}):
        world.clients.account.put_alternate_contact(AlternateContactType="SECURITY", **words, **of)

    live = observe(world.clients, contacts=contacts)

    assert [one.contacts for one in live.accounts] == [{"SECURITY": SECURITY} if contacts else {}] * 2


def test_contacts_of_members_are_not_asked_for_without_trusted_access(world, api):
    made(world, api, "crm")

    live = observe(world.clients, contacts=True)

    assert [one.contacts for one in live.accounts] == [{}, {}]


@pytest.mark.parametrize("workers", [1, 8])
def test_reading_twice_gives_the_same(world, api, workers):
    root = api.list_roots()["Roots"][0]["Id"]
    for name in ("b", "a", "c"):
        made(world, api, name, unit_in(api, root, name))
    world.clients.workers = workers

    live = world.observe()

    assert live == world.observe()
    assert [unit.path for unit in live.units] == [("a",), ("b",), ("c",)]
    assert [account.name for account in live.accounts] == ["a", "b", "c", "master"]


def test_a_refusal_is_told_with_a_cure(world, api):
    world.faults = Faults(answers={"ListRoots": ["AccessDeniedException"]})

    with pytest.raises(CellsError, match="cannot be read: said the test .AccessDeniedException") as error:
        world.observe()

    assert "the credentials need ListRoots" in error.value.hint


def test_a_root_access_that_is_refused_is_no_absence(world, api):
    world.faults = Faults(answers={"ListOrganizationsFeatures": ["AccessDenied"]})

    with pytest.raises(CellsError, match="AccessDenied"):
        world.observe()


def test_missing_credentials_are_an_input_error(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    clients = VendingClients(boto3.Session(region_name="us-east-1"))

    with pytest.raises(InputError, match="credentials") as error:
        observe(clients)

    assert "sign in" in error.value.hint


def test_patience_waits_longer_each_time_and_not_for_ever():
    slept = []
    patience = Patience(slept.append, lambda: 0.5, attempts=6, first=1.0, longest=10.0)
    busy = ClientError({"Error": {"Code": "TooManyRequestsException"}}, "CreateAccount")

    def call():
        raise busy

    with pytest.raises(ClientError):
        patience.call(call)
    assert slept == [1.0, 2.0, 4.0, 5.0, 5.0]


@pytest.mark.parametrize(
    ("response", "again"),
    [
        ({"Error": {"Code": "ConcurrentModificationException"}}, True),
        ({"Error": {"Code": "FinalizingOrganizationException"}}, True),
        ({"Error": {"Code": "ConstraintViolationException"}, "Reason": "ACCOUNT_CREATION_NOT_COMPLETE"}, True),
        ({"Error": {"Code": "ConstraintViolationException"}, "Reason": "ACCOUNT_NUMBER_LIMIT_EXCEEDED"}, False),
        ({"Error": {"Code": "AccessDeniedException"}}, False),
        ({"Error": {"Code": "InvalidInputException"}}, False),
    ],
)
def test_patience_is_for_a_busy_aws_only(response, again):
    slept, errors = [], [ClientError(response, "CreateAccount")]

    def call():
        if errors:
            raise errors.pop()
        return "done"

    if again:
        assert Patience(slept.append).call(call) == "done"
    else:
        with pytest.raises(ClientError):
            Patience(slept.append).call(call)
    assert bool(slept) is again
