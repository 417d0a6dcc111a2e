"""The end of units and accounts as strict as AWS: only empty units go, only members close, and not too many of them.

See https://docs.aws.amazon.com/organizations/latest/APIReference/API_DeleteOrganizationalUnit.html and
https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html.
"""

from moto.organizations import exceptions, models

from local.repairs.account_creation import Violation
from local.repairs.method import replace_method

_LEAST, _MOST, _PERCENT = 10, 1000, 10
"""Accounts that may be closed in 30 days: a tenth of the members, within these bounds. Time does not pass here."""


def guard_ends() -> None:
    """Refuse what AWS refuses. Call once."""
    _guard_units()
    _guard_names()
    _guard_closing()


def _guard_units() -> None:
    original = models.OrganizationsBackend.delete_organizational_unit

    def delete(organization: models.OrganizationsBackend, **request: str) -> None:
        unit = request["OrganizationalUnitId"]
        parents = [one.parent_id for one in organization.ou] + [one.parent_id for one in organization.accounts]
        if unit in parents:
            raise exceptions.OrganizationsClientError(
                "OrganizationalUnitNotEmptyException", "The specified OU is not empty. Move all accounts out first."
            )
        original(organization, **request)

    replace_method(models.OrganizationsBackend, "delete_organizational_unit", delete)


def _guard_names() -> None:
    """The emulator compares a new name with those of all units, AWS with those of the siblings."""

    def update(organization: models.OrganizationsBackend, **request: str) -> object:
        unit, name = organization.get_organizational_unit_by_id(request["OrganizationalUnitId"]), request["Name"]
        siblings = (one for one in organization.ou if one.parent_id == unit.parent_id and one.id != unit.id)
        if any(str(one.name).lower() == name.lower() for one in siblings):
            raise exceptions.DuplicateOrganizationalUnitException
        unit.name = name
        return unit.describe()

    replace_method(models.OrganizationsBackend, "update_organizational_unit", update)


def _guard_closing() -> None:
    original = models.OrganizationsBackend.close_account

    def close(organization: models.OrganizationsBackend, **request: str) -> None:
        account = organization.get_account_by_id(request["AccountId"])
        if account.id == organization.account_id:
            raise Violation("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You cannot close the management account.")
        members = [one for one in organization.accounts if one.id != organization.account_id]
        if account.status == "ACTIVE" and sum(one.status != "ACTIVE" for one in members) >= _limit(len(members)):
            raise Violation("CLOSE_ACCOUNT_QUOTA_EXCEEDED", "You have exceeded the close account quota.")
        original(organization, **request)

    replace_method(models.OrganizationsBackend, "close_account", close)


def _limit(members: int) -> int:
    return min(_MOST, max(_LEAST, members * _PERCENT // 100))
