"""Builds a cell: five stacks with constant ids, so that all cells of one shape have the same logical ids."""

from aws_cdk import App

from cells.layers.data import DataLayer
from cells.layers.edge import EdgeLayer
from cells.layers.foundation import FoundationLayer
from cells.layers.leaf import LeafLayer
from cells.layers.service import ServiceLayer
from cells.modules.module import Module
from cells.modules.registry import build_modules
from cells.plan import CellPlan


def build_cell(app: App, plan: CellPlan, modules: tuple[Module, ...] | None = None) -> LeafLayer:
    """Add the stacks of a cell to the app. `ProductCell` depends on the other four.

    `modules` are those of the plan from the registry, unless given: the test of a custom module gives its own.
    """
    modules = build_modules(plan.modules) if modules is None else modules
    foundation = FoundationLayer(app, "ProductCell-Foundation", plan=plan)
    data = DataLayer(app, "ProductCell-Data", plan=plan, foundation=foundation, modules=modules)
    service = ServiceLayer(app, "ProductCell-Service", plan=plan, foundation=foundation, data=data, modules=modules)
    edge = EdgeLayer(app, "ProductCell-Edge", plan=plan, foundation=foundation, service=service, modules=modules)
    return LeafLayer(app, "ProductCell", plan=plan, foundation=foundation, data=data, service=service, edge=edge)
