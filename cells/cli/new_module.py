"""`cells new-module`: a package with a module of your own, its spec, its test and its page."""

from pathlib import Path
from typing import Annotated

import typer

from cells.cli import options, output
from constructs_lib.specs.errors import InputError

Name = Annotated[str, typer.Argument(metavar="NAME", help="The module's name, such as loyalty.")]
Folder = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where the package goes. Default: cells-NAME, here.")
]


def new_module(name: Name, out: Folder = None, json: options.Json = False) -> None:
    """Write a package with a module of your own: the module, its spec, its test and its page. The test passes at once.

    Example: cells new-module loyalty
    """
    from accounts.ledger import write_whole
    from cells.cli.module_package import module_package

    files = module_package(name)
    folder = out or Path(f"cells-{name}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already", hint="name another folder with --out")
    for path, text in files.items():
        write_whole(folder / path, text)
    if json:
        output.as_json([str(folder / path) for path in files])
        return
    for path in files:
        output.say(f"wrote {folder / path}")
    output.say(f"next: pip install -e {folder} and pytest {folder}; then a product can pick '{name}'")
