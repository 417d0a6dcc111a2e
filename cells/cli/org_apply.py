"""`cells org apply`: do what a plan says, and nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.organization import management_clients
from cells.cli.project import open_workspace
from cells.cli.registry_branch import registry_branch
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.vending.apply import Applied
    from accounts.vending.clients import VendingClients
    from accounts.vending.plan import Plan
    from accounts.vending.store import Store
    from cells.cli.organization_build import Approval, Built
    from cells.cli.workspace import Workspace
    from cells.deploy.change import StackChange
    from cells.deploy.target import Target

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
NoStacks = Annotated[bool, typer.Option("--no-stacks", help="Only what vending does; the stacks stay as they are.")]
Branch = Annotated[
    str | None,
    typer.Option("--branch", metavar="NAME", help="Commit what the registry got to a new branch, to be merged."),
]
BreakLock = Annotated[
    bool, typer.Option("--break-lock", help="Take the lock from a run that died. Look first that it has.")
]
Wait = Annotated[
    bool,
    typer.Option("--wait", help="Wait, an hour at most, for baselines that are being deployed and for what is manual."),
]


def apply(
    plan: PlanFile = None,
    target: options.TargetName = None,
    profile: options.Profile = None,
    state: State = None,
    wait: Wait = False,
    break_lock: BreakLock = False,
    no_stacks: NoStacks = False,
    branch: Branch = None,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Build the organization as it is declared: units, accounts and settings, then the stacks of the platform.

    Goes in rounds, because one makes the next possible: it plans, asks, does it, deploys the stacks that changed, and
    plans again until nothing is left. With --plan it does the steps of that plan and nothing else; it refuses when the
    organization or its declaration moved since the plan was approved. Every step is journaled before and after: run it
    again after a failure or a kill, and it goes on; no account is created twice. What waits for somebody (an account's
    baseline, a step by hand, AWS's answer to a request) is told, and a later run goes on with it. The ids of new
    accounts are written into accounts/registry.json, also when a step fails, and so are at the end the issuers of user
    directories and the transit gateway, which cells are told of; a machine that keeps no checkout gives them back with
    --branch.
    Example: cells org apply --plan plan.json
    """
    workspace = open_workspace()
    with registry_branch(workspace, branch), management_clients(workspace, target, profile) as clients:
        from cells.cli.organization_target import organization_target

        chosen = organization_target(workspace, clients.caller, target, profile)
        if plan or no_stacks:
            approved = _approved(plan, workspace, quiet=json) if plan else _now(workspace, clients, quiet=json)
            carry_out(
                approved,
                workspace,
                clients,
                state=state,
                target=chosen,
                wait=wait,
                break_lock=break_lock,
                yes=yes,
                json=json,
            )
        else:
            store = store_of(workspace, clients, state)
            _build(workspace, clients, chosen, store, wait=wait, break_lock=break_lock, yes=yes, json=json)


def _approved(path: Path, workspace: "Workspace", *, quiet: bool) -> "Plan":
    """A plan from a file. Raises CellsError when it attaches policies that are not proved."""
    from cells.cli.guardrail_gate import refuse_unproved
    from cells.cli.org_plan import attaches

    plan = _read(path)
    if attaches(plan):
        refuse_unproved(workspace, quiet=quiet)
    return plan


def _now(workspace: "Workspace", clients: "VendingClients", *, quiet: bool) -> "Plan":
    from cells.cli.org_plan import plan_live

    return plan_live(workspace, clients, quiet=quiet)


def carry_out(
    approved: "Plan",
    workspace: "Workspace",
    clients: "VendingClients",
    *,
    state: str | None,
    break_lock: bool,
    yes: bool,
    json: bool,
    target: "Target | None" = None,
    wait: bool = False,
) -> None:
    """Print a plan, ask, do it, and say what was done and what waits. `target` is for plans that bootstrap accounts."""
    from cells.cli.org_plan import plan_json, print_plan
    from cells.cli.progress import reporter_of
    from cells.cli.vending import vend

    if not json:
        print_plan(approved)
    if approved.steps and not yes:
        _ask("Apply it?", json=json)
    done = vend(
        approved,
        workspace,
        clients,
        target,
        store=store_of(workspace, clients, state),
        reporter=reporter_of(json, events=False),
        wait=wait,
        break_lock=break_lock,
    )
    if json:
        output.as_json({"plan": plan_json(approved), **_machine(done)})
    elif approved.steps:
        output.say(f"{len(done.done)} steps done, {len(done.before)} were done already")
        for reason in done.waiting.values():
            output.note(f"waits: {reason}")


def _build(
    workspace: "Workspace",
    clients: "VendingClients",
    target: "Target",
    store: "Store",
    *,
    wait: bool,
    break_lock: bool,
    yes: bool,
    json: bool,
) -> None:
    from cells.cli.organization_build import OrganizationBuild
    from cells.cli.progress import reporter_of

    reporter = reporter_of(json, events=False)
    approval = _approval(yes=yes, json=json)
    built = OrganizationBuild(
        workspace.root, clients, target, store, reporter, approval, wait=wait, break_lock=break_lock
    ).run()
    if json:
        output.as_json(_built(built))
        return
    for new in built.recorded:
        output.note(f"recorded in accounts/registry.json: {new}; cells have it when they are deployed again")
    for note in built.waiting:
        output.note(note)
    steps, stacks = sum(len(one.done) for one in built.applied), len(built.stacks)
    waits = any(one.waiting for one in built.applied[-1:])
    nothing = "nothing to do now: what is left waits" if waits else "the organization is as declared"
    output.say(f"{steps} steps done, {stacks} stacks deployed" if steps + stacks else nothing)


def _approval(*, yes: bool, json: bool) -> "Approval":
    from cells.cli.deploy import print_stacks
    from cells.cli.org_plan import print_plan
    from cells.cli.organization_build import Approval

    def of_plan(plan: "Plan") -> None:
        if not json:
            print_plan(plan)
        if not yes:
            _ask("Apply it?", json=json)

    def of_stacks(changes: "Sequence[StackChange]") -> None:
        if not json:
            print_stacks(changes)
        if not yes:
            _ask("Deploy this?", json=json)

    return Approval(of_plan, of_stacks)


def _read(path: Path) -> "Plan":
    from accounts.vending.plan import Plan
    from constructs_lib.specs.document import load_spec

    return load_spec(path, Plan)


def _ask(question: str, *, json: bool) -> None:
    if json:
        raise InputError("nobody can be asked with --json", hint="add --yes")
    typer.confirm(question, abort=True)


def store_of(workspace: "Workspace", clients: "VendingClients", state: str | None) -> "Store":
    """Where the journal, the lock and what was applied last are kept."""
    from accounts.vending.store import FolderStore

    if state is None or not state.startswith(_BUCKET):
        return FolderStore(Path(state) if state else workspace.root / STATE)
    from accounts.vending.bucket_store import BucketStore

    bucket, _, prefix = state.removeprefix(_BUCKET).partition("/")
    return BucketStore(clients.s3, bucket, f"{prefix.strip('/') or 'vending'}/")


def _built(built: "Built") -> JsonValue:
    return {
        "rounds": [_machine(one) for one in built.applied],
        "stacks": [{"stack": one.stack, "region": one.region, "action": one.action} for one in built.stacks],
        "recorded": list[JsonValue](built.recorded),
        "waiting": list[JsonValue](built.waiting),
    }


def _machine(done: "Applied") -> dict[str, JsonValue]:
    return {
        "done": list[JsonValue](done.done),
        "before": list[JsonValue](done.before),
        "waiting": dict[str, JsonValue](done.waiting),
        "accounts": dict[str, JsonValue](done.accounts),
    }
