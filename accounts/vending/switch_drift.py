"""Trusted access, policy types and central root access that are not as declared."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from accounts.services import POLICY_TYPES, TRUSTED_SERVICES, policy_types_of, services_of
from accounts.spec import OrganizationSpec
from accounts.vending import declaring
from accounts.vending.finding import Declare, Finding, Sides
from accounts.vending.held_back import hold_back
from accounts.vending.step import EnablePolicyType, EnableRootAccess, EnableService, Step
from accounts.vending.three_sides import THERE, ThreeSides
from accounts.vending.undo_step import DisablePolicyType, DisableService

_ROOT_FEATURES = ("RootCredentialsManagement", "RootSessions")


class SwitchDrift:
    """The findings about what an organization has enabled."""

    def __init__(self, sides: ThreeSides) -> None:
        self._sides = sides

    def findings(self) -> Iterator[Finding]:
        """What is on and not declared, and what is off."""
        yield from self._services()
        yield from self._policy_types()
        yield from self._root_features()

    def _services(self) -> Iterator[Finding]:
        for principal, there in _differing(services_of(self._sides.spec), self._sides.live.services):
            enable = EnableService(principal=principal)
            yield self._switched(
                f"service:{principal}",
                f"trusted access for {principal}",
                there=there,
                applied=self._sides.applied is not None and principal in self._sides.applied.services,
                revert=DisableService(principal=principal) if there else enable,
                adopt=partial(declaring.with_service, principal=principal)
                if there
                else partial(_without_service, step=enable),
            )

    def _policy_types(self) -> Iterator[Finding]:
        for name, there in _differing(policy_types_of(self._sides.spec), self._sides.live.policy_types):
            enable = EnablePolicyType(policy_type=name)
            yield self._switched(
                f"policy-type:{name}",
                f"the policy type {name}",
                there=there,
                applied=self._sides.applied is not None and name in self._sides.applied.policy_types,
                revert=DisablePolicyType(policy_type=name) if there else enable,
                adopt=partial(declaring.with_policy_type, policy_type=name)
                if there
                else partial(_without_policy_type, step=enable),
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


def _differing(declared: Collection[str], live: Collection[str]) -> Iterator[tuple[str, bool]]:
    """What is on one side only, sorted, and whether that is the live one."""
    for name in sorted({*declared} ^ {*live}):
        yield name, name in live


def _without_service(spec: OrganizationSpec, *, step: EnableService) -> OrganizationSpec:
    """Without trusted access: the platform's own waits."""
    if step.principal in TRUSTED_SERVICES:
        return hold_back(step)(spec)
    rest = tuple(one for one in spec.trusted_services if one != step.principal)
    return spec.model_copy(update={"trusted_services": rest})


def _without_policy_type(spec: OrganizationSpec, *, step: EnablePolicyType) -> OrganizationSpec:
    if step.policy_type in POLICY_TYPES:
        return hold_back(step)(spec)
    rest = tuple(one for one in spec.policy_types if one != step.policy_type)
    return spec.model_copy(update={"policy_types": rest})
