"""Every account of the organization, with the credentials of the management account."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cells.cli.target import CREDENTIAL_VARIABLES, AwsTarget, target_of
from cells.plan import CellPlan

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import CredentialsTypeDef

    from cells.cli.workspace import Workspace
    from cells.deploy.clients import Clients
    from cells.deploy.target import Target

_SPARE = timedelta(minutes=15)
"""Credentials that last shorter than a stack may take are got anew. A role that assumes another one has an hour."""
_SESSION = "cells-organization"


def organization_target(workspace: Workspace, management: str, name: str | None, profile: str | None) -> Target:
    """The target that these options mean, with all accounts of the organization behind it.

    Raises InputError for credentials that are not the management account's, and as `target_of` does.
    """
    from accounts.policies.facts import facts_of

    chosen = target_of(workspace.root, name, profile)
    chosen.verify(management)
    if not isinstance(chosen, AwsTarget):
        return chosen
    facts = facts_of(workspace.organization, workspace.registry)
    role = f"arn:{facts.partition}:iam::{{account}}:role/{facts.vending_role}"
    return OrganizationTarget(chosen, management, role, profile)


class OrganizationTarget:
    """AWS, where a member account is worked on as the role that AWS Organizations made in it.

    See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html.
    """

    name = "aws"
    options: Sequence[str] = ()
    """No profile: on the command line of the CDK CLI it would win over the credentials of the member account."""

    def __init__(self, own: AwsTarget, management: str, role: str, profile: str | None) -> None:
        """`role` is the ARN of the role in a member account, with `{account}` in it."""
        self._own = own
        self._management = management
        self._role = role
        self._profile = profile
        self._assumed: dict[str, CredentialsTypeDef] = {}
        self._clients: dict[tuple[str, str, str], Clients] = {}

    def verify(self, account: str) -> None:
        """Refuse credentials that are not the management account's."""
        self._own.verify(self._management)

    def can_use(self, account: str) -> bool:
        """Always: the role is in every account that the organization created."""
        return bool(account)

    def clients(self, account: str, region: str) -> Clients:
        """boto3 clients of an account and region, the same ones as long as their credentials are good."""
        from cells.deploy.clients import Clients
        from cells.deploy.session import session_with_keys

        if account == self._management:
            return self._own.clients(account, region)
        found = self._credentials(account)
        key = (account, region, found["AccessKeyId"])
        if key not in self._clients:
            session = session_with_keys(found["AccessKeyId"], found["SecretAccessKey"], region, found["SessionToken"])
            self._clients[key] = Clients(session)
        return self._clients[key]

    def variables(self, account: str, region: str) -> Mapping[str, str]:
        """The caller's environment, with the credentials of the account."""
        own = self._own.variables(account, region)
        if account == self._management:
            return own
        kept = {name: value for name, value in own.items() if name not in (*CREDENTIAL_VARIABLES, "AWS_PROFILE")}
        found = self._credentials(account)
        return {
            **kept,
            "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
            "AWS_SESSION_TOKEN": found["SessionToken"],
        }

    def name_servers(self, plan: CellPlan) -> tuple[str, ...]:
        """What the world's DNS says."""
        return self._own.name_servers(plan)

    def _credentials(self, account: str) -> CredentialsTypeDef:
        known = self._assumed.get(account)
        if known is None or known["Expiration"] - datetime.now(UTC) < _SPARE:
            sts = self._own.clients(self._management, os.environ.get("AWS_REGION", "us-east-1")).sts
            role = self._role.format(account=account)
            self._assumed[account] = sts.assume_role(RoleArn=role, RoleSessionName=_SESSION)["Credentials"]
        return self._assumed[account]
