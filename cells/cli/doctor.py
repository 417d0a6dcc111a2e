"""`cells doctor`: whether everything is there that the commands need."""

import typer

from cells.cli import options, output
from cells.cli.project import open_workspace

_COLORS = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(json: options.Json = False) -> None:
    """Look whether this machine has everything that the commands need.

    Every line says what was found, and what to do about it. Ends with exit code 1 when something is missing.
    """
    from cells.cli.machine import diagnose

    found = diagnose(open_workspace())
    if json:
        output.as_json([{"name": one.name, "state": one.state, "found": one.found, "cure": one.cure} for one in found])
    else:
        widest = max(len(one.name) for one in found)
        for one in found:
            mark = typer.style(f"{one.state:<4}", fg=_COLORS[one.state])
            output.say(f"{mark}  {one.name:<{widest}}  {one.found}")
            if one.cure:
                output.say(f"      {'':<{widest}}  → {one.cure}")
    if any(one.state == "fail" for one in found):
        raise typer.Exit(1)
