"""Counts finished pieces of work: a bar on a terminal, one line in a log, nothing for a machine."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer


class Meter:
    """Writes to standard error, so that standard output is for results."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet

    @contextmanager
    def over(self, text: str, total: int) -> Iterator[Callable[[], None]]:
        """Show that `total` pieces of work go on. Call what it gives after each."""
        if self._quiet or not total:
            yield lambda: None
        elif not sys.stderr.isatty():
            typer.echo(f"{text} …", err=True)
            yield lambda: None
        else:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
                task = bar.add_task(text, total=total)
                yield lambda: bar.advance(task)
