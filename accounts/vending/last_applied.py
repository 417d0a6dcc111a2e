"""The organization as the last run left it: the third side of drift, beside what is declared and what is there."""

from __future__ import annotations

from datetime import datetime

from accounts.vending.live import LiveOrganization
from accounts.vending.store import Store
from constructs_lib.specs.base import Spec

_NAME = "applied.json"


class LastApplied(Spec):
    """What a run left behind."""

    at: datetime
    plan: str
    """Digest of the plan."""
    live: LiveOrganization


def last_applied(store: Store) -> LastApplied | None:
    """What the last run left; None before the first one."""
    found = store.read(_NAME)
    return LastApplied.model_validate_json(found.text) if found else None


def save_applied(store: Store, applied: LastApplied) -> None:
    """Keep what a run left. Raises Moved when another run wrote it meanwhile."""
    text = applied.model_dump_json()
    found = store.read(_NAME)
    if found is None:
        store.create(_NAME, text)
    else:
        store.replace(_NAME, text, version=found.version)
