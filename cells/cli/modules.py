"""`cells modules`: the table of modules, who uses one, and what moving to another major would do."""

from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import CellsError, InputError

if TYPE_CHECKING:
    from cells.cli.module_move import Move
    from cells.cli.module_users import User
    from cells.modules.module import Module

Users = Annotated[
    str | None,
    typer.Option(
        "--users",
        metavar="MODULE",
        help="List the cells that use a module, and the major that each runs. `documents@1`: only that major.",
    ),
]
MoveTo = Annotated[
    str | None,
    typer.Option("--move", metavar="MODULE@MAJOR", help="Plan how PRODUCT moves to a major. Changes nothing."),
]
Product = Annotated[str | None, typer.Argument(metavar="[PRODUCT]", help="The product that --move plans for.")]
Environment = Annotated[
    str, typer.Option("--environment", "-e", metavar="ENV", help="The environment that --move compares.")
]


def modules(
    product: Product = None,
    users: Users = None,
    move: MoveTo = None,
    environment: Environment = "prod",
    json: options.Json = False,
) -> None:
    """List the modules that a product can pick, who uses one, or what moving to a major would do.

    Example: cells modules --move documents@2 acme-crm
    """
    if users is not None and move is not None:
        raise InputError("--users and --move cannot be combined", hint="choose one")
    if move is None and product is not None:
        raise InputError(f"'{product}' is named, but nothing says what to plan", hint="add --move MODULE@MAJOR")
    if move is not None:
        if product is None:
            raise InputError("--move names no product", hint=f"cells modules --move {move} PRODUCT")
        _print_move(move, product, environment, json)
    elif users is not None:
        _print_users(users, json)
    else:
        _print_all(json)


def _print_all(json: bool) -> None:
    from cells.modules.registry import known_modules

    known = known_modules()
    if json:
        output.as_json([_machine(module) for module in known])
        return
    output.table(("module", "core", "requires", "what it is", "secrets"), [_row(module) for module in known])


def _print_users(reference: str, json: bool) -> None:
    from cells.cli.module_users import users_of

    found = users_of(open_workspace(), reference, broken=_left_out)
    if json:
        output.as_json([_user_machine(user) for user in found])
    elif found:
        output.table(("cell", "runs", "why"), [(user.cell, user.runs, user.reason) for user in found])
    else:
        output.say(f"no product uses {reference}")


def _left_out(error: CellsError) -> None:
    output.note(f"left out: {error.message.splitlines()[0]}")


def _user_machine(user: "User") -> dict[str, JsonValue]:
    return {"product": user.product, "environment": user.environment, "runs": user.runs, "reason": user.reason}


def _print_move(reference: str, product: str, environment: str, json: bool) -> None:
    from cells.cli.module_move import plan_move

    with output.progress(f"synthesizing {product}/{environment} as it is and with {reference}", quiet=json):
        move = plan_move(open_workspace(), product, environment, reference)
    if json:
        output.as_json(_move_machine(move))
    else:
        _say_move(move)
    if move.diff.endangered:
        raise typer.Exit(3)


def _say_move(move: "Move") -> None:
    from cells.cli.diff_report import show_assembly

    output.title(f"{move.product} · {move.environment}: {move.before} → {move.after}")
    output.say("first")
    for number, step in enumerate(move.steps, start=1):
        output.say(f"  {number}. {step}")
    output.say("then CloudFormation will do")
    show_assembly(move.diff, full=False)
    output.say(move.verdict)


def _move_machine(move: "Move") -> dict[str, JsonValue]:
    return {
        "product": move.product,
        "environment": move.environment,
        "before": move.before,
        "after": move.after,
        "steps": list(move.steps),
        "creates": [f"{one.stack}/{one.logical_id}" for one in move.diff.resources if one.action == "create"],
        "replaces": [f"{one.stack}/{one.logical_id}" for one in move.diff.resources if one.action == "replace"],
        "removes": [f"{one.stack}/{one.logical_id}" for one in move.diff.resources if one.action == "remove"],
        "loses": [f"{one.stack}/{one.logical_id}" for one in move.diff.endangered],
    }


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
        "settings": [f"{module.name}.{name}" for name in module.spec.model_fields],
        "summary": module.summary,
        "reference": module.reference,
    }
