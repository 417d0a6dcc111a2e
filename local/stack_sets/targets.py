"""Which accounts a stack set reaches: the emulated AWS Organizations, asked for units and what is inside."""

from collections.abc import Iterator

from moto.organizations import models

SERVICE = "member.org.stacksets.cloudformation.amazonaws.com"
"""The service whose delegated administrators may act for the management account."""

_PARTITION = "aws"


def organizations() -> Iterator[models.OrganizationsBackend]:
    """Every organization that there is."""
    for owned in list(models.organizations_backends.values()):
        if _PARTITION in owned and owned[_PARTITION].org is not None:
            yield owned[_PARTITION]


def organization_of(account: str) -> models.OrganizationsBackend | None:
    """The organization that an account is in."""
    return next((one for one in organizations() if any(member.id == account for member in one.accounts)), None)


def administers(account: str, organization: models.OrganizationsBackend) -> bool:
    """Whether stack sets are delegated to an account."""
    return any(admin.account.id == account and SERVICE in admin.services for admin in organization.admins)


def accounts_inside(organization: models.OrganizationsBackend) -> dict[str, list[str]]:
    """For the root and each unit, the accounts in it and below: never the management account, nor one that closes."""
    parents: dict[str, str] = {unit.id: unit.parent_id or "" for unit in organization.ou}
    inside: dict[str, list[str]] = {unit: [] for unit in parents}
    for account in organization.accounts:
        if account.id == organization.account_id or account.status != "ACTIVE":
            continue
        unit = account.parent_id
        while unit:
            inside.setdefault(unit, []).append(account.id)
            unit = parents.get(unit, "")
    return inside
