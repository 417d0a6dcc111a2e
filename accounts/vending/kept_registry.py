"""A copy of the registry in the store: a machine of CI takes its checkout along when it vanishes, but not this.

The registry in the repository stays the truth. What a run recorded and nobody committed comes back from the copy with
the next run, wherever that is.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path

from pydantic import ValidationError

from accounts.ledger import record_accounts, record_organization
from accounts.vending.store import Store
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import Registry

NAME = "registry.json"
"""What the copy is called in the store."""


class KeptRegistry:
    """The copy. Safe to use from several threads."""

    def __init__(self, store: Store, path: Path) -> None:
        """`path` is the registry of the checkout."""
        self._store = store
        self._path = path
        self._lock = threading.Lock()
        self._copied: str | None = None
        """What this run copied last. Nobody else writes the copy while the organization is locked."""

    def restore(self, *, cells: Collection[str]) -> None:
        """Record ids that are in the copy and not in the checkout. `cells` are the names of accounts of cells.

        Raises InputError when the checkout has another id for one of them: nobody can know which is right. Also for a
        copy that is no registry, as when somebody edited it.
        """
        found = self._store.read(NAME)
        if found is None:
            return
        try:
            kept = Registry.model_validate_json(found.text)
        except ValidationError as error:
            raise InputError(
                f"{NAME} in {self._store} is no registry: {error.errors()[0]['msg']}",
                hint="take it away when accounts/registry.json is complete: the next run writes it anew",
            ) from None
        ids = {name: entry.id for name, entry in kept.accounts.items() if entry.id is not None}
        ids |= {
            cell.identity.prefix: cell.account
            for cell in kept.cells
            if cell.account is not None and cell.identity.prefix in cells
        }
        record_organization(self._path, kept.organization)
        record_accounts(self._path, ids, cells=cells)

    def keep(self) -> None:
        """Copy the registry. Raises Moved when another run did so meanwhile."""
        with self._lock:
            text = self._path.read_text(encoding="utf-8")
            if text == self._copied:
                return
            found = self._store.read(NAME)
            if found is None:
                self._store.create(NAME, text)
            elif found.text != text:
                self._store.replace(NAME, text, version=found.version)
            self._copied = text
