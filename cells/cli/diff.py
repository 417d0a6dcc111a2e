"""`cells diff`: compare a cell with what is deployed."""

from typing import TYPE_CHECKING, Annotated

import typer

from cells.cli import output
from cells.cli.context import choice
from cells.cli.options import Environment, Json, Modules, Product, Profile, TargetName
from cells.cli.project import open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cells.deploy.cell import CellDeployment
    from cells.deploy.change import StackChange

Fail = Annotated[bool, typer.Option("--fail", help="End with 1 when there is a difference.")]
Full = Annotated[bool, typer.Option("--full", help="Also print what the CDK CLI says, property by property.")]

_SIGNS = {"create": "+", "update": "~", "replace": "±", "remove": "-"}


def diff(
    product: Product,
    environment: Environment = "dev",
    modules: Modules = None,
    target: TargetName = None,
    profile: Profile = None,
    fail: Fail = False,
    full: Full = False,
    json: Json = False,
) -> None:
    """Compare a cell with what is deployed. Replacements are decided from the schemas of the resource types.

    A cell that has no account yet is compared with nothing; that takes no credentials.
    Example: cells diff acme-crm -e dev --fail
    """
    from cells.cli.deploy import plan_json
    from cells.cli.live import aws_errors, changes_from_nothing, open_cell
    from cells.cli.progress import reporter_of
    from cells.cli.target import target_of

    workspace = open_workspace()
    plan = workspace.plan(product, choice(environment=environment, modules=modules))
    for note in plan.notes:
        output.note(note)
    if plan.pending:
        created = changes_from_nothing(workspace, plan, reporter_of(json))
        if json:
            output.as_json(plan_json(created))
        else:
            _show(created)
        raise typer.Exit(1 if fail else 0)
    with aws_errors():
        chosen = target_of(workspace.root, target, profile)
        chosen.verify(plan.account)
        cell = open_cell(workspace, plan, chosen, reporter_of(json))
        changes = cell.deployment.changes()
        if json:
            output.as_json(plan_json(changes))
        else:
            _show(changes)
        if full and not json:
            _show_full(cell, changes)
    if fail and any(change.action != "keep" for change in changes):
        raise typer.Exit(1)


def _show(changes: "Sequence[StackChange]") -> None:
    for change in changes:
        if change.action == "keep":
            continue
        reason = ", values of other stacks have changed" if change.action == "refresh" else ""
        output.title(f"{change.stack.stack_name} ({change.stack.region}): {change.action}{reason}")
        rows = [
            (
                _SIGNS[resource.action],
                resource.logical_id,
                resource.type,
                f"replaced: {', '.join(resource.because)}" if resource.because else "",
                f"HOLDS {resource.holds}" if resource.holds and resource.action in ("replace", "remove") else "",
            )
            for resource in change.changes
        ]
        output.pairs(rows)
    changed = sum(change.action != "keep" for change in changes)
    output.say(f"{changed} of {len(changes)} stacks differ from what is deployed" if changed else "no differences")


def _show_full(cell: "CellDeployment", changes: "Sequence[StackChange]") -> None:
    for change in changes:
        if change.action == "keep":
            continue
        stack = change.stack
        arguments = ["diff", "--app", str(cell.assembly.directory), "--exclusively", stack.id, *cell.target.options]
        variables = cell.target.variables(stack.environment.account, stack.region)
        cell.cli.run(arguments, variables=variables, on_line=output.say)
