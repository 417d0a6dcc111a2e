"""Accounts with chosen ids in the emulated AWS Organizations: CreateAccount draws its ids at random."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from unittest.mock import patch

from ministack.core.responses import request_scope
from ministack.services import iam
from moto.iam.models import iam_backends
from moto.organizations import models, utils

from local.properties import Json, Properties
from local.repairs.account_creation import AccountCreation

_PARTITION = "aws"
_REGION = "us-east-1"


@dataclass(frozen=True)
class Member:
    """An account of the organization."""

    account_id: str
    name: str
    email: str


def give_access_to_accounts() -> None:
    """Put the access role of each account of each organization where the other emulator finds it. Idempotent."""
    for backend in [owned[_PARTITION] for owned in list(models.organizations_backends.values())]:
        for account in backend.accounts:
            if account.id != backend.account_id:
                for role in iam_backends[account.id]["global"].roles.values():
                    _make_access_role(account.id, role.name, management=backend.account_id)


def _make_access_role(account: str, role: str, *, management: str) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{management}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    with request_scope(account, _REGION):
        if role in iam._roles:
            return
        iam._create_role({"RoleName": [role], "AssumeRolePolicyDocument": [json.dumps(trust)]})
        iam._attach_role_policy({"RoleName": [role], "PolicyArn": ["arn:aws:iam::aws:policy/AdministratorAccess"]})


def ensure_members(creation: AccountCreation, told: Callable[[], None], body: Properties) -> Json:
    """Make the accounts of a request body exist; those that do are left as they are. Answers their ids.

    `told` is called when accounts may have come.
    """
    management = body.text("management")
    members = [Member(item.text("id"), item.text("name"), item.text("email")) for item in body.children("accounts")]
    if not management:
        raise ValueError("the management account is missing")
    backend = models.organizations_backends[management][_PARTITION]
    if backend.org is None:
        _create(backend, organization=body.text("organization"), root=body.text("root"))
    for member in members:
        _ensure(creation, backend, management, member)
    give_access_to_accounts()
    told()
    return {"accounts": [str(account.id) for account in backend.accounts]}


def _create(backend: models.OrganizationsBackend, *, organization: str, root: str) -> None:
    with ExitStack() as patches:
        for draw, id in (("make_random_org_id", organization), ("make_random_root_id", root)):
            if id:
                patches.enter_context(patch.object(utils, draw, return_value=id))
        backend.create_organization(region=_REGION, FeatureSet="ALL")


def _ensure(creation: AccountCreation, backend: models.OrganizationsBackend, management: str, member: Member) -> None:
    existing = next((account for account in backend.accounts if account.id == member.account_id), None)
    if member.account_id == management and existing and backend.org:
        existing.name, existing.email = member.name, member.email
        backend.org.master_account_email = member.email
    elif existing is None:
        with patch.object(utils, "make_random_account_id", return_value=member.account_id):
            creation.make_now(backend, name=member.name, email=member.email)
