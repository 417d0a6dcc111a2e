"""The arguments and options that commands share, so that one word means one thing everywhere."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

Product = Annotated[str, typer.Argument(metavar="PRODUCT", help="The product's name, such as acme-crm.")]

Environment = Annotated[
    str, typer.Option("--environment", "-e", metavar="ENV", help="dev, staging, prod or sandbox.", show_default=True)
]

Modules = Annotated[
    str | None,
    typer.Option(
        "--modules", "-m", metavar="A,B", help="Modules by name, with commas. They replace the product file's."
    ),
]

Region = Annotated[
    str | None, typer.Option("--region", metavar="REGION", help="A governed region instead of the product's.")
]

Size = Annotated[
    str | None, typer.Option("--size", metavar="SIZE", help="prototype, dev, staging or prod instead of the product's.")
]

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Override a setting, such as database.max_acu=8. May be given repeatedly."
    ),
]

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]

TargetName = Annotated[
    str | None,
    typer.Option("--target", metavar="TARGET", help="local (the embedded AWS) or aws. With a profile: aws."),
]

Profile = Annotated[
    str | None, typer.Option("--profile", metavar="PROFILE", help="The profile with credentials of the cell's account.")
]

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: the plan is wanted as it is printed.")]

OutputFolder = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The folder of the cloud assembly. It is replaced as a whole.")
]

Base = Annotated[
    str, typer.Option("--base", metavar="REF", help="The git ref to compare with: a branch, a tag or a commit.")
]

OptionalBase = Annotated[
    str | None,
    typer.Option("--base", metavar="REF", help="Compare with a git ref: a branch, a tag or a commit. Offline."),
]

MergeBase = Annotated[
    bool, typer.Option("--merge-base", help="Compare with the commit at which this branch left the ref.")
]

Isolated = Annotated[
    bool,
    typer.Option("--isolated", help="Synthesize the ref with the packages that it locks, not with today's."),
]

On = Annotated[
    datetime | None,
    typer.Option(
        "--on",
        metavar="DATE",
        formats=["%Y-%m-%d"],
        help="Judge exceptions and change files as of a day. Default: today.",
        show_default=False,
    ),
]


def day(on: datetime | None) -> date:
    """The day that `--on` names, else today."""
    return on.date() if on else date.today()
