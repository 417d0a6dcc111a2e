"""Asks before something is changed."""

import typer

from cells.cli import output
from constructs_lib.specs.errors import CellsError


def agreed(question: str, *, otherwise: str, hint: str) -> bool:
    """Whether a person agrees. On a no it notes what is so `otherwise`, such as `nothing was deployed`.

    The question goes to standard error, so that standard output stays for the answer of the command. Raises CellsError
    with the hint when nobody answers.
    """
    try:
        wanted = typer.confirm(question, err=True)
    except typer.Abort:
        raise CellsError(f"nobody answered, so {otherwise}", hint=hint) from None
    if not wanted:
        output.note(otherwise)
    return wanted
