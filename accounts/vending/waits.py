"""A step that neither worked nor failed: it waits for somebody else, and a later run goes on."""

from __future__ import annotations

from collections.abc import Callable

from accounts.vending.patience import Patience

_PAUSE_SECONDS = 15.0
_LONGEST_SECONDS = 3600.0


class Waits(Exception):
    """What a step waits for, and what brings it further."""

    def __init__(self, reason: str, *, region: str = "") -> None:
        """`region` is the one that has to be opened first, when it is that."""
        super().__init__(reason)
        self.reason = reason
        self.region = region


class Watch:
    """Looks whether something is there: once, or again and again for an hour when somebody asked to wait."""

    def __init__(self, patience: Patience, *, on: bool) -> None:
        self._patience = patience
        self._on = on

    def until(self, there: Callable[[], bool]) -> bool:
        """Whether it is there in the end."""
        waited = 0.0
        while not there():
            if not self._on or waited >= _LONGEST_SECONDS:
                return False
            self._patience.sleep(_PAUSE_SECONDS)
            waited += _PAUSE_SECONDS
        return True
