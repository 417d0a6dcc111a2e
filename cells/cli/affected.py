"""`cells affected`: which cells a change touches."""

from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cells.fleet.diff import CellDiff, FleetDiff

MOST_JOBS = 256
"""GitHub starts at most so many jobs of one matrix."""

Products = Annotated[
    list[str] | None, typer.Argument(metavar="[PRODUCT]...", help="Products by name; all when none is named.")
]
Environments = Annotated[
    list[str] | None,
    typer.Option("--environment", "-e", metavar="ENV", help="An environment; may be repeated. Default: all."),
]
Matrix = Annotated[
    bool, typer.Option("--matrix", help='Print one line of JSON for a GitHub matrix: {"include": [...]}.')
]


def affected(
    products: Products = None,
    base: options.OptionalBase = None,
    environment: Environments = None,
    merge_base: options.MergeBase = False,
    isolated: options.Isolated = False,
    matrix: Matrix = False,
    json: options.Json = False,
) -> None:
    """List the cells that a change touches, each with the reason.

    Computed from the rendered templates of both sides, not from the names of changed files: a refactor touches nothing.
    A cell that does not synthesize on one side is listed, because nobody can say, and the command ends with 1.
    Example: cells affected --base main --matrix
    """
    if base is None:
        raise InputError("nothing to compare with", hint="name a git ref: cells affected --base main")
    if json and matrix:
        raise InputError("--json and --matrix cannot be combined", hint="choose one")
    from cells.cli.against import against_base
    from cells.fleet.diff import fleet_json
    from cells.fleet.gate import failed_code

    found = against_base(
        open_workspace(),
        base,
        products=products or (),
        environments=environment or (),
        merge_base=merge_base,
        isolated=isolated,
        quiet=json or matrix,
    )
    if json:
        output.as_json(fleet_json(found, groups=False))
    else:
        _print(found, matrix=matrix)
    if code := failed_code(found):
        raise typer.Exit(code)


def _print(found: "FleetDiff", *, matrix: bool) -> None:
    for note in found.notes:
        output.note(note)
    if matrix:
        output.say(matrix_line(found.affected))
        return
    if found.affected:
        rows = [(str(cell.cell), cell.status, cell.reason) for cell in found.affected]
        output.table(("cell", "status", "reason"), rows)
    output.say(f"{len(found.affected)} of {len(found.cells)} cells affected, compared with {found.base}")


def matrix_line(cells: "Sequence[CellDiff]") -> str:
    """The cells that can be worked on, as GitHub's `strategy.matrix` takes them.

    Cells that are gone or do not synthesize are left out. GitHub refuses an empty matrix: let the job run only when
    `fromJSON(...).include[0]` is there. Raises InputError for more cells than GitHub starts jobs.
    """
    from json import dumps

    rows: list[JsonValue] = [
        {
            "cell": str(cell.cell),
            "product": cell.cell.product,
            "environment": cell.cell.environment,
            "status": cell.status,
        }
        for cell in cells
        if cell.status in ("changed", "new")
    ]
    if len(rows) > MOST_JOBS:
        raise InputError(
            f"{len(rows)} cells are affected, and GitHub starts at most {MOST_JOBS} jobs of a matrix",
            hint="divide them: cells affected --matrix PRODUCT ..., or -e ENV",
        )
    return dumps({"include": rows}, separators=(",", ":"))
