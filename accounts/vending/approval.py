"""Whether an approved plan may still be applied: to this organization, and to nothing that moved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.topology import UnitPath
from accounts.vending.base_step import AccountStep
from accounts.vending.live import LiveOrganization
from accounts.vending.plan import Plan
from accounts.vending.progress import Progress, places_of
from accounts.vending.step import Step
from accounts.vending.words import line_of, name_of
from constructs_lib.specs.errors import InputError

_NEW = "new"
_MOST = 5


def refuse_other_organization(plan: Plan, live: LiveOrganization, caller: str) -> None:
    """Raise InputError when the credentials, the organization and the plan do not belong together."""
    if caller != live.management:
        raise InputError(
            f"these are credentials of the account {caller}, but {live.management} is the management account",
            hint="use credentials of the management account",
        )
    if plan.management != live.management:
        raise InputError(
            f"the plan is for the organization of {plan.management}, but these are credentials of {live.management}",
            hint="use the right credentials, or plan again",
        )
    # A plan for a new organization goes on in the one that it made.
    if plan.organization not in (live.id, _NEW):
        raise InputError(
            f"the plan is for the organization {plan.organization}, but this is {live.id or 'no organization'}",
            hint="use the right credentials, or plan again",
        )


def refuse_moved(plan: Plan, fresh: Plan, progress: Progress) -> None:
    """Raise InputError when a plan that is made now has other steps than what is left of the approved one."""
    approved: dict[str, list[Step]] = {}
    for step in plan.steps:
        approved.setdefault(name_of(step), []).append(step)
    ways = places_of(plan)
    more = [
        step
        for step in fresh.steps
        if not step.harmless
        and not step.comes_by_itself
        and not _is_covered(step, approved.get(name_of(step), ()), ways)
    ]
    if more:
        raise InputError(
            f"the organization or its declaration moved since the plan was approved. Not in the plan:\n{_told(more)}",
            hint="plan again, and have the new plan approved",
        )
    wanted = frozenset(name_of(step) for step in fresh.steps)
    less = [
        step
        for step in plan.steps
        if name_of(step) not in wanted and not progress.is_done(step) and not step.stands_alone(wanted)
    ]
    if less:
        raise InputError(
            f"the declaration moved since the plan was approved. Nobody wants any more:\n{_told(less)}",
            hint="plan again, and have the new plan approved",
        )


def refuse_overtaken(plan: Plan, progress: Progress) -> None:
    """Raise InputError when what is left of a plan of chosen steps is about something that has moved.

    Chosen steps need no declaration, so they are not compared with one.
    """
    moved = [step for step in plan.steps if not progress.is_done(step) and not progress.holds(step)]
    if moved:
        raise InputError(
            f"the organization moved since the plan was approved. Not possible any more as planned:\n{_told(moved)}",
            hint="plan again, and have the new plan approved",
        )


def _is_covered(step: Step, approved: Sequence[Step], ways: Mapping[str, tuple[UnitPath, ...]]) -> bool:
    way = ways.get(step.name, ()) if isinstance(step, AccountStep) else ()
    return any(one.covers(step, way) for one in approved)


def _told(steps: Sequence[Step]) -> str:
    lines = [f"  {line_of(step)}" for step in steps[:_MOST]]
    if len(steps) > _MOST:
        lines.append(f"  … and {len(steps) - _MOST} more")
    return "\n".join(lines)
