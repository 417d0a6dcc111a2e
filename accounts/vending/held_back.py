"""Steps that the declaration wants and holds back, by `not_yet`: how an organization is adopted without changing it.

What needs such a step is held back as well, but a unit is made when a wanted step needs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase

from accounts.spec import OrganizationSpec
from accounts.vending import declaring
from accounts.vending.base_step import PromisedAccountStep
from accounts.vending.finding import Declare
from accounts.vending.step import CreateUnit, Step
from accounts.vending.words import name_of

_ALWAYS = ("create-organization",)


class HeldBack:
    """The declared `not_yet`, asked about steps."""

    def __init__(self, spec: OrganizationSpec) -> None:
        self._exact = {one for one in spec.not_yet if "*" not in one}
        self._patterns = tuple(one for one in spec.not_yet if "*" in one)

    def holds(self, step: Step) -> bool:
        """Whether a step is held back.

        `*` stands for whatever is there already: what an account needs that the same plan creates is never held back.
        """
        name = name_of(step)
        if name in _ALWAYS:
            return False
        promised = isinstance(step, PromisedAccountStep) and step.account is None
        return name in self._exact or (not promised and any(fnmatchcase(name, one) for one in self._patterns))

    def wanted(self, steps: Sequence[Step]) -> list[Step]:
        """The steps that are not held back, in their order."""
        if not self._exact and not self._patterns:
            return list(steps)
        held = [step for step in steps if self.holds(step)]
        missing = {step.gives() for step in held if not isinstance(step, CreateUnit)} - {""}
        wanted: list[Step] = []
        for step in steps:
            if step in held:
                continue
            if _needs_any(step, missing):
                # Nothing can be done to an account that is not created yet.
                missing |= {step.gives()} - {""}
            else:
                wanted.append(step)
        needed = _with_parents([step for step in held if isinstance(step, CreateUnit)], wanted)
        return [step for step in steps if step in wanted or step in needed]


def hold_back(step: Step) -> Declare:
    """Makes a declaration hold a step back."""
    name = name_of(step)
    return lambda spec: declaring.holding_back(spec, name)


def _needs_any(step: Step, missing: Collection[str]) -> bool:
    return any(need in missing for need in step.needs())


def _with_parents(units: Sequence[CreateUnit], wanted: Iterable[Step]) -> list[Step]:
    """The units that wanted steps need, with the units around them."""
    needs = {need for step in wanted for need in step.needs()}
    needed: list[Step] = []
    for unit in reversed(units):
        if unit.gives() in needs:
            needed.append(unit)
            needs |= set(unit.needs())
    return needed
