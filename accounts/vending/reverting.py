"""The plan that takes findings back, in an order in which it can be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accounts.topology import path_text
from accounts.vending.finding import Finding
from accounts.vending.live import LiveOrganization
from accounts.vending.plan import Plan
from accounts.vending.step import MoveAccount, Step, TagAccount
from accounts.vending.undo_step import DeleteUnit, DeregisterAdministrator, DisablePolicyType, DisableService
from accounts.vending.words import name_of
from constructs_lib.specs.errors import InputError

_LATEST = (DisableService, DisablePolicyType, DeleteUnit)


def revert_plan(findings: Sequence[Finding], live: LiveOrganization) -> Plan:
    """Plan to take findings back.

    Raises InputError for a finding that no step takes back, and for a unit that would still have something in it.
    """
    for one in findings:
        if not one.revert:
            raise InputError(f"{one.name} cannot be taken back by a step", hint=one.why_no_revert)
    steps = list(_merged(step for one in findings for step in one.revert))
    _refuse_full_units(steps, live)
    return Plan(
        organization=live.id, management=live.management, scope="chosen", steps=tuple(sorted(steps, key=_order))
    )


def _merged(steps: Iterator[Step]) -> Iterator[Step]:
    """Each step once; the tags of an account in one step."""
    tags: dict[str, TagAccount] = {}
    seen: set[str] = set()
    for step in steps:
        if isinstance(step, TagAccount):
            before = tags.get(step.name)
            tags[step.name] = step if before is None else _with_more(before, step)
        elif name_of(step) not in seen:
            seen.add(name_of(step))
            yield step
    yield from tags.values()


def _with_more(one: TagAccount, other: TagAccount) -> TagAccount:
    return one.model_copy(
        update={"tags": {**one.tags, **other.tags}, "remove": tuple(sorted({*one.remove, *other.remove}))}
    )


def _refuse_full_units(steps: Sequence[Step], live: LiveOrganization) -> None:
    deleted = {step.path for step in steps if isinstance(step, DeleteUnit)}
    targets = {step.account: step.target for step in steps if isinstance(step, MoveAccount)}
    for path in sorted(deleted):
        inside = [one.name for one in live.accounts if targets.get(one.id, one.unit) == path]
        inside += [path_text(unit.path) for unit in live.units if unit.path[:-1] == path and unit.path not in deleted]
        if inside:
            raise InputError(
                f"the unit {path_text(path)} is not empty: {', '.join(inside)}",
                hint="take back what is in it as well, or move it by hand first: only an empty unit is deleted",
            )


def _order(step: Step) -> tuple[int, int]:
    """Administrators go before the trusted access of their service, and inner units before outer ones."""
    if isinstance(step, DeregisterAdministrator):
        return (1, 0)
    if isinstance(step, DeleteUnit):
        return (4, -len(step.path))
    if isinstance(step, _LATEST):
        return (3, 0)
    return (2, 0) if step.stage == "last" else (0, 0)
