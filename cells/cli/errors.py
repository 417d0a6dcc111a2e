"""Turns an error into `error: what`, `hint: what to change` and an exit code. No traceback without --debug."""

import traceback
from dataclasses import dataclass

import typer

EXIT_FAILED = 1
EXIT_INPUT = 2
EXIT_INTERRUPTED = 130

_DEBUG_HINT = "add --debug to see where; please report it with that"


@dataclass(frozen=True)
class Report:
    """What a person reads of an error, and what the process ends with."""

    message: str
    hint: str
    exit_code: int


def report(error: BaseException) -> Report:
    """What to say about an error.

    The rooms that stand alone (`assembly`, `local`) have errors of their own with `message` and `hint`, so those are
    known by their shape.
    """
    if isinstance(error, KeyboardInterrupt):
        return Report("interrupted", "run the same command again: it goes on from what is there", EXIT_INTERRUPTED)
    if isinstance(error, typer.Abort):
        return Report("not confirmed, so nothing was done", "add --yes where nobody can answer", EXIT_FAILED)
    usage = _usage(error)
    if usage:
        return usage
    message, hint = getattr(error, "message", None), getattr(error, "hint", None)
    if isinstance(message, str) and isinstance(hint, str):
        exit_code = getattr(error, "exit_code", EXIT_FAILED)
        return Report(message, hint, exit_code if isinstance(exit_code, int) else EXIT_FAILED)
    if _from_jsii(error):
        return Report(f"the CDK refused: {_first_line(error)}", _DEBUG_HINT, EXIT_FAILED)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return Report(f"{where}{(error.strerror or str(error)).lower()}", "", EXIT_FAILED)
    return Report(f"internal: {type(error).__name__}: {_first_line(error)}", _DEBUG_HINT, EXIT_FAILED)


def show(error: BaseException, *, debug: bool) -> int:
    """Print an error to standard error. Returns the exit code."""
    if debug and not isinstance(error, KeyboardInterrupt):
        traceback.print_exception(error)
    told = report(error)
    typer.secho(f"error: {told.message}", err=True, fg="red")
    if told.hint:
        typer.echo(f"hint: {told.hint}", err=True)
    return told.exit_code


def _usage(error: BaseException) -> Report | None:
    """A wrong option or argument, as the parser says it; it knows the command that was meant."""
    context = getattr(error, "ctx", None)
    words = getattr(error, "format_message", None)
    if not callable(words):
        return None
    message = str(words()).strip().rstrip(".")
    command = getattr(context, "command_path", "cells")
    return Report(f"{message[:1].lower()}{message[1:]}", f"`{command} --help` shows what it takes", EXIT_INPUT)


def _from_jsii(error: BaseException) -> bool:
    """Whether the CDK raised it. jsii turns what its constructs refuse into RuntimeErrors with a cause of its own."""
    return any(type(one).__module__.partition(".")[0] == "jsii" for one in (error, error.__cause__))


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "no message")
