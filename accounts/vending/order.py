"""Which steps wait for which, and which may go at the same time.

AWS takes one change of an organization at a time, except for accounts: five may be in creation. See
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accounts.topology import UnitPath, path_text
from accounts.vending.step import (
    CreateAccount,
    CreateOrganization,
    CreateUnit,
    EnableRootAccess,
    EnableService,
    MoveAccount,
    RegisterAdministrator,
    SetContact,
    Step,
    TagAccount,
)

AT_ONCE = 5
"""Accounts that may be in creation at the same time."""

Chain = tuple[Step, ...]
"""Steps that go one after the other."""


def stages_of(steps: Sequence[Step]) -> tuple[tuple[Chain, ...], ...]:
    """Stages, one after the other, each of chains that may go at the same time.

    The organization and its units, then the accounts, each a chain, then what is administered and closed.
    """
    first = [step for step in steps if not isinstance(step, _OF_ACCOUNTS) and not _comes_last(step)]
    accounts: dict[str, list[Step]] = {}
    for step in steps:
        if isinstance(step, _OF_ACCOUNTS):
            accounts.setdefault(step.name, []).append(step)
    last = [step for step in steps if _comes_last(step)]
    return ((tuple(first),), tuple(tuple(chain) for chain in accounts.values()), (tuple(last),))


_OF_ACCOUNTS = (CreateAccount, MoveAccount, TagAccount, SetContact)


def _comes_last(step: Step) -> bool:
    return step.kind in ("register-administrator", "close-account")


def given_by(step: Step) -> str:
    """What is there when a step is done, for the steps that need it; empty when none does."""
    match step:
        case CreateOrganization():
            return "organization"
        case EnableService(principal=principal):
            return f"service {principal}"
        case CreateUnit(path=path):
            return _unit(path)
        case CreateAccount(name=name):
            return f"account {name}"
        case MoveAccount(name=name, target=target):
            return f"account {name} in {path_text(target)}"
        case _:
            return ""


def needs_of(step: Step) -> Iterator[str]:
    """What has to be there before a step. What no step gives is there already."""
    if not isinstance(step, CreateOrganization):
        yield "organization"
    match step:
        case EnableRootAccess():
            yield "service iam.amazonaws.com"
        case CreateUnit(path=path):
            yield _unit(path[:-1])
        case MoveAccount(name=name, source=source, target=target):
            yield from (f"account {name}", f"account {name} in {path_text(source)}", _unit(target))
        case SetContact(name=name):
            yield from (f"account {name}", "service account.amazonaws.com")
        case RegisterAdministrator(name=name, principal=principal):
            yield from (f"account {name}", f"service {principal}")


def _unit(path: UnitPath) -> str:
    return f"unit {path_text(path)}"
