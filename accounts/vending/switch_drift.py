"""Trusted access, policy types and central root access that are not as declared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial

from accounts.services import POLICY_TYPES, TRUSTED_SERVICES, policy_types_of, services_of
from accounts.vending import declaring
from accounts.vending.finding import Declare, Finding, Sides
from accounts.vending.held_back import hold_back
from accounts.vending.step import EnablePolicyType, EnableRootAccess, EnableService, Step
from accounts.vending.three_sides import THERE, ThreeSides
from accounts.vending.undo_step import DisablePolicyType, DisableService

_ROOT_FEATURES = ("RootCredentialsManagement", "RootSessions")


@dataclass(frozen=True)
class _Switch:
    """One thing that an organization has enabled or has not: the steps to either, and the declarations of either."""

    name: str
    what: str
    enable: Step
    disable: Step
    declare: Declare
    undeclare: Declare


class SwitchDrift:
    """The findings about what an organization has enabled."""

    def __init__(self, sides: ThreeSides) -> None:
        self._sides = sides

    def findings(self) -> Iterator[Finding]:
        """What is on and not declared, and what is off."""
        spec, live, applied = self._sides.spec, self._sides.live, self._sides.applied
        yield from self._differing(_service, services_of(spec), live.services, applied.services if applied else ())
        yield from self._differing(
            _policy_type, policy_types_of(spec), live.policy_types, applied.policy_types if applied else ()
        )
        yield from self._root_features()

    def _differing(
        self,
        switch: Callable[[str], _Switch],
        declared: Collection[str],
        live: Collection[str],
        applied: Collection[str],
    ) -> Iterator[Finding]:
        """What is on one side only, sorted."""
        for name in sorted({*declared} ^ {*live}):
            found, there = switch(name), name in live
            yield self._switched(
                found.name,
                found.what,
                there=there,
                applied=name in applied,
                revert=found.disable if there else found.enable,
                adopt=found.declare if there else found.undeclare,
            )

    def _root_features(self) -> Iterator[Finding]:
        old = self._sides.applied.root_features if self._sides.applied else ()
        for feature in _ROOT_FEATURES:
            if feature not in self._sides.live.root_features:
                step = EnableRootAccess.model_validate({"feature": feature})
                yield self._switched(
                    f"root-access:{feature}",
                    f"central root access, {feature},",
                    there=False,
                    applied=feature in old,
                    revert=step,
                    adopt=hold_back(step),
                )

    def _switched(self, name: str, what: str, *, there: bool, applied: bool, revert: Step, adopt: Declare) -> Finding:
        return self._sides.made(
            name,
            f"{what} is enabled and not declared" if there else f"{what} is not enabled",
            Sides(None if there else THERE, THERE if applied else None, THERE if there else None),
            [revert],
            adopt,
        )


def _service(principal: str) -> _Switch:
    enable = EnableService(principal=principal)
    return _Switch(
        name=f"service:{principal}",
        what=f"trusted access for {principal}",
        enable=enable,
        disable=DisableService(principal=principal),
        declare=partial(declaring.with_service, principal=principal),
        undeclare=hold_back(enable)  # the platform's own waits
        if principal in TRUSTED_SERVICES
        else partial(declaring.without_service, principal=principal),
    )


def _policy_type(name: str) -> _Switch:
    enable = EnablePolicyType(policy_type=name)
    return _Switch(
        name=f"policy-type:{name}",
        what=f"the policy type {name}",
        enable=enable,
        disable=DisablePolicyType(policy_type=name),
        declare=partial(declaring.with_policy_type, policy_type=name),
        undeclare=hold_back(enable)
        if name in POLICY_TYPES
        else partial(declaring.without_policy_type, policy_type=name),
    )
