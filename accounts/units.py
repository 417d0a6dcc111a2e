"""What an organization declares beside its standard tree: more units and accounts, contacts, and what to ignore."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import AccountId

MAX_NAME = 50
"""Characters of an account's name that AWS takes."""

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,63}")
_EMAIL_LENGTHS = range(6, 65)


def root_email(value: str) -> str:
    """Check the address of a root user: AWS takes 6 to 64 characters."""
    if len(value) not in _EMAIL_LENGTHS:
        raise ValueError(f"must have 6 to 64 characters, got {len(value)}")
    if not _EMAIL.fullmatch(value):
        raise ValueError("must be an e-mail address")
    return value


def _unit_name(value: str) -> str:
    if not value.strip() or value != value.strip() or "/" in value or len(value) > 128:
        raise ValueError("must be 1 to 128 characters without a slash, and without spaces around it")
    return value


UnitName = Annotated[str, AfterValidator(_unit_name)]
Email = Annotated[str, AfterValidator(root_email)]
AccountName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9])?$", max_length=MAX_NAME)]


class ExtraAccount(Spec):
    """An account that is neither the platform's nor a cell's, such as a data lake."""

    name: AccountName
    """Its name, once in the organization."""
    email: Email | None = None
    """Its root address, when it does not follow the organization's pattern."""


class ExtraUnit(Spec):
    """An organizational unit beside the standard ones. Units may stand inside units."""

    name: UnitName
    accounts: tuple[ExtraAccount, ...] = ()
    units: tuple[ExtraUnit, ...] = ()

    @model_validator(mode="after")
    def _siblings_have_different_names(self) -> Self:
        refuse_equal_siblings(self.units, self.name)
        return self


class Ignored(Spec):
    """What something else manages. It is never changed, and never called drift."""

    units: tuple[str, ...] = ()
    """Organizational units by path from the root, such as `Legacy/Old`, with everything in them."""
    accounts: tuple[AccountId, ...] = ()
    """Accounts by id."""


class Closing(Spec):
    """How accounts come to their end."""

    cooling_off_days: Annotated[int, Field(ge=1, le=365)] = 30
    """Days that an account waits in the unit Suspended, from where it can go back, before it may be closed."""


class Contact(Spec):
    """Whom AWS calls about an account when its root address does not answer."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    title: Annotated[str, Field(min_length=1, max_length=50)]
    email: Email
    phone: Annotated[str, Field(pattern=r"^[\s0-9()+-]+$", max_length=25)]


class Contacts(Spec):
    """The alternate contacts of every account."""

    billing: Contact | None = None
    operations: Contact | None = None
    security: Contact | None = None


def refuse_equal_siblings(units: tuple[ExtraUnit, ...], parent: str) -> None:
    """Raise ValueError when two units of one parent have one name: AWS does not take it, in whatever case."""
    seen: dict[str, str] = {}
    for unit in units:
        other = seen.setdefault(unit.name.lower(), unit.name)
        if other is not unit.name:
            raise ValueError(f"{parent} has two units with the name '{unit.name}'")
