"""The policies of an organization as AWS gets them: a policy is never changed, another content is another policy.

The name of a policy ends with the digest of its content. So a changed guardrail comes as a new policy beside the old
one, is tried in the unit Policy Staging, and takes the old one's place; the old one stays until then.
See docs/decisions/0022-policies-are-immutable.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from accounts.policies.digest import digest_of
from accounts.policies.facts import facts_of
from accounts.policies.guardrail import Guardrail, PolicyType
from accounts.policies.ownership import GUARDRAILS_TAG, OURS, TARGET_TAG
from accounts.policies.packing import OrganizationPolicy, policies_of
from accounts.quotas import quota
from accounts.spec import OrganizationSpec
from accounts.topology import Topology, UnitPath, path_text
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import Registry

_SHOWN = 8
"""Digits of a digest in a name."""
_TAG_VALUE = 256


@dataclass(frozen=True)
class DeclaredPolicy:
    """A policy as it has to be in the organization."""

    policy: OrganizationPolicy

    @property
    def type(self) -> PolicyType:
        """Its type, in AWS's word."""
        return self.policy.type

    @property
    def target(self) -> UnitPath:
        """The root or unit that it is for."""
        return self.policy.target

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its content."""
        return digest_of(self.policy.content)

    @property
    def name(self) -> str:
        """Such as `example-scp-root-1-3fa9c2ab`: another content is another name."""
        return f"{self.policy.name}-{self.digest[:_SHOWN]}"

    @property
    def description(self) -> str:
        """The guardrails in it, as long as AWS takes it."""
        return _fitting(f"Guardrails of {path_text(self.target)}:", self.policy.guardrails, quota("policy_description"))

    @property
    def tags(self) -> Mapping[str, str]:
        """What says whose it is, where it belongs and what it holds."""
        key, value = OURS
        return {
            key: value,
            TARGET_TAG: path_text(self.target),
            GUARDRAILS_TAG: _fitting("", self.policy.guardrails, _TAG_VALUE),
        }


def declared_policies(
    spec: OrganizationSpec, registry: Registry, topology: Topology, guardrails: Iterable[Guardrail]
) -> tuple[DeclaredPolicy, ...]:
    """Every policy of an organization, by type and unit.

    Raises InputError when the guardrails of a unit do not fit, when a name is too long for AWS, and when a guardrail
    is for a unit that nobody declares.
    """
    some = tuple(guardrails)
    _refuse_nowhere(some, topology)
    declared = tuple(DeclaredPolicy(policy) for policy in policies_of(some, facts_of(spec, registry)))
    for one in declared:
        if len(one.name) > quota("policy_name"):
            raise InputError(
                f"the policy name '{one.name}' has {len(one.name)} characters, AWS takes {quota('policy_name')}",
                hint="shorten the name of the organization, of the unit or of the guardrail",
            )
    return declared


def _fitting(head: str, names: Iterable[str], most: int) -> str:
    """Names with blanks between them, as many as fit; `…` is no letter that a tag may have."""
    text, left = head, False
    for name in names:
        longer = f"{text} {name}".strip()
        if len(longer) > most - len(" and more"):
            left = True
            break
        text = longer
    return f"{text} and more" if left else text


def _refuse_nowhere(guardrails: Iterable[Guardrail], topology: Topology) -> None:
    units = {unit.path for unit in topology.units} | {()}
    for guardrail in guardrails:
        for path in guardrail.attached:
            if path not in units:
                raise InputError(
                    f"the guardrail '{guardrail.name}' is for the unit {path_text(path)}, which nobody declares",
                    hint=f"declared are {', '.join(sorted(path_text(unit) for unit in units))}",
                )
