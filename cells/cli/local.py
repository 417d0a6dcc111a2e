"""`cells local`: the embedded AWS on this machine."""

from typing import Annotated

import typer

from cells.cli import output
from cells.cli.options import Json
from cells.cli.project import open_workspace

app = typer.Typer(
    help="Start, stop and look at the embedded AWS on this machine.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Port = Annotated[
    int | None,
    typer.Option("--port", metavar="PORT", min=1024, max=65535, help="On loopback. Default: the first free from 4577."),
]


@app.command()
def up(port: Port = None, json: Json = False) -> None:
    """Start the embedded AWS, or find it running, with the accounts of the registry in it.

    Example: cells local up
    """
    from cells.cli import embedded

    workspace = open_workspace()
    with output.progress("starting the embedded AWS", quiet=json):
        embedded.start(workspace, port)
    _show(json=json)


@app.command()
def down(json: Json = False) -> None:
    """Stop the embedded AWS. What was in it is gone.

    Example: cells local down
    """
    from cells.cli import embedded

    ran = embedded.stop(open_workspace().root)
    if json:
        output.as_json({"stopped": ran})
    else:
        output.say("stopped" if ran else "it did not run")


@app.command()
def status(json: Json = False) -> None:
    """Say whether it runs, where, which accounts it has, and which resource types it only recorded.

    Example: cells local status
    """
    _show(json=json)


def _show(*, json: bool) -> None:
    from cells.cli import embedded

    found = embedded.status(open_workspace())
    if json:
        output.as_json(
            {
                "running": found.running,
                "endpoint": found.endpoint,
                "pid": found.pid,
                "log": found.log,
                "accounts": dict(found.accounts),
                "recorded": dict(found.recorded),
            }
        )
        return
    if not found.running:
        output.say("the embedded AWS does not run; start it: cells local up")
        return
    output.say(f"the embedded AWS runs at {found.endpoint} (process {found.pid}, log {found.log})")
    output.table(("account", "name"), list(found.accounts.items()), indent="  ")
    show_recorded(found.recorded)


def show_recorded(recorded: dict[str, int]) -> None:
    """Say which resource types are only recorded, because a green deploy proves nothing about them."""
    if recorded:
        output.title("Only recorded: checked and kept, but nothing answers for them")
        output.pairs([(type, str(count)) for type, count in recorded.items()])
