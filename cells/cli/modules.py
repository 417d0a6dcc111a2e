"""`cells modules`: the table of modules, from their classes."""

from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from cells.modules.module import Module

Users = Annotated[
    str | None, typer.Option("--users", metavar="MODULE", help="List the products that use a module instead.")
]


def modules(users: Users = None, json: options.Json = False) -> None:
    """List the modules that a product can pick."""
    from cells.modules.registry import known_modules

    if users is not None:
        _print_users(users, json)
        return
    known = known_modules()
    if json:
        output.as_json([_machine(module) for module in known])
        return
    output.table(("module", "core", "requires", "what it is", "secrets"), [_row(module) for module in known])


def _print_users(reference: str, json: bool) -> None:
    """The products whose cells have the module: picked, required or core. A broken file is left out, and told."""
    from cells.modules.registry import choose_modules, find_module

    module = find_module(reference)
    workspace = open_workspace()
    found: list[tuple[str, str]] = []
    for name in workspace.product_names():
        try:
            plans = choose_modules(workspace.declared(name).spec.modules)
        except CellsError as error:
            output.note(f"left out: {error.message.splitlines()[0]}")
            continue
        found += [(name, plan.reason) for plan in plans if (plan.name, plan.major) == (module.name, module.major)]
    if json:
        output.as_json([{"product": name, "reason": reason} for name, reason in found])
    elif found:
        output.table(("product", "why"), found)
    else:
        output.say(f"no product uses {module.name}@{module.major}")


def _row(module: "type[Module]") -> tuple[str, ...]:
    secrets = ", ".join(f"{secret.name} ({secret.kind})" for secret in module.secrets)
    return (
        f"{module.name}@{module.major}",
        "yes" if module.core else "",
        ", ".join(module.requires),
        module.summary,
        secrets,
    )


def _machine(module: "type[Module]") -> JsonValue:
    return {
        "name": module.name,
        "major": module.major,
        "core": module.core,
        "requires": list(module.requires),
        "secrets": [secret.model_dump(mode="json") for secret in module.secrets],
        "summary": module.summary,
        "reference": module.reference,
    }
