"""The arguments and options that commands share, so that one word means one thing everywhere."""

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
