"""Synthesizes every cell that a checkout declares, several at once; what is there already is not made again."""

from pathlib import Path

from cells.cli import worker_pool
from cells.cli.meter import Meter
from cells.cli.scratch import scratch
from cells.cli.today import Today
from cells.cli.worker_pool import Answer
from cells.cli.workspace import Workspace

_UNFINISHED = Path(".cells") / "unfinished"


def synthesize_all(workspace: Workspace, *, quiet: bool = False) -> Today:
    """Synthesize all cells. What fails is told in `failures`, and does not stand in another's way."""
    today = Today(workspace, {})
    cells = today.plan(today.declared)
    with scratch(workspace.root / _UNFINISHED, "synth") as folder:
        jobs = today.waiting(cells, folder)
        with Meter(quiet=quiet).over(f"synthesizing {len(jobs)} cells", len(jobs)) as advance:

            def told(answer: Answer) -> None:
                advance()
                today.took(answer)

            worker_pool.synthesize([(today.checkout, jobs)], told)
    return today
