"""`cells destroy`: plan, ask, take a cell away."""

from typing import TYPE_CHECKING, Annotated

import typer

from cells.cli import output
from cells.cli.context import choice
from cells.cli.options import Environment, Json, Product, Profile, TargetName, Yes
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cells.cli.workspace import CellChoice, Workspace
    from cells.deploy.cell import CellDeployment
    from cells.deploy.destruction import Doomed
    from cells.deploy.recovery_points import Copies

DestroyData = Annotated[
    str | None,
    typer.Option("--destroy-data", metavar="PREFIX", help="The second key of two: type the cell, acme-crm-prod."),
]


def destroy(
    product: Product,
    environment: Environment = "dev",
    target: TargetName = None,
    profile: Profile = None,
    destroy_data: DestroyData = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Take a cell away, and leave nothing billed. Protected data needs two keys.

    The first key is `environments.<env>.decommission` in the product file, deployed. The second is --destroy-data.

    Example: cells destroy acme-crm -e dev
    """
    from cells.cli.live import aws_errors, open_cell, plan_of
    from cells.cli.progress import reporter_of
    from cells.cli.target import target_of
    from cells.deploy.destruction import Destruction

    workspace, wanted = open_workspace(), choice(environment=environment)
    plan = plan_of(workspace, product, wanted)
    with aws_errors():
        chosen = target_of(workspace.root, target, profile)
        chosen.verify(plan.account)
        cell = open_cell(workspace, plan, chosen, reporter_of(json))
        destruction = Destruction(cell)
        doomed = destruction.plan()
        keys = destruction.keys(declared=_declared(workspace, product, wanted), typed=destroy_data)
        if doomed:
            # Looked at before anything goes: who may not look is stopped while all of it is still there.
            copies = destruction.copies()
            if not json:
                _show_plan(cell, doomed, copies)
            keys.check()
            _ask(cell, yes=yes)
        billed = destruction.run() if doomed else destruction.leftovers()
        copies = destruction.copies()
    _show_end(cell, doomed, billed, copies, json=json)


def _declared(workspace: "Workspace", product: str, wanted: "CellChoice") -> bool:
    environments = workspace.product(product, wanted.context).spec.environments
    return environments[wanted.environment].decommission is not None


def _show_plan(cell: "CellDeployment", doomed: "Sequence[Doomed]", copies: "Sequence[Copies]") -> None:
    output.title(f"{cell.plan.identity.key} in account {cell.plan.account} ({cell.target.name}) would be destroyed")
    rows = [(end.stack.stack_name, end.stack.region, end.status, str(len(end.holds) or "")) for end in doomed]
    output.table(("stack", "region", "status", "hold data"), rows, indent="  ")
    for end in doomed:
        for logical_id, data in end.holds.items():
            output.note(f"{end.stack.stack_name}: {logical_id} ({data})")
    for one in copies:
        output.note(f"stays, and is billed: {one} (AWS Backup)")


def _ask(cell: "CellDeployment", *, yes: bool) -> None:
    if yes:
        return
    try:
        wanted = typer.confirm(f"Destroy {cell.plan.identity.prefix}, and all that is in it?", err=True)
    except typer.Abort:
        wanted = False
    if not wanted:
        raise CellsError("nothing was destroyed", hint="--yes destroys without asking")


def _show_end(
    cell: "CellDeployment",
    doomed: "Sequence[Doomed]",
    billed: list[str],
    copies: "Sequence[Copies]",
    *,
    json: bool,
) -> None:
    key = cell.plan.identity.key
    if json:
        output.as_json(
            {
                "cell": key,
                "destroyed": [end.stack.stack_name for end in doomed],
                "still_billed": list(billed),
                "copies": [str(one) for one in copies],
            }
        )
    elif billed:
        output.title(f"{key}: still there, and billed")
        output.pairs([(name,) for name in billed])
    else:
        nothing = "nothing is billed but what AWS Backup keeps" if copies else "nothing is billed"
        output.say(f"{key} is gone; {nothing}" if doomed else f"nothing of {key} is there")
    if not json:
        for one in copies:
            output.note(f"AWS Backup keeps {one}; nobody can delete them earlier")
    if billed:
        raise CellsError(f"{len(billed)} resources of {key} are still billed", hint="look at them and run it again")
