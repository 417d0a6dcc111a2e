"""The policies of an organization whose ids are known: those that may be attached."""

from __future__ import annotations

from accounts.policies.declared import DeclaredPolicy, declared_policies
from accounts.spec import OrganizationSpec
from accounts.topology import Topology
from constructs_lib.specs.registry import Registry


def settled_policies(
    spec: OrganizationSpec, registry: Registry, topology: Topology
) -> tuple[DeclaredPolicy, ...] | None:
    """Every declared policy. None while the organization or a platform account has no id in the registry.

    Until then guardrails name accounts that are not there, and each id that comes makes other policies of them.
    Raises InputError when guardrails do not fit, or are for a unit that nobody declares.
    """
    from accounts.policies.registry import GUARDRAILS

    entries = [registry.accounts.get(name) for name in spec.platform_accounts]
    if registry.organization.id is None or any(entry is None or entry.id is None for entry in entries):
        return None
    return declared_policies(spec, registry, topology, GUARDRAILS)
