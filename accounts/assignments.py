"""Which group gets which permission set in which account, from what is declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.people import Assignment, GroupName, PermissionSetName
from accounts.spec import OrganizationSpec
from accounts.topology import Account, Topology
from constructs_lib.specs.errors import InputError


@dataclass(frozen=True)
class Assigned:
    """One group, one permission set, one account."""

    group: GroupName
    group_id: str
    permission_set: PermissionSetName
    account: Account


def assigned(spec: OrganizationSpec, topology: Topology) -> tuple[Assigned, ...]:
    """Every assignment, each once, by group, permission set and account.

    Raises InputError for an account, a unit or a product that nobody declares.
    """
    found = {
        (name, assignment.permission_set, account.name): Assigned(name, group.id, assignment.permission_set, account)
        for name, group in spec.people.items()
        for assignment in group.assignments
        for account in _accounts(name, assignment, topology)
    }
    return tuple(found[key] for key in sorted(found))


def _accounts(group: str, assignment: Assignment, topology: Topology) -> Iterator[Account]:
    for name in assignment.accounts:
        yield _known(group, "account", name, [one for one in topology.accounts if one.name == name])[0]
    for path in assignment.units:
        unit = tuple(path.split("/"))
        if unit not in [one.path for one in topology.units]:
            raise _unknown(group, "unit", path)
        yield from (one for one in topology.accounts if one.unit[: len(unit)] == unit)
    for product in assignment.products:
        of_product = [one for one in topology.accounts if one.tags.get("product") == product]
        for account in _known(group, "product", product, of_product):
            if not assignment.environments or account.tags.get("environment") in assignment.environments:
                yield account


def _known(group: str, what: str, name: str, accounts: list[Account]) -> list[Account]:
    if not accounts:
        raise _unknown(group, what, name)
    return accounts


def _unknown(group: str, what: str, name: str) -> InputError:
    return InputError(
        f"the group '{group}' is assigned to the {what} '{name}', which nobody declares",
        hint=f"correct people.{group} in accounts/organization.yaml; `cells org show` lists units and accounts",
    )
