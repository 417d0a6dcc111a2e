"""`cells org close-account`: walk an account to its end, or back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cells.cli import options, output
from cells.cli.org_apply import BreakLock, State
from cells.cli.org_plan import Out
from cells.cli.organization import management_clients
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import DataLossError, InputError

if TYPE_CHECKING:
    from accounts.vending.closing import ClosingPlanner
    from cells.cli.workspace import Workspace
    from cells.deploy.target import Target

Reopen = Annotated[
    bool, typer.Option("--reopen", help="Back from the unit Suspended to where it came from, as long as it is open.")
]
DataIsGone = Annotated[
    str | None,
    typer.Option("--data-is-gone", metavar="NAME", help="The second key, when something is left in it: type the name."),
]

_SHOWN = 8


def close_account(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="A declared name, such as sandbox-ann, or an id.")],
    reopen: Reopen = False,
    data_is_gone: DataIsGone = None,
    target: options.TargetName = None,
    profile: options.Profile = None,
    out: Out = None,
    state: State = None,
    break_lock: BreakLock = False,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Walk an account to its end, in two runs.

    The first moves it to the unit Suspended, where nothing works any more, and writes the day down. The second,
    `closing.cooling_off_days` later, closes it, which cannot be undone. In between --reopen brings it back. The first
    refuses while stacks, databases, buckets or copies of AWS Backup are in the account: 90 days after it is closed they
    are gone. The management account and those of the platform
    are never closed.
    Example: cells org close-account sandbox-ann
    """
    walk(
        open_workspace(),
        [account],
        wanted=account,
        reopen=reopen,
        typed=data_is_gone,
        target=target,
        profile=profile,
        out=out,
        state=state,
        break_lock=break_lock,
        yes=yes,
        json=json,
    )


def walk(
    workspace: "Workspace",
    names: Sequence[str],
    *,
    wanted: str,
    reopen: bool,
    typed: str | None,
    target: str | None,
    profile: str | None,
    out: Path | None,
    state: str | None,
    break_lock: bool,
    yes: bool,
    json: bool,
) -> None:
    """Plan the next step of accounts towards their end, or back; write the plan to a file, or ask and apply it.

    `wanted` is what the person named, and has to be typed once more when data is left.
    """
    from accounts.vending.closing import ClosingPlanner
    from cells.cli.org_apply import carry_out
    from cells.cli.org_plan import observe_live, plan_json, print_plan, write_plan
    from cells.cli.organization_target import organization_target

    if typed is not None and typed != wanted:
        raise InputError(f"--data-is-gone says '{typed}', but '{wanted}' is to be closed", hint="type its name")
    with management_clients(workspace, target, profile) as clients:
        planner = ClosingPlanner(
            workspace.organization, workspace.platform.topology, observe_live(workspace, clients, quiet=json)
        )
        if reopen:
            plan = planner.reopen(names)
        else:
            plan = planner.close(names, datetime.now(UTC).date())
            if typed is None:
                chosen = organization_target(workspace, clients.caller, target, profile)
                _refuse_remains(workspace, chosen, planner, names, wanted=wanted, quiet=json)
        if out is None:
            carry_out(plan, workspace, clients, state=state, break_lock=break_lock, yes=yes, json=json)
            return
    write_plan(plan, out)
    if json:
        output.as_json(plan_json(plan))
    else:
        print_plan(plan)


def _refuse_remains(
    workspace: "Workspace",
    target: "Target",
    planner: "ClosingPlanner",
    names: Sequence[str],
    *,
    wanted: str,
    quiet: bool,
) -> None:
    """Raise DataLossError when something is left in an account that is not suspended yet, or nobody can look."""
    from cells.cli.remains import remains_of

    spec = workspace.organization
    second_key = f"when all that is in it may go: --data-is-gone {wanted}"
    for name in names:
        if planner.is_suspended(name):
            continue
        account = planner.id_of(name)
        with output.progress(f"looking into {name}", quiet=quiet):
            left = remains_of(target, account, spec.governed_regions, organization=spec.name)
        if left is None:
            raise DataLossError(
                f"nobody can look into the account {name} ({account}): it has no role that lets us in",
                hint=f"look yourself; {second_key}",
            )
        if left:
            shown = [f"  {one}" for one in left[:_SHOWN]]
            more = [f"  … and {len(left) - _SHOWN} more"] if len(left) > _SHOWN else []
            raise DataLossError(
                "\n".join([f"the account {name} ({account}) is not empty:", *shown, *more]),
                hint=f"destroy its cell first (cells destroy); {second_key}",
            )
