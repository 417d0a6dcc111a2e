"""Changes of a declaration that make it say what is there. Each takes a spec and answers another one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from accounts.spec import OrganizationSpec
from accounts.topology import SANDBOX, STAGING_OF, STANDARD_UNITS, WORKLOADS, UnitPath, path_text
from accounts.units import MAX_NAME, Contact, Contacts, ExtraAccount, ExtraUnit
from accounts.vending.live import ContactKind, LiveAccount, LiveContact

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9])?")
_OTHER = re.compile(r"[^A-Za-z0-9._-]+")
_PLATFORM_ROOTS = frozenset(path[0].lower() for path in STANDARD_UNITS)

LISTED = (SANDBOX, STAGING_OF[WORKLOADS])
"""Units of the platform whose accounts are declared by name: `sandboxes` and `canaries`."""

Value = TypeVar("Value")


def with_service(spec: OrganizationSpec, principal: str) -> OrganizationSpec:
    """Trusted access for a service."""
    return spec.model_copy(update={"trusted_services": (*spec.trusted_services, principal)})


def without_service(spec: OrganizationSpec, principal: str) -> OrganizationSpec:
    """No trusted access for a service any more."""
    return spec.model_copy(update={"trusted_services": tuple(one for one in spec.trusted_services if one != principal)})


def with_policy_type(spec: OrganizationSpec, policy_type: str) -> OrganizationSpec:
    """A type of policies that is enabled."""
    return spec.model_copy(update={"policy_types": (*spec.policy_types, policy_type)})


def without_policy_type(spec: OrganizationSpec, policy_type: str) -> OrganizationSpec:
    """A type of policies that is not enabled any more."""
    return spec.model_copy(update={"policy_types": tuple(one for one in spec.policy_types if one != policy_type)})


def with_administrator(spec: OrganizationSpec, principal: str, name: str) -> OrganizationSpec:
    """The account that administers a service."""
    return spec.model_copy(update={"delegated_administrators": {**spec.delegated_administrators, principal: name}})


def with_name(spec: OrganizationSpec, account: str, title: str) -> OrganizationSpec:
    """What AWS calls an account."""
    names = {name: value for name, value in spec.names.items() if name != account}
    return spec.model_copy(update={"names": names if title == account else {**names, account: title}})


def with_tag(spec: OrganizationSpec, account: str, key: str, value: str) -> OrganizationSpec:
    """A tag of an account."""
    own = {**spec.account_tags.get(account, {}), key: value}
    return spec.model_copy(update={"account_tags": {**spec.account_tags, account: own}})


def without_tag(spec: OrganizationSpec, account: str, key: str) -> OrganizationSpec:
    """An account without a tag of its own."""
    own = _without(spec.account_tags.get(account, {}), key)
    rest = _without(spec.account_tags, account)
    return spec.model_copy(update={"account_tags": {**rest, account: own} if own else rest})


def with_contact(spec: OrganizationSpec, kind: ContactKind, live: LiveContact) -> OrganizationSpec:
    """An alternate contact of all accounts."""
    contact = Contact(name=live.name, title=live.title, email=live.email, phone=live.phone)
    return spec.model_copy(update={"contacts": spec.contacts.model_copy(update={kind.lower(): contact})})


def without_contact(spec: OrganizationSpec, kind: ContactKind) -> OrganizationSpec:
    """No alternate contact of a kind any more."""
    return spec.model_copy(update={"contacts": Contacts(**{**dict(spec.contacts), kind.lower(): None})})


def with_email(spec: OrganizationSpec, account: str, email: str) -> OrganizationSpec:
    """The root address of an account."""
    if not any(extra.name == account and extra.email for extra in _all_extra(spec.units)):
        return spec.model_copy(update={"emails": {**spec.emails, account: email}})

    def changed(unit: ExtraUnit) -> ExtraUnit:
        accounts = tuple(
            one.model_copy(update={"email": email}) if one.name == account else one for one in unit.accounts
        )
        return unit.model_copy(update={"accounts": accounts, "units": tuple(changed(one) for one in unit.units)})

    return spec.model_copy(update={"units": tuple(changed(unit) for unit in spec.units)})


def holding_back(spec: OrganizationSpec, *steps: str) -> OrganizationSpec:
    """Steps that wait, by name."""
    more = tuple(step for step in steps if step not in spec.not_yet)
    return spec.model_copy(update={"not_yet": (*spec.not_yet, *more)})


def is_declarable(path: UnitPath) -> bool:
    """Whether a unit can be declared: whatever is in a unit of the platform, the platform decides."""
    return bool(path) and path[0].lower() not in _PLATFORM_ROOTS


def with_unit(spec: OrganizationSpec, path: UnitPath) -> OrganizationSpec:
    """A unit beside the standard ones, with those around it; inside a standard one it is ignored."""
    if not is_declarable(path):
        ignored = spec.ignore.model_copy(update={"units": (*spec.ignore.units, path_text(path))})
        return spec.model_copy(update={"ignore": ignored})
    return spec.model_copy(update={"units": _changed(spec.units, path, lambda unit: unit)})


def without_unit(spec: OrganizationSpec, path: UnitPath) -> OrganizationSpec:
    """Without a unit, and what is declared in it."""

    def taken(units: tuple[ExtraUnit, ...], rest: UnitPath) -> tuple[ExtraUnit, ...]:
        if len(rest) == 1:
            return tuple(unit for unit in units if unit.name != rest[0])
        return tuple(
            unit.model_copy(update={"units": taken(unit.units, rest[1:])}) if unit.name == rest[0] else unit
            for unit in units
        )

    return spec.model_copy(update={"units": taken(spec.units, path)})


def with_account(spec: OrganizationSpec, live: LiveAccount, taken: Collection[str]) -> OrganizationSpec:
    """An account where it is; where the platform decides what is in a unit, it is ignored.

    `taken` are the names of accounts that are declared already.
    """
    name = free_name(live.name, taken)
    if live.unit in LISTED:
        placed = _listed(spec, live.unit, name, live.email)
    elif is_declarable(live.unit):
        email = None if spec.email_of(name) == live.email else live.email
        placed = _with_extra(spec, live.unit, ExtraAccount(name=name, email=email))
    else:
        ignored = spec.ignore.model_copy(update={"accounts": (*spec.ignore.accounts, live.id)})
        return spec.model_copy(update={"ignore": ignored})
    return placed if name == live.name else with_name(placed, name, live.name)


def moved(spec: OrganizationSpec, account: str, email: str, target: UnitPath) -> OrganizationSpec | None:
    """An account that stands beside the platform's in another unit; None where it cannot be declared."""
    if target not in LISTED and not is_declarable(target):
        return None
    gone = without_account(spec, account)
    if target in LISTED:
        return _listed(gone, target, account, email)
    own = None if gone.email_of(account) == email else email
    return _with_extra(gone, target, ExtraAccount(name=account, email=own))


def without_account(spec: OrganizationSpec, account: str) -> OrganizationSpec:
    """Without an account that stands beside the platform's."""

    def changed(unit: ExtraUnit) -> ExtraUnit:
        accounts = tuple(one for one in unit.accounts if one.name != account)
        return unit.model_copy(update={"accounts": accounts, "units": tuple(changed(one) for one in unit.units)})

    kept = {sandbox.name for sandbox in spec.declared_sandboxes if sandbox.name != account}
    sandboxes = tuple(one for one in spec.sandboxes if (one if isinstance(one, str) else one.name) in kept)
    return spec.model_copy(
        update={
            "units": tuple(changed(unit) for unit in spec.units),
            "sandboxes": sandboxes,
            "canaries": tuple(one for one in spec.canaries if one != account),
        }
    )


def free_name(wanted: str, taken: Collection[str]) -> str:
    """A name that can be declared, and that no other account has: the wanted one where that is possible."""
    name = wanted if _NAME.fullmatch(wanted) else _OTHER.sub("-", wanted).strip("-._ ")
    name, known = name[:MAX_NAME].rstrip("-._ ") or "account", {one.lower() for one in taken}
    number, free = 2, name
    while free.lower() in known:
        free, number = f"{name[: MAX_NAME - 5]}-{number}", number + 1
    return free


def _listed(spec: OrganizationSpec, unit: UnitPath, name: str, email: str) -> OrganizationSpec:
    """An account in a unit whose accounts are a list of names."""
    placed = (
        spec.model_copy(update={"sandboxes": (*spec.sandboxes, name)})
        if unit == SANDBOX
        else spec.model_copy(update={"canaries": (*spec.canaries, name)})
    )
    return placed if placed.email_of(name) == email else with_email(placed, name, email)


def _with_extra(spec: OrganizationSpec, path: UnitPath, extra: ExtraAccount) -> OrganizationSpec:
    def added(unit: ExtraUnit) -> ExtraUnit:
        return unit.model_copy(update={"accounts": (*unit.accounts, extra)})

    return spec.model_copy(update={"units": _changed(spec.units, path, added)})


def _changed(
    units: tuple[ExtraUnit, ...], path: UnitPath, change: Callable[[ExtraUnit], ExtraUnit]
) -> tuple[ExtraUnit, ...]:
    """The units with a change at a path, whose units are made where they are missing."""
    name, rest = path[0], path[1:]
    there = next((unit for unit in units if unit.name == name), None)
    unit = there or ExtraUnit(name=name)
    new = unit.model_copy(update={"units": _changed(unit.units, rest, change)}) if rest else change(unit)
    if there is None:
        return (*units, new)
    return tuple(new if one is there else one for one in units)


def _all_extra(units: tuple[ExtraUnit, ...]) -> tuple[ExtraAccount, ...]:
    return tuple(account for unit in units for account in (*unit.accounts, *_all_extra(unit.units)))


def _without(values: Mapping[str, Value], key: str) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name != key}
