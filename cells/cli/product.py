"""`cells product`: what is done to a product as a whole."""

from typing import TYPE_CHECKING

import typer

from cells.cli import options, output
from cells.cli.org_apply import BreakLock, State
from cells.cli.org_close import DataIsGone, Reopen, walk
from cells.cli.org_plan import Out
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from cells.cli.workspace import Workspace

app = typer.Typer(help="Walk a product to its end.", add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def product() -> None:
    """Walk a product to its end."""


@app.command()
def close(
    product: options.Product,
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
    """Walk all accounts of a product to their end, in two runs.

    Destroy its cells first. The first run moves the accounts to the unit Suspended; the second, after
    `closing.cooling_off_days`, closes them, which cannot be undone. In between --reopen brings them back. The registry
    keeps their ids and address ranges as closed; delete the product's file after the second run.
    Example: cells product close acme-crm
    """
    workspace = open_workspace()
    walk(
        workspace,
        _accounts(workspace, product),
        wanted=product,
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
    path = workspace.products_path / f"{product}.yaml"
    if out is None and not reopen and not json and path.is_file():
        output.note(f"delete {path.relative_to(workspace.root)} when its accounts are closed; the registry keeps them")


def _accounts(workspace: "Workspace", product: str) -> list[str]:
    """The ids of a product's accounts that are not closed, each once."""
    cells = [cell for cell in workspace.registry.cells if cell.product == product]
    if not cells:
        raise InputError(
            f"the registry has no cell of a product '{product}'",
            hint=f"known: {', '.join(sorted({cell.product for cell in workspace.registry.cells})) or 'none'}",
        )
    found = dict.fromkeys(cell.account for cell in cells if cell.account and cell.state != "closed")
    if not found:
        raise InputError(f"the product '{product}' has no account that is open", hint="`cells org show` lists accounts")
    return list(found)
