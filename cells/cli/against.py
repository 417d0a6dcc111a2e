"""The two things that cells are compared with: a commit, and what is deployed. One result for both."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.fleet.cell_name import CellName

if TYPE_CHECKING:
    from cells.deploy.change import StackChange
    from cells.deploy.change_set import Asked
    from cells.fleet.diff import FleetDiff
    from cells.plan import CellPlan


def against_base(
    workspace: Workspace,
    ref: str,
    *,
    products: Sequence[str] = (),
    environments: Sequence[str] = (),
    modules: str | None = None,
    merge_base: bool = False,
    isolated: bool = False,
    quiet: bool = False,
) -> "FleetDiff":
    """Compare cells with those of a commit. Needs no credentials and no network (but for `isolated`, once)."""
    from cells.cli.base import Base
    from cells.cli.comparison import Comparison, Wanted
    from cells.cli.git import Git
    from cells.cli.meter import Meter

    git = Git(workspace.root)
    commit = git.commit(ref)
    if merge_base:
        commit = git.merge_base(commit, git.commit("HEAD"))
    base = Base(workspace.root, git, commit, isolated=isolated)
    context = {} if modules is None else {"modules": modules}
    wanted = Wanted(tuple(products), tuple(environments), context)
    return Comparison(workspace, base, wanted, Meter(quiet=quiet)).run()


def against_deployed(
    workspace: Workspace,
    product: str,
    environment: str,
    *,
    modules: str | None = None,
    target: str | None = None,
    profile: str | None = None,
    change_set: bool = False,
    quiet: bool = False,
) -> "tuple[FleetDiff, tuple[Asked, ...] | None]":
    """Compare one cell with the templates in its account; a cell without an account, with nothing.

    With `change_set` also what CloudFormation says. Raises InputError for missing credentials.
    """
    from cells.cli.live import aws_errors, changes_from_nothing, open_cell
    from cells.cli.progress import reporter_of
    from cells.cli.target import target_of

    plan = workspace.plan(product, choice(environment=environment, modules=modules))
    reporter = reporter_of(quiet)
    if plan.pending:
        return _as_fleet(plan, changes_from_nothing(workspace, plan, reporter), "nothing: it has no account yet"), None
    with aws_errors():
        chosen = target_of(workspace.root, target, profile)
        chosen.verify(plan.account)
        cell = open_cell(workspace, plan, chosen, reporter)
        changes = cell.deployment.changes()
        asked = None
        if change_set:
            from cells.deploy.change_set import ask

            asked = ask(cell.deployment, changes)
    return _as_fleet(plan, changes, f"what is deployed in {plan.account} ({chosen.name})"), asked


def _as_fleet(plan: "CellPlan", changes: "Sequence[StackChange]", base: str) -> "FleetDiff":
    from assembly.diff.change import AssemblyDiff
    from cells.cli.comparison import words_of
    from cells.fleet.diff import CellDiff, FleetDiff, Status

    refreshed = [change.stack.stack_name for change in changes if change.action == "refresh"]
    notes = [*plan.notes, *(change.note for change in changes if change.note)]
    notes += [
        f"{name} is deployed again although its template is the same: values that it reads have changed"
        for name in refreshed
    ]
    diff = AssemblyDiff(tuple(change.diff for change in changes))
    name = CellName(plan.identity.product, plan.identity.environment)
    actions = {change.action for change in changes}
    status: Status = "same" if actions <= {"keep"} else "new" if actions <= {"create"} else "changed"
    cell = CellDiff(name, status, diff, words_of(plan)) if status != "same" else CellDiff(name, "same")
    return FleetDiff(base, "the project's files", (cell,), tuple(notes), partial=True)
