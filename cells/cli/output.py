"""What commands print: aligned tables, sections and JSON on standard output; progress and notes on standard error.

Tables are drawn by hand, because importing rich costs as much as resolving a plan. Rich draws what moves.
"""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import typer
from pydantic import JsonValue

_WIDEST = 72
"""A longer cell does not push away the column after it."""


def say(text: str = "") -> None:
    """A line of result."""
    typer.echo(text)


def title(text: str) -> None:
    """The head of a section."""
    typer.secho(text, bold=True)


def wrapped(line: str, *, indent: int) -> str:
    """A long line over several, each after the first indented: on a terminal only, so that a log can be searched."""
    if not sys.stdout.isatty():
        return line
    columns = max(60, shutil.get_terminal_size().columns)
    return "\n".join(textwrap.wrap(line, columns, subsequent_indent=" " * indent, break_long_words=False))


def note(text: str) -> None:
    """Something that a person should know and a machine need not read."""
    typer.secho(f"note: {text}", err=True, fg="yellow")


def as_json(value: JsonValue | Mapping[str, JsonValue] | Sequence[JsonValue]) -> None:
    """The result for a machine: the only thing on standard output."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, indent: str = "") -> None:
    """Rows under headers, aligned. The last column may be of any length."""
    for number, row in enumerate(_aligned([tuple(header.upper() for header in headers), *rows])):
        typer.secho(f"{indent}{row}".rstrip(), bold=number == 0)


def pairs(rows: Sequence[Sequence[str]], *, indent: str = "  ") -> None:
    """Rows without headers, aligned."""
    for row in _aligned(rows):
        typer.echo(f"{indent}{row}".rstrip())


@contextmanager
def progress(text: str, *, quiet: bool = False) -> Iterator[None]:
    """Shows that something over a second goes on: it moves on a terminal, and is one line in a log."""
    if quiet or not sys.stderr.isatty():
        if not quiet:
            typer.echo(f"{text} …", err=True)
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{text} …"):
        yield


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    columns = max((len(row) for row in rows), default=0)
    shown = [[len(row[column]) for row in rows if column < len(row)] for column in range(columns)]
    widths = [max((length for length in lengths if length <= _WIDEST), default=0) for lengths in shown]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
