"""`cells show`: what a cell will be, and where each value comes from."""

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.context import choice
from cells.cli.project import open_workspace

if TYPE_CHECKING:
    from cells.plan import CellPlan, ModulePlan

Explain = Annotated[bool, typer.Option("--explain", help="Print beside each value where it comes from.")]


def show(
    product: options.Product,
    environment: options.Environment = "dev",
    modules: options.Modules = None,
    region: options.Region = None,
    size: options.Size = None,
    settings: options.Set = None,
    explain: Explain = False,
    json: options.Json = False,
) -> None:
    """Print what a cell will be, and where each value comes from.

    Reads the files only: no credentials, no network, no Node.
    """
    chosen = choice(environment=environment, modules=modules, region=region, size=size, settings=settings or ())
    plan = open_workspace().plan(product, chosen)
    if json:
        output.as_json(_machine(plan))
        return
    for name, rows in _sections(plan, explain).items():
        output.title(name)
        output.pairs(rows)
        output.say()
    for text in plan.notes:
        output.note(text)


def _sections(plan: "CellPlan", explain: bool) -> dict[str, list[tuple[str, ...]]]:
    sections: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    head = f"{plan.identity.product} · {plan.identity.environment}"
    for name, value in plan.values().items():
        section, _, field = name.rpartition(".")
        if name == "modules":
            continue
        row = (field or name, value)
        sections[section or head].append((*row, str(plan.sources[name])) if explain else row)
    modules = [(module.reference, _why(module)) for module in plan.modules]
    where = f" ({plan.sources['modules']})" if explain else ""
    return {head: sections.pop(head), f"modules{where}": [*modules], **sections}


def _why(module: "ModulePlan") -> str:
    by = f"required by {', '.join(module.required_by)}" if module.required_by else ""
    if module.reason == "required":
        return by
    return f"{module.reason}, {by}" if by else module.reason


def _machine(plan: "CellPlan") -> dict[str, JsonValue]:
    return {
        "product": plan.identity.product,
        "environment": plan.identity.environment,
        "pending": plan.pending,
        "modules": [module.model_dump(mode="json") for module in plan.modules],
        "values": {
            name: {"value": value, "source": plan.sources[name].model_dump(mode="json")}
            for name, value in plan.values().items()
        },
        "notes": list(plan.notes),
    }
