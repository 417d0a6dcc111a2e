"""One run at a time: a lock that names its owner and is told when it is in the way.

It is taken over from a process of this machine that does not run any more. From anybody else a person takes it.
"""

from __future__ import annotations

import os
import secrets
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from accounts.vending.running import is_gone
from accounts.vending.store import Document, Moved, Store
from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import InputError

LOCK = "lock.json"
Clock = Callable[[], datetime]


class Holder(Spec):
    """Who holds the lock."""

    owner: str
    """Such as `ana@laptop, process 4711`."""
    since: datetime
    machine: str = ""
    """What tells this machine, since it was started, from every other one."""
    process: int = 0
    token: str
    """Drawn for each run: a lock that somebody broke and took is not ours any more."""


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@contextmanager
def locked(store: Store, owner: str, *, break_lock: bool = False, clock: Clock = now) -> Iterator[None]:
    """Hold the lock of a store.

    Raises InputError when somebody holds it; `break_lock` takes it from them, for a run that died elsewhere.
    """
    holder = Holder(owner=owner, since=clock(), machine=_machine(), process=os.getpid(), token=secrets.token_hex(8))
    found = store.read(LOCK)
    if found is not None:
        if not break_lock and not _is_dead(_holder(found)):
            raise _held(store, found, clock)
        _remove(store, found)
    try:
        store.create(LOCK, holder.model_dump_json())
    except Moved:
        raise _held(store, store.read(LOCK), clock) from None
    try:
        yield
    finally:
        mine = store.read(LOCK)
        if mine is not None and _holder(mine) == holder:
            _remove(store, mine)


def _machine() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id")
    started = boot.read_text(encoding="ascii").strip() if boot.is_file() else f"{uuid.getnode():x}"
    return f"{socket.gethostname()} {started}"


def _is_dead(holder: Holder | None) -> bool:
    """Whether it is known that the holder does not run any more."""
    return holder is not None and bool(holder.process) and holder.machine == _machine() and is_gone(holder.process)


def _remove(store: Store, found: Document) -> None:
    try:
        store.remove(LOCK, version=found.version)
    except Moved:
        raise InputError(
            f"the lock in {store} changed hands meanwhile",
            hint="see who works on the organization, then run this again",
        ) from None


def _holder(found: Document) -> Holder | None:
    try:
        return Holder.model_validate_json(found.text)
    except ValidationError:
        # Its owner died while it wrote the lock.
        return None


def _held(store: Store, found: Document | None, clock: Clock) -> InputError:
    holder = _holder(found) if found else None
    who = "another run"
    if holder is not None:
        minutes = int((clock() - holder.since).total_seconds() // 60)
        who = f"{holder.owner}, since {holder.since:%Y-%m-%d %H:%M} UTC ({minutes} min)"
    return InputError(
        f"the organization is locked in {store} by {who}",
        hint="wait for it; when that run is dead, say --break-lock: nothing is done twice",
    )
