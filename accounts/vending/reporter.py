"""Who is told what happens while it happens."""

from __future__ import annotations

import threading
from typing import Protocol


class Reporter(Protocol):
    """Shows progress to a person, or keeps quiet for a machine."""

    def step(self, text: str) -> None:
        """Something starts."""

    def done(self, text: str) -> None:
        """Something ended well."""

    def note(self, text: str) -> None:
        """Something that a person should know."""


class OneAtATime:
    """Passes on what several threads say, one after the other."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._lock = threading.Lock()

    def step(self, text: str) -> None:
        """Something starts."""
        with self._lock:
            self._reporter.step(text)

    def done(self, text: str) -> None:
        """Something ended well."""
        with self._lock:
            self._reporter.done(text)

    def note(self, text: str) -> None:
        """Something that a person should know."""
        with self._lock:
            self._reporter.note(text)
