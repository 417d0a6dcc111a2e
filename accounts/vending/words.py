"""A step in words: its name in plans and journals, its sign, its line, and whether it can be undone."""

from __future__ import annotations

from typing import Literal

from accounts.topology import path_text
from accounts.vending.step import (
    CloseAccount,
    CreateAccount,
    CreateOrganization,
    CreateUnit,
    EnablePolicyType,
    EnableRootAccess,
    EnableService,
    MoveAccount,
    RegisterAdministrator,
    SetContact,
    Step,
    TagAccount,
)

Sign = Literal["+", "~", "-"]
"""Comes, changes, goes."""

_SIGNS: dict[str, Sign] = {"create-organization": "+", "create-unit": "+", "create-account": "+", "close-account": "-"}
_IRREVERSIBLE = frozenset({"create-account", "close-account"})


def sign_of(step: Step) -> Sign:
    """Whether something comes, changes or goes."""
    return _SIGNS.get(step.kind, "~")


def is_irreversible(step: Step) -> bool:
    """Whether nothing brings back what was before: an address is used up, an account is closed."""
    return step.kind in _IRREVERSIBLE


def name_of(step: Step) -> str:
    """What the step is called in a plan and in the journal: the same for the same change."""
    return ":".join([step.kind, *_subject(step)])


def line_of(step: Step) -> str:
    """The step for a person, without its sign."""
    match step:
        case CreateOrganization():
            return "organization with all features"
        case EnablePolicyType(policy_type=type):
            return f"policy type {type} enabled"
        case EnableService(principal=principal):
            return f"trusted access for {principal}"
        case EnableRootAccess(feature=feature):
            return f"central root access: {feature}"
        case CreateUnit(path=path):
            return f"unit {path_text(path)}"
        case RegisterAdministrator(principal=principal, name=name):
            return f"{principal} is administered by {name}"
        case _:
            return _account_line(step)


def _account_line(step: Step) -> str:
    match step:
        case CreateAccount(name=name, email=email):
            return f"account {name} <{email}>"
        case MoveAccount(name=name, source=source, target=target):
            return f"account {name}: {path_text(source)} → {path_text(target)}"
        case TagAccount(name=name, tags=tags, remove=remove):
            said = [f"{key}={value}" for key, value in sorted(tags.items())] + [f"-{key}" for key in remove]
            return f"account {name}: tags {', '.join(said)}"
        case SetContact(name=name, contact_kind=kind, contact=contact):
            return f"account {name}: {kind.lower()} contact {contact.email}"
        case CloseAccount(name=name, account=account):
            return f"account {name} ({account}) is closed for good after 90 days"
        case _:
            raise AssertionError(f"a step without words: {step.kind}")


def _subject(step: Step) -> tuple[str, ...]:
    match step:
        case EnablePolicyType(policy_type=what) | EnableService(principal=what) | EnableRootAccess(feature=what):
            return (what,)
        case CreateUnit(path=path):
            return (path_text(path),)
        case CreateAccount(name=name) | TagAccount(name=name):
            return (name,)
        case MoveAccount(name=name, target=target):
            return (name, path_text(target))
        case SetContact(name=name, contact_kind=kind):
            return (name, kind)
        case RegisterAdministrator(principal=what) | CloseAccount(account=what):
            return (what,)
        case _:
            return ()
