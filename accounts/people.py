"""Who may do what in which account, through IAM Identity Center."""

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from accounts.units import AccountName
from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import Environment, ProductName

PermissionSetName = Literal["break-glass", "deployer", "developer", "read-only", "auditor"]
"""The permission sets of the organization, from the most powerful to the least."""

PERMISSION_SETS: tuple[PermissionSetName, ...] = get_args(PermissionSetName)

GroupId = Annotated[str, Field(pattern=r"^([0-9a-f]{10}-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
"""The id of a group in the identity store."""

GroupName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]


class Assignment(Spec):
    """A permission set in some accounts: those that are named, those of units, and those of products."""

    permission_set: PermissionSetName
    """What the group may do there."""
    accounts: tuple[AccountName, ...] = ()
    """Accounts by name."""
    units: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Units by path from the root, such as `Workloads/acme-crm`, with every unit in them."""
    products: tuple[ProductName, ...] = ()
    """Products: their accounts in `environments`."""
    environments: tuple[Environment, ...] = ()
    """Narrows `products`. Empty means all."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not (self.accounts or self.units or self.products):
            raise ValueError("needs accounts, units or products")
        if self.environments and not self.products:
            raise ValueError("environments narrows products, but there are none")
        return self


class Group(Spec):
    """A group of people in the identity store."""

    id: GroupId
    """Its id there: the console shows it, and `aws identitystore list-groups`."""
    assignments: Annotated[tuple[Assignment, ...], Field(min_length=1)]
