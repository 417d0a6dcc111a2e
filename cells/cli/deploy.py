"""`cells deploy`: plan, ask, deploy."""

from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import output
from cells.cli.asking import agreed
from cells.cli.context import choice
from cells.cli.options import Environment, Json, Modules, Product, Profile, TargetName, Yes
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cells.cli.workspace import Workspace
    from cells.deploy.cell import CellDeployment
    from cells.deploy.change import StackChange
    from cells.deploy.deployment import StackResult

Stacks = Annotated[
    list[str] | None,
    typer.Option("--stack", metavar="ID", help="Only this stack, such as ProductCell-Service. May be repeated."),
]
Release = Annotated[
    str | None,
    typer.Option("--release-data", metavar="PREFIX", help="Let data go that this change replaces: type acme-crm-dev."),
]
NoSnapshot = Annotated[
    str | None,
    typer.Option("--no-snapshot", metavar="REASON", help="Do not copy the database before a change that touches it."),
]


def deploy(
    product: Product,
    environment: Environment = "dev",
    modules: Modules = None,
    target: TargetName = None,
    profile: Profile = None,
    stack: Stacks = None,
    release_data: Release = None,
    no_snapshot: NoSnapshot = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Plan, ask and deploy a cell, stack by stack. Run it again after a failure: it goes on where it stopped.

    A database is copied to a snapshot before a change that touches it, and before migrations run.

    Example: cells deploy acme-crm -e dev --target local
    """
    from cells.cli.live import aws_errors, open_cell, plan_of
    from cells.cli.progress import reporter_of
    from cells.cli.target import target_of

    workspace = open_workspace()
    plan = plan_of(workspace, product, choice(environment=environment, modules=modules))
    _check_release(release_data, plan.identity.prefix)
    _check_reason(no_snapshot)
    reporter = reporter_of(json)
    with aws_errors():
        chosen = target_of(workspace.root, target, profile)
        chosen.verify(plan.account)
        cell = open_cell(workspace, plan, chosen, reporter, release=release_data is not None)
        cell.no_snapshot = no_snapshot or ""
        changes = cell.deployment.changes(stack or ())
        if not json:
            show_plan(cell, changes)
        cell.deployment.check(changes)
        if not _wanted(changes, yes=yes, json=json):
            return
        cell.prepare()
        results = cell.deployment.run(stack or ())
        _record_attachment(workspace, cell)
    show_results(cell, results, json=json)


def _record_attachment(workspace: "Workspace", cell: "CellDeployment") -> None:
    """Tell the registry which attachment the cell has: the hub chooses a segment for those that it knows."""
    from accounts.ledger import record_attachment
    from cells.plan import ATTACHMENT_OUTPUT

    identity = cell.plan.identity
    attachment = cell.deployment.live(cell.assembly.stack("ProductCell-Foundation")).outputs().get(ATTACHMENT_OUTPUT)
    if attachment and record_attachment(workspace.registry_path, identity, attachment):
        output.note(
            f"accounts/registry.json has got the attachment {attachment} of {identity.key}: commit it; "
            f"`cells org apply` deploys NetworkHub-{identity.product}, which chooses its segment"
        )


def show_plan(cell: "CellDeployment", changes: "Sequence[StackChange]") -> None:
    """Print what a deployment would do."""
    from cells.deploy.snapshot import touching

    plan = cell.plan
    output.title(f"{plan.identity.key} → account {plan.account} ({cell.target.name})")
    for note in plan.notes:
        output.note(note)
    print_stacks(changes)
    for change in changes:
        touched = touching(change)
        if touched and change.action in ("update", "refresh"):
            what = cell.no_snapshot or "it is copied to a snapshot first"
            output.note(f"{change.stack.stack_name}: {touched[0]} touches the database: {what}")


def print_stacks(changes: "Sequence[StackChange]") -> None:
    """Print what becomes of each stack, and of the data in it."""
    rows = [
        (
            change.stack.stack_name,
            change.stack.region,
            change.action,
            *(str(change.count(kind) or "") for kind in ("create", "update", "replace", "remove")),
        )
        for change in changes
    ]
    output.table(("stack", "region", "action", "create", "update", "replace", "remove"), rows, indent="  ")
    for change in changes:
        for lost in change.changes:
            if lost.holds and lost.action in ("replace", "remove"):
                kept = ", stays outside the stack" if lost.kept else ""
                output.note(f"{change.stack.stack_name}: {lost.action} {lost.logical_id} ({lost.holds}{kept})")


def plan_json(changes: "Sequence[StackChange]") -> JsonValue:
    """What a deployment would do, for a machine."""
    return [
        {
            "stack": change.stack.stack_name,
            "id": change.stack.id,
            "region": change.stack.region,
            "action": change.action,
            "changes": [
                {
                    "logical_id": resource.logical_id,
                    "type": resource.type,
                    "action": resource.action,
                    "holds": resource.holds,
                    "because": list(resource.because),
                }
                for resource in change.changes
            ],
        }
        for change in changes
    ]


def show_results(cell: "CellDeployment", results: "Sequence[StackResult]", *, json: bool) -> None:
    """Print what a deployment did."""
    identity = cell.plan.identity
    if json:
        output.as_json(
            {
                "cell": identity.key,
                "account": cell.plan.account,
                "target": cell.target.name,
                "domain": cell.plan.domain,
                "stacks": [
                    {"stack": result.stack, "region": result.region, "action": result.action} for result in results
                ],
                "snapshots": list(cell.snapshots),
            }
        )
        return
    changed = sum(result.action != "keep" for result in results)
    output.say(f"{identity.key} is deployed: {changed} of {len(results)} stacks changed, https://{cell.plan.domain}")


def _check_release(typed: str | None, prefix: str) -> None:
    if typed is not None and typed != prefix:
        raise InputError(f"--release-data says '{typed}', the cell is '{prefix}'", hint=f"type {prefix}")


def _check_reason(reason: str | None) -> None:
    if reason is not None and not reason.strip():
        raise InputError(
            "--no-snapshot has no reason", hint='say why, as in --no-snapshot "the cell holds test data only"'
        )


def _wanted(changes: "Sequence[StackChange]", *, yes: bool, json: bool) -> bool:
    """Ask, unless `--yes` said so. A machine that reads JSON cannot be asked."""
    if yes or all(change.action == "keep" for change in changes):
        return True
    if json:
        output.as_json({"plan": plan_json(changes)})
        return False
    return agreed("Deploy this?", otherwise="nothing was deployed", hint="--yes deploys without asking")
