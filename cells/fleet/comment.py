"""The comment of a pull request: how each step went, then what changes. Always within GitHub's size."""

from __future__ import annotations

from collections.abc import Sequence

from cells.fleet.diff import FleetDiff
from cells.fleet.gate import Verdict
from cells.fleet.markdown import Part, cell_code, fence, fit, parts_of

MARKER = "<!-- cells: pull request -->"
"""The first line: by it the poster finds the comment that it wrote before. GitHub does not show it."""

_MOST_DETAILS = 40

Step = tuple[str, str, float, str, tuple[str, ...]]
"""Name, state, seconds, one line, and what went wrong."""


def comment_text(
    steps: Sequence[Step], diff: FleetDiff | None, verdict: Verdict | None, *, full_at: str = "", limit: int
) -> str:
    """Write the comment. What was not reached, because the run was stopped, is said to be missing."""
    parts = [Part(MARKER, MARKER)]
    if diff is not None and verdict is not None:
        head, *rest = parts_of(diff, verdict)
    else:
        head, rest = Part("### Cells: not compared", "### Cells: not compared"), []
    parts += [head, *_steps(steps, compared=diff is not None), *rest]
    return fit(parts, limit=limit, full_at=full_at)


def _steps(steps: Sequence[Step], *, compared: bool) -> list[Part]:
    rows = [
        f"| {name} | {'**failed**' if state == 'failed' else state} | {seconds:.0f} s | {cell_code(said)} |"
        for name, state, seconds, said, _ in steps
    ]
    table = "\n".join(["| step | result | took | |", "|---|---|---|---|", *rows])
    found = [Part(table, table)]
    for name, state, _, _, details in steps:
        if state == "failed" and details and not (name == "diff" and compared):  # the diff tells its own below
            more = [f"… and {len(details) - _MOST_DETAILS} more"] if len(details) > _MOST_DETAILS else []
            text = f"#### {name} failed\n\n{fence([*details[:_MOST_DETAILS], *more], 'text')}"
            found.append(Part(text, f"#### {name} failed"))
    return found
