"""`cells org apply`: do what a plan says, and nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.organization import management_clients
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from accounts.vending.apply import Applied
    from accounts.vending.clients import VendingClients
    from accounts.vending.plan import Plan
    from accounts.vending.store import Store
    from cells.cli.workspace import Workspace

STATE = Path(".cells") / "organization"
"""Where a checkout keeps the journal, the lock and what was applied last."""

_BUCKET = "s3://"

PlanFile = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", help="The approved plan, from `cells org plan --out`. Default: plan now."),
]
State = Annotated[
    str | None,
    typer.Option(
        "--state",
        metavar="PLACE",
        help="Where journal and lock are: a folder, or s3://BUCKET[/PREFIX] with versioning. Default: .cells.",
    ),
]
BreakLock = Annotated[
    bool, typer.Option("--break-lock", help="Take the lock from a run that died. Look first that it has.")
]


def apply(
    plan: PlanFile = None,
    target: options.TargetName = None,
    profile: options.Profile = None,
    state: State = None,
    break_lock: BreakLock = False,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Do the steps of a plan: units, accounts, trusted access, contacts, administrators.

    Refuses when the organization or its declaration moved since the plan was approved. Every step is journaled before
    and after: run it again after a failure or a kill, and it goes on; no account is created twice. The ids of new
    accounts are written into accounts/registry.json.
    Example: cells org apply --plan plan.json
    """
    from cells.cli.org_plan import plan_live

    workspace = open_workspace()
    with management_clients(workspace, target, profile) as clients:
        approved = _read(plan) if plan else plan_live(workspace, clients, quiet=json)
        carry_out(approved, workspace, clients, state=state, break_lock=break_lock, yes=yes, json=json)


def carry_out(
    approved: "Plan",
    workspace: "Workspace",
    clients: "VendingClients",
    *,
    state: str | None,
    break_lock: bool,
    yes: bool,
    json: bool,
) -> None:
    """Print a plan, ask, do it and say what was done."""
    from accounts.vending.apply import apply as apply_plan
    from cells.cli.org_plan import plan_json, print_plan
    from cells.cli.progress import reporter_of

    if not json:
        print_plan(approved)
    if approved.steps and not yes:
        _ask(json=json)
    done = apply_plan(
        approved,
        spec=workspace.organization,
        products=workspace.environments,
        registry_path=workspace.registry_path,
        clients=clients,
        store=store_of(workspace, clients, state),
        reporter=reporter_of(json, events=False),
        break_lock=break_lock,
    )
    if json:
        output.as_json({"plan": plan_json(approved), **_machine(done)})
    elif approved.steps:
        output.say(f"{len(done.done)} steps done, {len(done.before)} were done already")


def _read(path: Path) -> "Plan":
    from accounts.vending.plan import Plan
    from constructs_lib.specs.document import load_spec

    return load_spec(path, Plan)


def _ask(*, json: bool) -> None:
    if json:
        raise InputError("nobody can be asked with --json", hint="add --yes")
    typer.confirm("Apply it?", abort=True)


def store_of(workspace: "Workspace", clients: "VendingClients", state: str | None) -> "Store":
    """Where the journal, the lock and what was applied last are kept."""
    from accounts.vending.store import FolderStore

    if state is None or not state.startswith(_BUCKET):
        return FolderStore(Path(state) if state else workspace.root / STATE)
    from accounts.vending.bucket_store import BucketStore

    bucket, _, prefix = state.removeprefix(_BUCKET).partition("/")
    return BucketStore(clients.s3, bucket, f"{prefix.strip('/') or 'vending'}/")


def _machine(done: "Applied") -> dict[str, JsonValue]:
    return {
        "done": list[JsonValue](done.done),
        "before": list[JsonValue](done.before),
        "accounts": dict[str, JsonValue](done.accounts),
    }
