"""Runs the steps of a plan in their order: what one step fails stops what needs it, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from accounts.vending.changes import Changes
from accounts.vending.errors import told
from accounts.vending.journal import Journal
from accounts.vending.order import Chain, given_by, needs_of, stages_of
from accounts.vending.reporter import Reporter
from accounts.vending.step import Step
from accounts.vending.waits import Waits
from accounts.vending.words import line_of, name_of
from constructs_lib.specs.errors import CellsError


class Run:
    """One run over steps that are not done yet."""

    def __init__(self, changes: Changes, journal: Journal, reporter: Reporter, *, at_once: int) -> None:
        """`at_once` chains go at the same time."""
        self._changes = changes
        self._journal = journal
        self._reporter = reporter
        self._at_once = at_once
        self._stopping = threading.Event()
        self._broken: dict[str, str] = {}
        self._held: dict[str, str] = {}
        self.done: list[str] = []
        """Names of the steps that were done, in the order in which they ended."""
        self.failed: dict[str, CellsError] = {}
        """Why steps were not done, by their names."""
        self.waiting: dict[str, str] = {}
        """What steps wait for that neither worked nor failed, by their names."""
        self.closed: set[str] = set()
        """The regions that steps wait for: a policy closes them."""

    def all(self, steps: Sequence[Step]) -> None:
        """Do the steps. What AWS refuses is in `failed` then; everything else is raised."""
        for stage in stages_of(steps):
            self._stage(stage)

    def _stage(self, chains: Sequence[Chain]) -> None:
        if self._at_once == 1 or len(chains) == 1:
            for chain in chains:
                self._chain(chain)
            return
        with ThreadPoolExecutor(self._at_once) as pool:
            futures = [pool.submit(self._chain, chain) for chain in chains]
            try:
                ended, _ = wait(futures, return_when=FIRST_EXCEPTION)
                for future in ended:
                    future.result()
            except BaseException:
                self._stopping.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _chain(self, chain: Chain) -> None:
        for step in chain:
            if self._stopping.is_set():
                return
            self._step(step)

    def _step(self, step: Step) -> None:
        name, line = name_of(step), line_of(step)
        missing = next((self._broken[need] for need in needs_of(step) if need in self._broken), "")
        if missing:
            self._fail(step, CellsError(f"{line}: waits for {missing}", hint="mend that first, then run this again"))
            return
        held = next((self._held[need] for need in needs_of(step) if need in self._held), "")
        if held:
            self._hold(step, f"{line}: after {held}")
            return
        self._journal.note("start", name)
        self._reporter.step(line)
        try:
            with told(line):
                answer = self._changes.make(step)
        except Waits as waits:
            self._journal.note("waits", name, waits.reason)
            self._reporter.note(f"waits: {line}: {waits.reason}")
            if waits.region:
                self.closed.add(waits.region)
            self._hold(step, f"{line}: {waits.reason}")
            return
        except CellsError as error:
            self._journal.note("failed", name, error.message)
            self._fail(step, error)
            return
        self._journal.note("done", name, answer)
        self.done.append(name)
        self._reporter.done(line)

    def _hold(self, step: Step, reason: str) -> None:
        self.waiting[name_of(step)] = reason
        if given_by(step):
            self._held[given_by(step)] = name_of(step)

    def _fail(self, step: Step, error: CellsError) -> None:
        name = name_of(step)
        self.failed[name] = error
        self._reporter.note(f"failed: {error.message}")
        if given_by(step):
            self._broken[given_by(step)] = name
