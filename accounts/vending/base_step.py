"""What every kind of step says of itself: its words, what it waits for, and whether it is done already.

A step is data. How AWS is called for it is in `changes`; what it means is here and beside its fields, so that a new
kind of step is one class and one call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from accounts.topology import UnitPath, path_text
from accounts.vending.live import LiveAccount, LiveOrganization
from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import AccountId

Sign = Literal["+", "~", "-"]
"""Comes, changes, goes."""

Stage = Literal["organization", "account", "last"]
"""When a step goes: with the organization itself, in the chain of its account, or after all accounts."""

ORGANIZATION = "organization"
"""What a step gives that makes the organization, and what every other one needs."""


@dataclass(frozen=True)
class Seen:
    """What a step is compared with to know whether it is done."""

    live: LiveOrganization
    accounts: Mapping[str, LiveAccount]
    """The accounts that are there, by the names that they are declared with."""
    ways: Mapping[str, tuple[UnitPath, ...]]
    """The way of each account that the plan moves: where it starts, and each unit that it comes through."""


class BaseStep(Spec):
    """A step. Its name, from kind and subject, is the same for the same change."""

    kind: str
    sign: ClassVar[Sign] = "~"
    irreversible: ClassVar[bool] = False
    """Whether nothing brings back what was before."""
    harmless: ClassVar[bool] = False
    """Whether it changes nothing, and so needs nobody's approval."""
    comes_by_itself: ClassVar[bool] = False
    """Whether AWS makes it possible in its own time. It then is for the next plan, and this one has not moved."""
    stage: ClassVar[Stage] = "organization"

    def subject(self) -> tuple[str, ...]:
        """What it is about: the rest of its name."""
        return ()

    def line(self) -> str:
        """The step for a person, without its sign."""
        raise NotImplementedError

    def gives(self) -> str:
        """What is there when it is done, for the steps that need it; empty when none does."""
        return ""

    def needs(self) -> Iterator[str]:
        """What has to be there before. What no step gives is there already."""
        yield ORGANIZATION

    def is_done(self, seen: Seen) -> bool:
        """Whether nothing is left to do."""
        raise NotImplementedError

    def covers(self, step: BaseStep, way: tuple[UnitPath, ...]) -> bool:
        """Whether who approved this step has approved that one. `way` is the way of the account in the plan."""
        return self == step

    def holds(self, seen: Seen) -> bool:
        """Whether what it is about is still as it was when somebody chose this step."""
        return True

    def stands_alone(self, wanted: frozenset[str]) -> bool:
        """Whether it may be done though no declaration wants it. `wanted` are the names of the steps that are."""
        return self.harmless


class AccountStep(BaseStep):
    """A step about one account that may not be there yet."""

    stage: ClassVar[Stage] = "account"
    name: str

    def subject(self) -> tuple[str, ...]:
        return (self.name,)

    def needs(self) -> Iterator[str]:
        yield ORGANIZATION
        yield account_given(self.name)

    def is_done(self, seen: Seen) -> bool:
        there = seen.accounts.get(self.name)
        return there is not None and self.is_done_to(there, seen)

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        """Whether nothing is left to do to the account that is there."""
        raise NotImplementedError


class PromisedAccountStep(AccountStep):
    """A step about an account that the same plan may create."""

    account: AccountId | None
    """None for an account that the same plan creates."""

    def covers(self, step: BaseStep, way: tuple[UnitPath, ...]) -> bool:
        # An account that the plan creates has got its id meanwhile.
        return self == (step.unnamed() if self.account is None and isinstance(step, PromisedAccountStep) else step)

    def unnamed(self) -> Self:
        """The same step as a plan has it that creates the account."""
        return self.model_copy(update={"account": None})


def account_given(name: str) -> str:
    """What stands for an account that is there."""
    return f"account {name}"


def service_given(principal: str) -> str:
    """What stands for the trusted access of a service."""
    return f"service {principal}"


def policy_type_given(type: str) -> str:
    """What stands for a type of policies that may be attached."""
    return f"policy type {type}"


def unit_given(path: UnitPath) -> str:
    """What stands for a unit that is there."""
    return f"unit {path_text(path)}"
