"""The part of the organization that one cell stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.cli.organization_build import Part
from constructs_lib.specs.identity import Identity

if TYPE_CHECKING:
    from accounts.vending.step import Step

_ACCOUNTS = ("management", "security-tooling", "log-archive", "network-hub", "shared-services")
"""The accounts whose stacks a cell needs."""

_STACKS = ("OrganizationPolicies", "LogArchive", "NetworkHub", "SharedServices", "BaselineRules", "BaselineStackSets")


def part_for_cell(cell: Identity, home_region: str) -> Part:
    """What `cells up` builds before the cell: of single accounts, only those that the cell needs.

    The hooks of other regions are brought without their rules: nothing runs them on the embedded AWS.
    """
    accounts = (*_ACCOUNTS, cell.prefix)
    stacks = (*_STACKS, f"LogArchive-{cell.region}", f"NetworkHub-{cell.product}", f"SharedServices-{cell.product}")

    def wanted(step: Step) -> bool:
        from accounts.vending.base_step import AccountStep
        from accounts.vending.bootstrap_step import BootstrapAccount

        if isinstance(step, BootstrapAccount) and step.name != cell.prefix:
            # Elsewhere is no stack of theirs that a cell needs.
            return step.name in accounts and step.region in (home_region, cell.region)
        return not isinstance(step, AccountStep) or step.name in accounts

    return Part(wanted, lambda stack: stack in stacks)
