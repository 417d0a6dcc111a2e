"""What a new product means for the organization: its unit, its accounts, and what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.specs.registry import CellEntry

if TYPE_CHECKING:
    from accounts.vending.plan import Plan
    from accounts.vending.step import Step
    from cells.cli.declaration import Declaration


def steps_for(declaration: Declaration) -> tuple[Step, ...]:
    """The steps that `cells org apply` gets by this declaration, in their order.

    They are found without asking anybody, from what the registry records, as the plan with the product has them and
    the plan without it has not. Empty as long as the registry has no management account.
    """
    entry = declaration.workspace.registry.accounts.get("management")
    if entry is None or entry.id is None:
        return ()
    before = _plan(declaration, declared=False)
    return tuple(step for step in _plan(declaration, declared=True).steps if step not in before.steps)


def _plan(declaration: Declaration, *, declared: bool) -> Plan:
    from accounts.topology import topology_of
    from accounts.vending.plan import plan_of
    from accounts.vending.recorded import recorded_organization

    workspace, name = declaration.workspace, declaration.product
    products = {one: names for one, names in workspace.environments.items() if one != name}
    registry = workspace.registry.model_copy(
        update={"cells": tuple(cell for cell in workspace.registry.cells if cell.product != name)}
    )
    if declared:
        products[name] = tuple(dict.fromkeys(cell.identity.environment for cell in declaration.cells))
        registry = registry.model_copy(update={"cells": (*registry.cells, *_entries(declaration))})
    topology = topology_of(workspace.organization, products, registry)
    return plan_of(workspace.organization, topology, recorded_organization(workspace.organization, topology))


def _entries(declaration: Declaration) -> list[CellEntry]:
    """The product's cells as the registry has them or will have them."""
    return [
        declaration.workspace.registry.find(cell.identity)
        or CellEntry(
            product=cell.identity.product,
            environment=cell.identity.environment,
            region=cell.identity.region,
            cidr=cell.cidr,
            domain=cell.domain,
        )
        for cell in declaration.cells
    ]


def given_to(declaration: Declaration) -> tuple[tuple[str, str], ...]:
    """What the platform's stacks give to the product: what, and for whom."""
    return tuple(
        (f"delegation role {cell.identity.delegation_role_name}", f"writes the NS record of {cell.domain}, in the hub")
        for cell in declaration.cells
    )
