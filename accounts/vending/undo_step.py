"""Steps that take something back: what somebody added, renamed or switched on beside the declaration.

A plan from the declaration never has them, because a missing line alone takes nothing away. They are chosen one by one:
`cells org drift --revert`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from accounts.topology import UnitPath, path_text
from accounts.vending.base_step import AccountStep, BaseStep, Seen, Sign, Stage, service_given
from accounts.vending.live import ContactKind, LiveAccount
from constructs_lib.specs.identity import AccountId


class RenameUnit(BaseStep):
    """Give an organizational unit the name back that it is declared with."""

    kind: Literal["rename-unit"] = "rename-unit"
    unit: str
    """Its id."""
    path: UnitPath
    """With the name that it gets."""
    was: str
    """The name that it has."""

    def subject(self) -> tuple[str, ...]:
        return (self.unit,)

    def line(self) -> str:
        return f"unit {path_text((*self.path[:-1], self.was))} is called {self.path[-1]} again"

    def is_done(self, seen: Seen) -> bool:
        unit = seen.live.unit(self.path)
        return unit is not None and unit.id == self.unit

    def holds(self, seen: Seen) -> bool:
        unit = seen.live.unit((*self.path[:-1], self.was))
        return unit is not None and unit.id == self.unit


class RenameAccount(AccountStep):
    """Give an account another name."""

    kind: Literal["rename-account"] = "rename-account"
    account: AccountId
    title: str
    """The name that it gets."""
    was: str
    """The name that it has."""

    def line(self) -> str:
        return f"account {self.name}: name '{self.was}' → '{self.title}'"

    def needs(self) -> Iterator[str]:
        yield from super().needs()
        yield service_given("account.amazonaws.com")

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return there.name == self.title

    def holds(self, seen: Seen) -> bool:
        there = seen.live.account(id=self.account)
        return there is not None and there.name == self.was


class DeleteContact(AccountStep):
    """Take an alternate contact of an account away."""

    kind: Literal["delete-contact"] = "delete-contact"
    sign: ClassVar[Sign] = "-"
    account: AccountId
    contact_kind: ContactKind

    def subject(self) -> tuple[str, ...]:
        return (self.name, self.contact_kind)

    def line(self) -> str:
        return f"account {self.name}: no {self.contact_kind.lower()} contact"

    def needs(self) -> Iterator[str]:
        yield from super().needs()
        yield service_given("account.amazonaws.com")

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return self.contact_kind not in there.contacts


class DeregisterAdministrator(BaseStep):
    """Let an account administer a service no more."""

    kind: Literal["deregister-administrator"] = "deregister-administrator"
    sign: ClassVar[Sign] = "-"
    stage: ClassVar[Stage] = "last"
    principal: str
    name: str
    account: AccountId

    def subject(self) -> tuple[str, ...]:
        return (self.principal, self.account)

    def line(self) -> str:
        return f"{self.principal} is administered by {self.name} no more"

    def is_done(self, seen: Seen) -> bool:
        there = {(one.principal, one.account) for one in seen.live.administrators}
        return (self.principal, self.account) not in there


class DisableService(BaseStep):
    """Take a service's trusted access away."""

    kind: Literal["disable-service"] = "disable-service"
    sign: ClassVar[Sign] = "-"
    stage: ClassVar[Stage] = "last"
    principal: str

    def subject(self) -> tuple[str, ...]:
        return (self.principal,)

    def line(self) -> str:
        return f"no trusted access for {self.principal}"

    def is_done(self, seen: Seen) -> bool:
        return self.principal not in seen.live.services


class DisablePolicyType(BaseStep):
    """Let no policies of a type be attached any more. AWS detaches those that are."""

    kind: Literal["disable-policy-type"] = "disable-policy-type"
    sign: ClassVar[Sign] = "-"
    stage: ClassVar[Stage] = "last"
    policy_type: str

    def subject(self) -> tuple[str, ...]:
        return (self.policy_type,)

    def line(self) -> str:
        return f"policy type {self.policy_type} disabled, and its policies detached"

    def is_done(self, seen: Seen) -> bool:
        return self.policy_type not in seen.live.policy_types


class DeleteUnit(BaseStep):
    """Delete an organizational unit that is empty. AWS refuses one that is not."""

    kind: Literal["delete-unit"] = "delete-unit"
    sign: ClassVar[Sign] = "-"
    irreversible: ClassVar[bool] = True
    stage: ClassVar[Stage] = "last"
    unit: str
    """Its id: another unit with the same path is another one."""
    path: UnitPath

    def subject(self) -> tuple[str, ...]:
        return (self.unit,)

    def line(self) -> str:
        return f"unit {path_text(self.path)}"

    def is_done(self, seen: Seen) -> bool:
        return all(unit.id != self.unit for unit in seen.live.units)

    def holds(self, seen: Seen) -> bool:
        unit = seen.live.unit(self.path)
        return unit is not None and unit.id == self.unit


UndoStep = (
    RenameUnit
    | RenameAccount
    | DeleteContact
    | DeregisterAdministrator
    | DisableService
    | DisablePolicyType
    | DeleteUnit
)
"""A step that takes something back."""
