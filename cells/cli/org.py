"""`cells org`: the organization around the cells."""

import typer

from cells.cli.org_adopt import adopt
from cells.cli.org_apply import apply
from cells.cli.org_bootstrap import bootstrap
from cells.cli.org_close import close_account
from cells.cli.org_drift import drift
from cells.cli.org_plan import plan
from cells.cli.org_prove import prove
from cells.cli.org_show import show

app = typer.Typer(
    help="Plan, build, prove and show the organization around the cells.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(plan)
app.command()(apply)
app.command()(bootstrap)
app.command()(adopt)
app.command()(drift)
app.command()(prove)
app.command()(show)
app.command("close-account")(close_account)
