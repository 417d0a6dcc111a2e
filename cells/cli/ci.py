"""`cells ci`: what continuous integration runs on a pull request, in one command that a person can run as well."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.ci_steps import STEPS, Run
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError

CommentFile = Annotated[
    Path | None, typer.Option("--comment", metavar="FILE", help="Write the result as Markdown for a pull request.")
]
COMMENT_LIMIT = 60_000
"""Characters of a comment: GitHub takes 65,536."""
SUMMARY_LIMIT = 900_000
"""Characters of a job summary: GitHub takes 1 MiB, and some characters are several bytes."""

SummaryFile = Annotated[
    Path | None,
    typer.Option("--summary", metavar="FILE", help="Write the same with nothing cut, as for GitHub's job summary."),
]
FullAt = Annotated[
    str,
    typer.Option(
        "--full-at", metavar="URL", help="Where the whole text is, when the comment is cut.", show_default=False
    ),
]
Skip = Annotated[
    list[str] | None,
    typer.Option("--skip", metavar="STEP", help=f"Leave a step out: {', '.join(STEPS)}. May be repeated."),
]


def ci(
    base: options.OptionalBase = None,
    comment: CommentFile = None,
    summary: SummaryFile = None,
    full_at: FullAt = "",
    skip: Skip = None,
    isolated: options.Isolated = False,
    on: options.On = None,
    json: options.Json = False,
) -> None:
    """Run what a pull request has to pass: validate, synth, diff against the base, check, tests.

    Every step runs, also after one that failed. Needs no AWS credentials. Ends with 3 when data would be lost, else
    with the worst of the steps: 0 all passed, 1 something failed, 2 wrong input.
    Example: cells ci --base main --comment comment.md
    """
    if base is None:
        raise InputError("nothing to compare with", hint="name a git ref: cells ci --base main")
    unknown = [name for name in skip or () if name not in STEPS]
    if unknown:
        raise InputError(f"there is no step '{unknown[0]}'", hint=f"the steps are {', '.join(STEPS)}")
    run = Run(open_workspace(), base, options.day(on), isolated, quiet=json)
    try:
        run.work(tuple(skip or ()))
    finally:
        if comment is not None:
            comment.write_text(_text(run, COMMENT_LIMIT, full_at), encoding="utf-8")
        if summary is not None:
            summary.write_text(_text(run, SUMMARY_LIMIT, full_at), encoding="utf-8")
    if json:
        output.as_json(_machine(run))
    else:
        output.say("passed" if not run.exit_code else f"failed: {', '.join(_failed(run))}")
    if run.exit_code:
        raise typer.Exit(run.exit_code)


def _text(run: Run, limit: int, full_at: str) -> str:
    from cells.fleet.comment import comment_text

    steps = [(step.name, step.state, step.seconds, step.said, tuple(step.details)) for step in run.steps]
    return comment_text(steps, run.diff, run.verdict, full_at=full_at, limit=limit)


def _failed(run: Run) -> Iterator[str]:
    return (step.name for step in run.steps if step.exit_code)


def _machine(run: Run) -> dict[str, JsonValue]:
    from cells.fleet.diff import fleet_json
    from cells.fleet.gate import verdict_json

    return {
        "exit_code": run.exit_code,
        "steps": [
            {
                "step": step.name,
                "state": step.state,
                "exit_code": step.exit_code,
                "seconds": round(step.seconds, 1),
                "said": step.said,
                "details": list[JsonValue](step.details),
            }
            for step in run.steps
        ],
        "diff": fleet_json(run.diff) if run.diff else None,
        "gate": verdict_json(run.verdict) if run.verdict else None,
    }
