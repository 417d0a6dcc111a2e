"""The steps that a pull request has to pass. Each runs, also after one that failed, and says how it went."""

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

import typer

from cells.cli import output
from cells.cli.errors import report
from cells.cli.process import Process
from cells.cli.workspace import Workspace
from constructs_lib.specs.errors import CellsError, InputError

if TYPE_CHECKING:
    from cells.fleet.change_file import ChangeFile
    from cells.fleet.diff import FleetDiff
    from cells.fleet.gate import Verdict

StepName = Literal["validate", "synth", "diff", "check", "tests"]
State = Literal["not run", "passed", "failed", "skipped"]

STEPS: tuple[StepName, ...] = ("validate", "synth", "diff", "check", "tests")
"""In the order of cost, so that the first answer comes early."""

_LAST_LINES = 25
_OF_OUTER_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
_OF_MAKE = re.compile(r"g?make(\[\d+\])?: ")
"""What make says itself comes last, and is only that something failed."""


@dataclass
class Step:
    """One step and how it went."""

    name: StepName
    state: State = "not run"
    """`not run`: the command was stopped before its end."""
    exit_code: int = 0
    seconds: float = 0.0
    said: str = ""
    """One line for the table."""
    details: list[str] = field(default_factory=list)
    """What went wrong, for the log and the comment."""


@dataclass
class Run:
    """One run of all steps."""

    workspace: Workspace
    base: str
    on: date
    isolated: bool
    quiet: bool
    steps: list[Step] = field(default_factory=list)
    diff: "FleetDiff | None" = None
    verdict: "Verdict | None" = None

    def work(self, skipped: tuple[str, ...]) -> None:
        """Run every step that is not skipped."""
        work: dict[StepName, Callable[[Step], None]] = {
            "validate": self._validate,
            "synth": self._synth,
            "diff": self._diff,
            "check": self._check,
            "tests": self._tests,
        }
        self.steps = [Step(name, "skipped" if name in skipped else "not run") for name in STEPS]
        for step in self.steps:
            if step.state != "skipped":
                self._take(step, work[step.name])

    @property
    def exit_code(self) -> int:
        """3 when data would be lost, else the highest of the steps."""
        return max((step.exit_code for step in self.steps), default=0)

    def _take(self, step: Step, work: Callable[[Step], None]) -> None:
        started = time.monotonic()
        try:
            work(step)
        except (KeyboardInterrupt, typer.Abort):
            raise
        except Exception as error:
            told = report(error)
            step.exit_code = told.exit_code
            step.said = told.message.splitlines()[0]
            step.details += [told.message, *([f"hint: {told.hint}"] if told.hint else [])]
        step.seconds = time.monotonic() - started
        step.state = "failed" if step.exit_code else "passed"
        if not self.quiet:
            output.say(f"{step.state:<8} {step.name:<9} {step.seconds:6.1f} s  {step.said}")
            shown = step.name != "diff"  # which has printed more already
            for line in step.details if step.exit_code and shown else ():
                output.say(f"           {line}")

    def _validate(self, step: Step) -> None:
        """Every declared file, and the documents that are generated from the code."""
        from cells.cli.reference import stale_pages
        from cells.cli.schema import stale_schemas
        from cells.fleet.change_file import load_change_files

        workspace = self.workspace
        _ = (workspace.organization, workspace.registry, workspace.landing)
        wrong: list[str] = []
        names = workspace.product_names()
        files: Mapping[str, ChangeFile] = {}
        for name in names:
            try:
                workspace.declared(name)
            except CellsError as error:
                wrong += error.message.splitlines()
        try:
            files = load_change_files(workspace.root)
        except CellsError as error:
            wrong += error.message.splitlines()
        stale = [*stale_pages(workspace.root), *stale_schemas(workspace.root)]
        wrong += [f"{path} is stale: make docs" for path in stale]
        step.details, step.exit_code = wrong, 2 if wrong else 0
        counts = f"{_counted(len(names), 'product')}, {_counted(len(files), 'change file')}"
        step.said = wrong[0] if wrong else f"organization, registry, {counts}"

    def _synth(self, step: Step) -> None:
        """Every cell of today. The diff uses the same assemblies."""
        from cells.cli.fleet_synthesis import synthesize_all

        done = synthesize_all(self.workspace, quiet=self.quiet)
        step.details = [
            f"{cell}: {failure.error}" for cell, failure in sorted(done.failures.items(), key=lambda item: item[0])
        ]
        step.exit_code = 1 if done.failures else 0
        step.said = step.details[0] if done.failures else _counted(len(done.plans), "cell")

    def _diff(self, step: Step) -> None:
        from cells.cli.against import against_base
        from cells.fleet.change_file import load_change_files
        from cells.fleet.gate import cure, exit_code, judge

        self.diff = against_base(self.workspace, self.base, isolated=self.isolated, quiet=self.quiet)
        self.verdict = judge(self.diff, load_change_files(self.workspace.root), self.on)
        if not self.quiet:
            from cells.cli.diff_report import show_fleet

            show_fleet(self.diff, self.verdict, full=False)
        step.exit_code = exit_code(self.diff, self.verdict)
        blocked = len(self.verdict.blocked)
        lost = f", {_counted(blocked, 'resource')} with data would be lost" if blocked else ""
        step.said = f"{self.diff.summary}{lost}, compared with {self.diff.base}"
        step.details = [f"{cell.cell}: {cell.error}" for cell in self.diff.failed]
        for loss in self.verdict.blocked:
            step.details.append(f"{loss.cell}: {loss.change.stack}/{loss.change.logical_id} holds {loss.change.holds}")
        if self.verdict.blocked:
            step.details.append(f"hint: {cure(self.verdict.blocked[0])}")

    def _check(self, step: Step) -> None:
        """Every check, on the cells that change; on all when that is not known."""
        from cells.cli.check import findings_of

        changed = None if self.diff is None else [one.cell for one in self.diff.affected if one.status != "gone"]
        found = findings_of(self.workspace, self.on, changed, quiet=self.quiet)
        wrong = [f"{cell}: {finding}" for cell, findings in found.items() for finding in findings]
        step.details, step.exit_code = wrong, 1 if wrong else 0
        looked_at = _counted(len(found), "cell")
        step.said = (
            f"{_counted(len(wrong), 'finding')} in {looked_at}" if wrong else f"nothing unexcused in {looked_at}"
        )

    def _tests(self, step: Step) -> None:
        """The project's own checks and tests: what `make test` runs, without the setup."""
        root = self.workspace.root
        if not (root / "Makefile").is_file():
            raise InputError("no Makefile here, so there are no tests to run", hint="leave them out: --skip tests")
        lines: list[str] = []
        # Run from a make, it would take part in that one's options and jobs.
        variables = {name: value for name, value in os.environ.items() if name not in _OF_OUTER_MAKE}
        with Process(["make", "--no-print-directory", "checks"], folder=root, variables=variables) as process:
            for line in process.lines():
                lines.append(line)
                if not self.quiet:
                    typer.echo(line, err=True)
            code = process.wait()
        step.exit_code = 1 if code else 0
        told = [line for line in lines if line.strip()]
        step.said = next(
            (line for line in reversed(told) if not _OF_MAKE.match(line)), told[-1] if told else "no output"
        )
        step.details = lines[-_LAST_LINES:]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun if count == 1 else f'{noun}s'}"
