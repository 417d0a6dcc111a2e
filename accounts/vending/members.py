"""The accounts of the organization, from inside: entered from the management account by the access role.

Organizations makes the role in every account that it creates. An account that was invited has none until somebody
makes it. See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from accounts.vending.errors import code_of
from constructs_lib.specs.errors import CellsError
from constructs_lib.specs.landing import VENDING_ROLE_NAME

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_iam import IAMClient

    from accounts.vending.clients import VendingClients

_SESSION = "cells-org"
_FRESH_SECONDS = 2400.0
"""How long credentials are used. They are good for an hour."""
_WAITS_SECONDS = (2.0, 4.0, 8.0, 16.0)
"""A role that was made a moment ago cannot be assumed everywhere yet."""


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials of an account."""

    access_key: str
    secret_key: str
    token: str

    def options(self) -> dict[str, str]:
        """As boto3 takes them."""
        return {
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
            "aws_session_token": self.token,
        }

    def variables(self) -> dict[str, str]:
        """As programs find them in their environment."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.token,
        }


class Members:
    """Clients and credentials of accounts. Safe to use from several threads, as long as each account has one."""

    def __init__(self, clients: VendingClients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Credentials, float]] = {}

    def ec2(self, account: str, region: str) -> EC2Client:
        """Amazon EC2 of an account."""
        return cast("EC2Client", self.open("ec2", account, region))

    def iam(self, account: str) -> IAMClient:
        """AWS IAM of an account."""
        return cast("IAMClient", self.open("iam", account))

    def cloudformation(self, account: str, region: str) -> CloudFormationClient:
        """AWS CloudFormation of an account."""
        return cast("CloudFormationClient", self.open("cloudformation", account, region))

    def open(self, service: str, account: str, region: str | None = None) -> object:
        """A client of a service in an account. Raises CellsError when the access role cannot be assumed."""
        return self._clients.open(service, region, self.credentials(account))

    def credentials(self, account: str) -> Credentials | None:
        """Credentials of an account; None for the management account, whose own are in use already.

        Raises CellsError when the access role cannot be assumed.
        """
        if account == self._clients.caller:
            return None
        with self._lock:
            known = self._known.get(account)
        if known is None or time.monotonic() - known[1] > _FRESH_SECONDS:
            known = (self._assume(account), time.monotonic())
            with self._lock:
                self._known[account] = known
        return known[0]

    def _assume(self, account: str) -> Credentials:
        from botocore.exceptions import ClientError

        sts, patience = self._clients.sts, self._clients.patience
        role = f"arn:{self._clients.partition}:iam::{account}:role/{VENDING_ROLE_NAME}"
        waits = list(_WAITS_SECONDS)
        while True:
            try:
                answer = patience.call(lambda: sts.assume_role(RoleArn=role, RoleSessionName=_SESSION))
                break
            except ClientError as error:
                if code_of(error) != "AccessDenied":
                    raise
                if not waits:
                    raise _no_way_in(account) from error
            patience.sleep(waits.pop(0))
        found = answer["Credentials"]
        return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def _no_way_in(account: str) -> CellsError:
    return CellsError(
        f"the role {VENDING_ROLE_NAME} of the account {account} cannot be assumed (sts:AssumeRole)",
        hint=f"let your credentials assume it; an account that was invited needs the role first: {VENDING_ROLE_NAME} "
        "with AdministratorAccess, trusted by the management account",
    )
