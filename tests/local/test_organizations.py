"""AWS Organizations, as strict as AWS where the vending engine relies on it."""

import json
import urllib.request

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Local

OWNER = "222222222222"
CONTACT = {
    "AlternateContactType": "SECURITY",
    "Name": "Ana",
    "Title": "Security",
    "EmailAddress": "security@example.com",
    "PhoneNumber": "+49 30 1234567",
}


@pytest.fixture(scope="module")
def session(local: Local):
    """The management account of an organization of its own."""
    session = local.session(OWNER, "us-east-1")
    session.client("organizations", endpoint_url=local.server.endpoint).create_organization(FeatureSet="ALL")
    return session


@pytest.fixture(scope="module")
def client(local: Local, session):
    return lambda service: session.client(service, endpoint_url=local.server.endpoint)


@pytest.fixture(scope="module")
def api(client):
    return client("organizations")


@pytest.fixture(scope="module")
def root(api):
    return api.list_roots()["Roots"][0]["Id"]


@pytest.fixture
def control(local: Local):
    def post(path, body):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(
            f"{local.server.endpoint}/_local/{path}", data=json.dumps(body).encode(), method="POST"
        )
        with opener.open(request, timeout=10) as answer:
            return json.load(answer)

    yield post
    post("organizations/quotas", {"accounts": 10000, "at_once": 5, "polls": 2})


def looked_at(api, request):
    return api.describe_create_account_status(CreateAccountRequestId=request)["CreateAccountStatus"]


def made(api, name):
    asked = api.create_account(AccountName=name, Email=f"{name}@strict.example.com")["CreateAccountStatus"]["Id"]
    return [looked_at(api, asked) for _ in range(2)][-1]["AccountId"]


def test_an_account_comes_into_being_after_it_was_asked_for(api):
    asked = api.create_account(AccountName="late", Email="late@strict.example.com")["CreateAccountStatus"]

    assert asked["State"] == "IN_PROGRESS"
    assert "AccountId" not in asked
    assert "late" not in {one["Name"] for one in api.list_accounts()["Accounts"]}
    assert [looked_at(api, asked["Id"])["State"] for _ in range(3)] == ["IN_PROGRESS", "SUCCEEDED", "SUCCEEDED"]
    assert looked_at(api, asked["Id"])["AccountId"] in {one["Id"] for one in api.list_accounts()["Accounts"]}


def test_an_address_is_used_up_for_ever(api):
    made(api, "once")

    asked = api.create_account(AccountName="twice", Email="ONCE@strict.example.com")["CreateAccountStatus"]["Id"]
    states = [looked_at(api, asked) for _ in range(2)]

    assert states[-1]["State"] == "FAILED"
    assert states[-1]["FailureReason"] == "EMAIL_ALREADY_EXISTS"
    assert "twice" not in {one["Name"] for one in api.list_accounts()["Accounts"]}


def test_five_accounts_are_created_at_once(api):
    asked = [
        api.create_account(AccountName=f"five {number}", Email=f"five-{number}@strict.example.com")
        for number in range(5)
    ]
    refused = []
    api.meta.events.register("needs-retry.organizations.CreateAccount", lambda response, **_: refused.append(response))

    # botocore asks again by itself: the sixth comes when one of the five is done.
    api.create_account(AccountName="five 5", Email="five-5@strict.example.com")

    assert "TooManyRequestsException" in str(refused[0])
    assert looked_at(api, asked[0]["CreateAccountStatus"]["Id"])["State"] == "SUCCEEDED"
    listed = api.list_create_account_status(States=["IN_PROGRESS"])["CreateAccountStatuses"]
    assert {one["AccountName"] for one in listed} <= {"five 5"}
    api.list_create_account_status()


def test_creations_are_listed_by_pages(api):
    pages = api.get_paginator("list_create_account_status").paginate(PaginationConfig={"PageSize": 2})

    listed = [one["Id"] for page in pages for one in page["CreateAccountStatuses"]]

    assert len(listed) > 6
    assert len(set(listed)) == len(listed)


def test_an_unknown_creation_is_not_found(api):
    with pytest.raises(ClientError, match="CreateAccountStatusNotFoundException"):
        looked_at(api, "car-12345678")


def test_a_quota_of_accounts_is_held(api, control):
    control("organizations/quotas", {"accounts": 2})

    with pytest.raises(ClientError, match="ConstraintViolationException") as error:
        api.create_account(AccountName="more", Email="more@strict.example.com")
    assert error.value.response["Reason"] == "ACCOUNT_NUMBER_LIMIT_EXCEEDED"


def test_a_creation_fails_on_demand(api, control):
    control("organizations/fail-next-account", {"reason": "INTERNAL_FAILURE"})

    asked = api.create_account(AccountName="unlucky", Email="unlucky@strict.example.com")["CreateAccountStatus"]["Id"]

    assert [looked_at(api, asked).get("FailureReason") for _ in range(2)] == [None, "INTERNAL_FAILURE"]
    assert made(api, "unlucky")


def test_siblings_have_different_names(api, root):
    unit = api.create_organizational_unit(ParentId=root, Name="Twins")["OrganizationalUnit"]["Id"]

    with pytest.raises(ClientError, match="DuplicateOrganizationalUnitException"):
        api.create_organizational_unit(ParentId=root, Name="twins")
    assert api.create_organizational_unit(ParentId=unit, Name="Twins")


def test_units_are_nested_five_levels_deep(api, root):
    parent = root
    for depth in range(5):
        parent = api.create_organizational_unit(ParentId=parent, Name=f"Level {depth}")["OrganizationalUnit"]["Id"]

    with pytest.raises(ClientError, match="ConstraintViolationException") as error:
        api.create_organizational_unit(ParentId=parent, Name="Too deep")
    assert error.value.response["Reason"] == "OU_DEPTH_LIMIT_EXCEEDED"


def test_an_account_is_moved_from_where_it_is(api, root):
    account = made(api, "mover")
    first, second = (
        api.create_organizational_unit(ParentId=root, Name=name)["OrganizationalUnit"]["Id"]
        for name in ("First", "Second")
    )

    with pytest.raises(ClientError, match="SourceParentNotFoundException"):
        api.move_account(AccountId=account, SourceParentId=first, DestinationParentId=second)
    api.move_account(AccountId=account, SourceParentId=root, DestinationParentId=first)
    with pytest.raises(ClientError, match="DuplicateAccountException"):
        api.move_account(AccountId=account, SourceParentId=root, DestinationParentId=first)
    with pytest.raises(ClientError, match="DestinationParentNotFoundException"):
        api.move_account(AccountId=account, SourceParentId=first, DestinationParentId="ou-abcd-12345678")


def test_an_administrator_needs_trusted_access_first(api):
    account = made(api, "security")

    with pytest.raises(ClientError, match="ConstraintViolationException") as error:
        api.register_delegated_administrator(AccountId=account, ServicePrincipal="inspector2.amazonaws.com")
    assert error.value.response["Reason"] == "SERVICE_ACCESS_NOT_ENABLED"
    api.enable_aws_service_access(ServicePrincipal="inspector2.amazonaws.com")
    api.register_delegated_administrator(AccountId=account, ServicePrincipal="inspector2.amazonaws.com")


@pytest.mark.parametrize("policy_type", ["DECLARATIVE_POLICY_EC2", "S3_POLICY", "BACKUP_POLICY", "GUARDDUTY_POLICY"])
def test_newer_policy_types_are_taken(api, root, policy_type):
    api.enable_policy_type(RootId=root, PolicyType=policy_type)
    policy = api.create_policy(Name=policy_type, Description="a", Type=policy_type, Content="{}")["Policy"]

    summary = policy["PolicySummary"]
    assert summary["Type"] == policy_type
    assert f"/{policy_type.lower()}/" in summary["Arn"]
    assert [one["Id"] for one in api.list_policies(Filter=policy_type)["Policies"]] == [summary["Id"]]


def test_central_root_access_needs_trusted_access_and_is_listed(client, api):
    iam = client("iam")
    with pytest.raises(ClientError, match="ServiceAccessNotEnabledException"):
        iam.list_organizations_features()

    api.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    assert iam.list_organizations_features()["EnabledFeatures"] == []
    iam.enable_organizations_root_sessions()
    iam.enable_organizations_root_credentials_management()

    answer = iam.list_organizations_features()
    assert answer["EnabledFeatures"] == ["RootCredentialsManagement", "RootSessions"]
    assert answer["OrganizationId"] == api.describe_organization()["Organization"]["Id"]


def test_alternate_contacts_are_kept_by_account_and_guarded(local: Local, client, api):
    account, ours = client("account"), made(api, "contacted")
    with pytest.raises(ClientError, match="Trusted access"):
        account.put_alternate_contact(AccountId=ours, **CONTACT)
    api.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")

    account.put_alternate_contact(AccountId=ours, **CONTACT)

    read = account.get_alternate_contact(AccountId=ours, AlternateContactType="SECURITY")["AlternateContact"]
    assert read["EmailAddress"] == CONTACT["EmailAddress"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        account.get_alternate_contact(AlternateContactType="SECURITY")
    for other in (OWNER, "444455556666"):
        with pytest.raises(ClientError, match="AccessDeniedException"):
            account.put_alternate_contact(AccountId=other, **CONTACT)
    stranger = local.session(ours, "us-east-1").client("account", endpoint_url=local.server.endpoint)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        stranger.put_alternate_contact(AccountId=OWNER, **CONTACT)
