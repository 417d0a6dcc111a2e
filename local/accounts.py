"""The organization of the embedded AWS, set up from plain data."""

import json
import urllib.request
from collections.abc import Iterable

from botocore.exceptions import ClientError

from local.aws import Aws
from local.error import LocalError

ACCESS_ROLE = "OrganizationAccountAccessRole"
_REGION = "us-east-1"


def ensure_accounts(endpoint: str, management_account: str, accounts: Iterable[tuple[str, str, str]]) -> None:
    """Make the accounts, given as (name, account id, e-mail), exist in the organization of `management_account`.

    Each member also gets the role `OrganizationAccountAccessRole`, which trusts the management account. The
    management account itself may be in the list, for its name and e-mail. Idempotent. Raises `LocalError` when the
    embedded AWS does not answer or refuses.
    """
    members = list(accounts)
    body = {
        "management": management_account,
        "accounts": [{"name": name, "id": account, "email": email} for name, account, email in members],
    }
    _post(f"{endpoint}/_local/accounts", json.dumps(body).encode())
    for _, account, _ in members:
        if account != management_account:
            _ensure_access_role(endpoint, management_account, account)


def _ensure_access_role(endpoint: str, management_account: str, account: str) -> None:
    iam = Aws(endpoint, account, _REGION).iam
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{management_account}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    try:
        iam.create_role(RoleName=ACCESS_ROLE, AssumeRolePolicyDocument=json.dumps(trust))
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityAlreadyExists":
            raise
    iam.attach_role_policy(RoleName=ACCESS_ROLE, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")


def _post(url: str, body: bytes) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, data=body, headers={"content-type": "application/json"}, method="POST")
    try:
        opener.open(request, timeout=30).close()
    except OSError as error:
        raise LocalError(f"the embedded AWS refused its accounts: {error}", "see its log") from error
