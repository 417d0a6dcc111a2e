"""What a plan consists of: one small document for each change.

A step says what is wanted and not how it is called, so that it can be looked at, stored and compared. Whether it is
done already is asked of AWS each time, never remembered.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from accounts.topology import UnitPath
from accounts.units import Contact
from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import AccountId

RootFeature = Literal["RootCredentialsManagement", "RootSessions"]
ContactKind = Literal["BILLING", "OPERATIONS", "SECURITY"]


class CreateOrganization(Spec):
    """Make the account of these credentials the management account of an organization with all features."""

    kind: Literal["create-organization"] = "create-organization"


class EnablePolicyType(Spec):
    """Let policies of a type be attached."""

    kind: Literal["enable-policy-type"] = "enable-policy-type"
    policy_type: str


class EnableService(Spec):
    """Give a service trusted access to the organization."""

    kind: Literal["enable-service"] = "enable-service"
    principal: str


class EnableRootAccess(Spec):
    """Manage the root users of all accounts from the management account."""

    kind: Literal["enable-root-access"] = "enable-root-access"
    feature: RootFeature


class CreateUnit(Spec):
    """Make an organizational unit."""

    kind: Literal["create-unit"] = "create-unit"
    path: UnitPath


class CreateAccount(Spec):
    """Make an account. Its address is used up for ever, and closing it takes 90 days."""

    kind: Literal["create-account"] = "create-account"
    name: str
    email: str
    tags: dict[str, str]


class MoveAccount(Spec):
    """Put an account into another unit."""

    kind: Literal["move-account"] = "move-account"
    name: str
    account: AccountId | None
    """None for an account that the same plan creates."""
    source: UnitPath
    target: UnitPath


class TagAccount(Spec):
    """Set and remove tags of an account."""

    kind: Literal["tag-account"] = "tag-account"
    name: str
    account: AccountId
    tags: dict[str, str]
    """What is set."""
    remove: tuple[str, ...] = ()


class SetContact(Spec):
    """Set an alternate contact of an account."""

    kind: Literal["set-contact"] = "set-contact"
    name: str
    account: AccountId | None
    """None for an account that the same plan creates."""
    contact_kind: ContactKind
    contact: Contact


class RegisterAdministrator(Spec):
    """Let an account administer a service for the organization."""

    kind: Literal["register-administrator"] = "register-administrator"
    principal: str
    name: str
    account: AccountId | None
    """None for an account that the same plan creates."""


class CloseAccount(Spec):
    """Close an account. It is suspended for 90 days, and gone after."""

    kind: Literal["close-account"] = "close-account"
    name: str
    account: AccountId


Step = Annotated[
    CreateOrganization
    | EnablePolicyType
    | EnableService
    | EnableRootAccess
    | CreateUnit
    | CreateAccount
    | MoveAccount
    | TagAccount
    | SetContact
    | RegisterAdministrator
    | CloseAccount,
    Field(discriminator="kind"),
]
"""One change."""
