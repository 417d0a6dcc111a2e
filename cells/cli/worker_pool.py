"""Synthesizes cells in processes of their own, several at once, with the code of one checkout or another."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import cells.fleet
from cells.cli.cdk import find_node
from cells.cli.cores import cores
from cells.cli.flags import cdk_flags
from cells.cli.process import Process
from cells.fleet.cell_name import CellName

_PAUSE_SECONDS = 0.02
_FEWEST = 3
"""Cells that a process of its own is worth: it takes as long to start as two cells take."""
_MOST_PROCESSES = 8
_STRIPPED = ("AWS_", "CDK_", "PYTHON", "JSII_")
"""Synth needs no credentials and no network, so it gets none; and no Python path that would mix two checkouts."""


@dataclass(frozen=True)
class Checkout:
    """Whose code synthesizes: the project's root in it, and the Python that runs it."""

    root: Path
    python: Path
    node: Path | None = None


@dataclass(frozen=True)
class Job:
    """One cell to synthesize, into a folder that is there and empty."""

    cell: CellName
    folder: Path
    context: Mapping[str, str] = field(default_factory=dict)
    """What the command line says on top: `modules`, `size`, `region`."""


@dataclass(frozen=True)
class Answer:
    """How it went. `error` is empty when it went well."""

    job: Job
    error: str = ""
    hint: str = ""


def synthesize(work: Sequence[tuple[Checkout, Sequence[Job]]], told: Callable[[Answer], None]) -> None:
    """Synthesize the jobs of several checkouts side by side, and tell of each when it is done.

    Raises CellsError when a process cannot be started. However it ends, no process is left.
    """
    busy = [(checkout, jobs) for checkout, jobs in work if jobs]
    with ExitStack() as stack:
        workers = [
            stack.enter_context(_Worker(checkout, part))
            for checkout, jobs in busy
            for part in _parts(jobs, _processes() // len(busy))
        ]
        while workers:
            for worker in list(workers):
                running = worker.running()
                for answer in worker.answers(ended=not running):
                    told(answer)
                if not running:
                    workers.remove(worker)
            time.sleep(_PAUSE_SECONDS)


def _processes() -> int:
    return max(1, min(cores(), _MOST_PROCESSES))


def _parts(jobs: Sequence[Job], processes: int) -> list[list[Job]]:
    count = max(1, min(processes, len(jobs) // _FEWEST))
    return [list(jobs[number::count]) for number in range(count)]


class _Worker:
    def __init__(self, checkout: Checkout, jobs: Sequence[Job]) -> None:
        self._waiting = {str(number): job for number, job in enumerate(jobs)}
        asked = {
            "root": str(checkout.root),
            "flags": cdk_flags(checkout.root),
            "jobs": [
                {
                    "cell": number,
                    "folder": str(job.folder),
                    "context": {
                        "productName": job.cell.product,
                        "environment": job.cell.environment,
                        **job.context,
                    },
                }
                for number, job in self._waiting.items()
            ],
        }
        script = Path(cells.fleet.__path__[0]) / "worker.py"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_STRIPPED)}
        variables = {**kept, "JSII_NODE": str(checkout.node or find_node()), "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = Process(
            [str(checkout.python), "-P", str(script)],
            folder=checkout.root,
            variables=variables,
            hint="make setup",
            errors_apart=True,
            told=json.dumps(asked),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.end()

    def running(self) -> bool:
        return self._process.running()

    def answers(self, *, ended: bool) -> list[Answer]:
        """What has come since the last look. Of a process that ended early, what it left undone has failed."""
        found = []
        for line in self._process.new_lines():
            said = json.loads(line)
            found.append(Answer(self._waiting.pop(said["cell"]), said["error"], said["hint"]))
        if ended and self._waiting:
            code = self._process.wait()
            last = next(
                (line for line in reversed(self._process.errors.splitlines()) if line.strip()), "no reason given"
            )
            found += [
                Answer(job, f"the process that synthesizes ended with {code}: {last}") for job in self._waiting.values()
            ]
            self._waiting = {}
        return found
