"""What is not as declared, three ways: what is declared, what the last run left, and what is there.

Units, accounts, trusted access and administrators are compared whole: what nobody declares is a finding. Tags and
contacts that nobody declares are somebody else's, and a finding only when they changed since the last run.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.spec import OrganizationSpec
from accounts.topology import Topology
from accounts.vending.account_drift import AccountDrift
from accounts.vending.administrator_drift import AdministratorDrift
from accounts.vending.finding import Finding, Sides
from accounts.vending.held_back import HeldBack, hold_back
from accounts.vending.live import LiveOrganization
from accounts.vending.policy_drift import policy_drift
from accounts.vending.step import CreateUnit, MoveAccount, Step
from accounts.vending.switch_drift import SwitchDrift
from accounts.vending.three_sides import ThreeSides
from accounts.vending.unit_drift import UnitDrift
from accounts.vending.words import line_of, name_of
from constructs_lib.specs.errors import InputError


def drift_of(
    spec: OrganizationSpec,
    topology: Topology,
    live: LiveOrganization,
    applied: LiveOrganization | None,
    planned: Iterable[Step] = (),
) -> tuple[Finding, ...]:
    """Every difference, by name. `applied` is what the last run left; None before the first one.

    `planned` are the steps of a plan from the declaration: those that no other finding is about become one each.
    Raises InputError when there is no organization.
    """
    if not live.exists:
        raise InputError("there is no organization yet", hint="cells org apply builds it")
    sides = ThreeSides(spec, topology, live, applied)
    steps = tuple(planned)
    found = [
        *UnitDrift(sides).findings(),
        *AccountDrift(sides).findings(),
        *SwitchDrift(sides).findings(),
        *AdministratorDrift(sides).findings(),
    ]
    waiting = HeldBack(spec)
    found = [one for one in found if not (one.revert and all(waiting.holds(step) for step in one.revert))]
    if applied is not None:
        found += policy_drift(live, applied, steps, sides.ignored)
    told = {name_of(step) for one in found for step in one.revert}
    found += [_not_done(step) for step in steps if name_of(step) not in told and not _follows_renaming(step, sides)]
    return tuple(sorted(found, key=lambda one: one.name))


def _not_done(step: Step) -> Finding:
    """A step that the declaration wants, as a finding."""
    return Finding(
        name=f"plan:{name_of(step)}",
        line=f"not done: {line_of(step)}",
        mover="unknown",
        sides=Sides("done", None, None),
        revert=(step,),
        adopt=hold_back(step),
    )


def _follows_renaming(step: Step, sides: ThreeSides) -> bool:
    """Whether a step would not be planned if a unit had kept its name."""
    match step:
        case CreateUnit(path=path):
            return any(path[: len(old)] == old for old, _ in sides.renamed.values())
        case MoveAccount(source=source, target=target):
            return sides.unrenamed(source) == target
        case _:
            return False
