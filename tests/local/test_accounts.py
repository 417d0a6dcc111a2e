"""The organization of the embedded AWS."""

import pytest
from botocore.exceptions import ClientError

from local.accounts import ensure_accounts
from local.error import LocalError
from tests.local.conftest import MANAGEMENT, Local, free_port


def test_the_accounts_are_in_the_organization(local: Local) -> None:
    client = local.session(MANAGEMENT, "us-east-1").client("organizations", endpoint_url=local.server.endpoint)

    accounts = {item["Id"]: (item["Name"], item["Email"]) for item in client.list_accounts()["Accounts"]}

    assert accounts[MANAGEMENT] == ("management", "root@example.com")
    assert accounts["444455556666"] == ("crm-dev", "crm-dev@example.com")
    assert client.describe_organization()["Organization"]["MasterAccountId"] == MANAGEMENT


def test_asking_again_adds_only_what_is_new(local: Local) -> None:
    client = local.session(MANAGEMENT, "us-east-1").client("organizations", endpoint_url=local.server.endpoint)
    before = {account["Id"] for account in client.list_accounts()["Accounts"]}

    for _ in range(2):
        ensure_accounts(
            local.server.endpoint,
            MANAGEMENT,
            [("crm-dev", "444455556666", "crm-dev@example.com"), ("new", "123456789012", "new@example.com")],
        )

    after = [account["Id"] for account in client.list_accounts()["Accounts"]]
    assert sorted(after) == sorted(before | {"123456789012"})


def test_the_management_account_gets_into_a_member(local: Local) -> None:
    sts = local.session(MANAGEMENT).client("sts", endpoint_url=local.server.endpoint)
    role = "arn:aws:iam::444455556666:role/OrganizationAccountAccessRole"

    keys = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]

    inside = local.session().client(
        "sts",
        endpoint_url=local.server.endpoint,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert inside.get_caller_identity()["Account"] == "444455556666"


def test_an_account_that_the_api_creates_is_entered_through_its_own_role(local: Local) -> None:
    client = local.session(MANAGEMENT, "us-east-1").client("organizations", endpoint_url=local.server.endpoint)
    sts = local.session(MANAGEMENT).client("sts", endpoint_url=local.server.endpoint)

    made = client.create_account(AccountName="vended", Email="vended@example.com", RoleName="VendingAccess")
    asked = made["CreateAccountStatus"]["Id"]
    states = [client.describe_create_account_status(CreateAccountRequestId=asked) for _ in range(2)]
    account = states[-1]["CreateAccountStatus"]["AccountId"]

    assumed = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/VendingAccess", RoleSessionName="test")
    assert assumed["AssumedRoleUser"]["Arn"].startswith(f"arn:aws:sts::{account}:assumed-role/VendingAccess/")


def test_fails_to_assume_a_role_that_does_not_exist(local: Local) -> None:
    sts = local.session(MANAGEMENT).client("sts", endpoint_url=local.server.endpoint)

    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn="arn:aws:iam::444455556666:role/NoSuchRole", RoleSessionName="test")


def test_fails_when_no_embedded_aws_answers() -> None:
    with pytest.raises(LocalError, match="refused its accounts"):
        ensure_accounts(f"http://127.0.0.1:{free_port()}", MANAGEMENT, [])
