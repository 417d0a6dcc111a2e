"""`cells show`: what a cell will be, and where each value comes from."""

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.context import choice
from cells.cli.project import open_workspace

if TYPE_CHECKING:
    from decimal import Decimal

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
    _print_costs(plan, explain)
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


def _print_costs(plan: "CellPlan", explain: bool) -> None:
    from cells.idle_cost import LEFT_OUT, idle_cost_of

    if explain and plan.network_arithmetic:
        output.title("network by traffic, a month")
        for line in plan.network_arithmetic:
            output.say(f"  {line}")
        output.say()
    cost = idle_cost_of(plan)
    output.title("idle cost a month")
    if explain:
        output.pairs([(line.name, _usd(line.usd), line.arithmetic) for line in cost.lines])
    output.pairs([("total", str(cost), f"without {LEFT_OUT}; prices of {cost.read}")])
    output.say()


def _usd(amount: "Decimal | None") -> str:
    return "unknown" if amount is None else f"${amount:.2f}"


def _cost_machine(plan: "CellPlan") -> dict[str, JsonValue]:
    from cells.idle_cost import idle_cost_of

    cost = idle_cost_of(plan)
    return {
        "usd": float(cost.total),
        "unpriced": list(cost.unpriced),
        "read": cost.read,
        "lines": [
            {
                "name": line.name,
                "arithmetic": line.arithmetic,
                "usd": None if line.usd is None else round(float(line.usd), 2),
            }
            for line in cost.lines
        ],
    }


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
        "idle_cost_per_month": _cost_machine(plan),
        "network_arithmetic": list(plan.network_arithmetic),
        "notes": list(plan.notes),
    }
