"""Live progress on a terminal; plain lines in a log; nothing for a machine that reads JSON."""

import sys
import time

from rich.console import Console
from rich.text import Text

from cells.deploy.reporter import Reporter, ResourceEvent, Silence

_COLORS = {"FAILED": "red", "COMPLETE": "green", "PROGRESS": "yellow"}


class Progress:
    """Writes what happens to standard error, so that standard output is for results."""

    def __init__(self, *, events: bool = True) -> None:
        self._console = Console(file=sys.stderr, highlight=False)
        self._events = events
        self._started = time.monotonic()

    def step(self, text: str) -> None:
        """Something starts."""
        self._write("▸", text, "bold")

    def done(self, text: str) -> None:
        """Something ended well."""
        self._write("✓", text, "green")

    def note(self, text: str) -> None:
        """Something that a person should know."""
        self._write("!", text, "yellow")

    def command(self, line: str) -> None:
        """A program starts; this is its line."""
        self._console.print(Text(f"          $ {line}", style="dim"), soft_wrap=True)

    def event(self, event: ResourceEvent) -> None:
        """A resource changed."""
        if not self._events:
            return
        color = _COLORS.get(event.status.rpartition("_")[2], "")
        line = Text.assemble(
            "          ", (f"{event.status:<28}", color), f" {event.logical_id} ", (f"({event.type})", "dim")
        )
        if event.failed and event.reason:
            line.append(f": {event.reason}", style="red")
        self._console.print(line, soft_wrap=True)

    def _write(self, sign: str, text: str, style: str) -> None:
        seconds = time.monotonic() - self._started
        self._console.print(Text.assemble((f"{seconds:6.1f} s ", "dim"), (f"{sign} {text}", style)), soft_wrap=True)


def reporter_of(json: bool, *, events: bool = True) -> Reporter:
    """Progress for a person, silence for a machine."""
    return Silence() if json else Progress(events=events)
