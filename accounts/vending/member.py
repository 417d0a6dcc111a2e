"""Credentials in a member account: those of the role that AWS Organizations makes in every account that it creates.

An account that was invited has the role only when somebody made it there. See
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.vending.clients import VendingClients
from accounts.vending.errors import code_of

if TYPE_CHECKING:
    import boto3

ACCESS_ROLE = "OrganizationAccountAccessRole"
"""The role that AWS Organizations makes in every account that it creates, and that trusts the management account."""

_SESSION = "cells-org"


def member_session(clients: VendingClients, account: str) -> boto3.Session | None:
    """A session in a member account; None where the role is missing, or does not let the management account in."""
    import boto3
    from botocore.exceptions import ClientError

    partition = clients.sts.get_caller_identity()["Arn"].split(":")[1]
    arn = f"arn:{partition}:iam::{account}:role/{ACCESS_ROLE}"
    try:
        answer = clients.patience.call(lambda: clients.sts.assume_role(RoleArn=arn, RoleSessionName=_SESSION))
    except ClientError as error:
        if not code_of(error).startswith(("AccessDenied", "NoSuchEntity")):
            raise
        return None
    keys = answer["Credentials"]
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
