"""Writes the ids of accounts into the registry at once: when `record` returns, the line is on disk and in the store."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from pathlib import Path

from accounts.ledger import record_accounts
from accounts.vending.kept_registry import KeptRegistry
from accounts.vending.reporter import Reporter
from constructs_lib.specs.errors import CellsError


class Recorder:
    """Records accounts for several threads. Those that wait for each other share one write."""

    def __init__(self, path: Path, *, cells: Collection[str], reporter: Reporter, kept: KeptRegistry) -> None:
        """`cells` are the names of accounts that belong to cells; `kept` is the registry's copy in the store."""
        self._path = path
        self._kept = kept
        self._cells = cells
        self._reporter = reporter
        self._adding = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: dict[str, str] = {}

    def record(self, ids: Mapping[str, str]) -> None:
        """Write down ids by name. Raises InputError when the registry has another id for a name."""
        with self._adding:
            self._waiting.update(ids)
        with self._writing:
            with self._adding:
                batch, self._waiting = self._waiting, {}
            # Empty: whoever wrote before took ours along.
            if batch:
                self._write(batch, ids)

    def _write(self, batch: Mapping[str, str], own: Mapping[str, str]) -> None:
        try:
            homeless = record_accounts(self._path, batch, cells=self._cells)
        except CellsError:
            if batch.keys() <= own.keys():
                raise
            # Somebody else's may be to blame: it gets its own error, and ours is written by itself.
            with self._adding:
                self._waiting = {**{name: id for name, id in batch.items() if name not in own}, **self._waiting}
            homeless = record_accounts(self._path, own, cells=self._cells)
        self._kept.keep()
        for name in homeless:
            text = f"account {name} ({batch[name]}) has no place in the registry yet: `cells new` makes it"
            self._reporter.note(text)
