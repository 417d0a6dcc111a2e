"""Accounts with chosen ids in the emulated AWS Organizations: CreateAccount draws its ids at random."""

from dataclasses import dataclass
from unittest.mock import patch

from moto.organizations import models, utils

from local.properties import Json, Properties

_PARTITION = "aws"
_REGION = "us-east-1"


@dataclass(frozen=True)
class Member:
    """An account of the organization."""

    account_id: str
    name: str
    email: str


def ensure_members(body: Properties) -> Json:
    """Make the accounts of a request body exist; those that do are left as they are. Answers their ids."""
    management = body.text("management")
    members = [Member(item.text("id"), item.text("name"), item.text("email")) for item in body.children("accounts")]
    if not management:
        raise ValueError("the management account is missing")
    backend = models.organizations_backends[management][_PARTITION]
    if backend.org is None:
        backend.create_organization(region=_REGION, FeatureSet="ALL")
    for member in members:
        _ensure(backend, management, member)
    return {"accounts": [str(account.id) for account in backend.accounts]}


def _ensure(backend: models.OrganizationsBackend, management: str, member: Member) -> None:
    existing = next((account for account in backend.accounts if account.id == member.account_id), None)
    if member.account_id == management and existing and backend.org:
        existing.name, existing.email = member.name, member.email
        backend.org.master_account_email = member.email
    elif existing is None:
        with patch.object(utils, "make_random_account_id", return_value=member.account_id):
            backend.create_account(AccountName=member.name, Email=member.email)
