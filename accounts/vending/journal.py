"""What was asked of AWS and what it answered, step by step: the memory of a run that was killed.

A run writes one log. As long as it did not end well, the next run reads it and goes on writing it.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from accounts.vending.lock import Clock, now
from accounts.vending.store import Store
from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import CellsError

Event = Literal["begin", "start", "asked", "done", "waits", "failed", "end"]
_RUN = "run.json"


class Entry(Spec):
    """One line of the journal."""

    at: datetime
    plan: str
    """Digest of the plan."""
    event: Event
    step: str = ""
    detail: str = ""
    """What AWS answered: the id of a request or of an account, or the error."""


class _Run(Spec):
    name: str


class Journal:
    """The journal of the run that is under way."""

    def __init__(self, store: Store, plan: str, *, clock: Clock = now) -> None:
        """`plan` is the digest of the plan."""
        self._store = store
        self._plan = plan
        self._clock = clock
        self._lock = threading.Lock()
        self._open = store.read(_RUN)
        self._name = _Run.model_validate_json(self._open.text).name if self._open else ""
        self._requests = self._read_requests() if self._open else {}

    @property
    def resumed(self) -> bool:
        """Whether an earlier run did not end well."""
        return self._open is not None

    def begin(self) -> None:
        """Open the log, unless an earlier run left it open."""
        if self._open is None:
            self._name = f"journal/{self._clock():%Y%m%dT%H%M%S%f}-{self._plan[:8]}.jsonl"
            self._store.create(_RUN, _Run(name=self._name).model_dump_json())
            self._open = self._store.read(_RUN)
        self.note("begin")

    def note(self, event: Event, step: str = "", detail: str = "") -> None:
        """Write a line; when this returns, it is kept."""
        entry = Entry(at=self._clock(), plan=self._plan, event=event, step=step, detail=detail)
        with self._lock:
            self._store.append(self._name, entry.model_dump_json(exclude_defaults=True))

    def request_of(self, step: str) -> str:
        """The id that AWS gave to an earlier run's request for a step that did not end; empty when there is none."""
        return self._requests.get(step, "")

    def end(self) -> None:
        """Close the log: everything went well."""
        self.note("end")
        if self._open is not None:
            self._store.remove(_RUN, version=self._open.version)

    def _read_requests(self) -> dict[str, str]:
        requests: dict[str, str] = {}
        for line in self._store.lines(self._name):
            entry = self._entry(line)
            if entry is None:
                continue
            if entry.event == "asked":
                requests[entry.step] = entry.detail
            elif entry.event == "done":
                # A step that failed may have a request that AWS still works on.
                requests.pop(entry.step, None)
        return requests

    def _entry(self, line: str) -> Entry | None:
        try:
            return Entry.model_validate_json(line)
        except ValidationError as error:
            # A crash cuts a line short, and the next run goes on below it. Anything else is no line of ours.
            if '{"at":'.startswith(line[:6]):
                return None
            raise CellsError(
                f"{self._name} in {self._store} has a line that is no entry: {line[:80]}",
                hint="mend or remove the line; AWS is asked about every step anyway",
            ) from error
