"""`cells check`: every check on a cell's templates."""

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cells.cli import options, output
from cells.cli.context import choice
from cells.cli.project import open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assembly.check import CheckReport
    from assembly.exceptions import RuleException
    from assembly.findings import Finding
    from assembly.judge import Excused
    from cells.cli.workspace import Workspace
    from cells.fleet.cell_name import CellName
    from cells.plan import CellPlan

_ALL = "all"

Environments = Annotated[
    str, typer.Option("--environment", "-e", metavar="ENV", help="One environment, or all that the product has.")
]
ShowExcused = Annotated[bool, typer.Option("--excused", help="List the excused findings too, with reason and owner.")]


def check(
    product: options.Product,
    environment: Environments = _ALL,
    modules: options.Modules = None,
    region: options.Region = None,
    size: options.Size = None,
    settings: options.Set = None,
    on: options.On = None,
    excused: ShowExcused = False,
    json: options.Json = False,
) -> None:
    """Run every check on a cell's templates.

    cloudformation-validate, cfn-lint, cdk-nag (AwsSolutions), the weak references between stacks, and
    whether what is kept is backed up. A finding that
    nobody excused, and an exception that is unused or has expired, end with exit code 1.
    """
    workspace = open_workspace()
    names = tuple(workspace.declared(product).spec.environments) if environment == _ALL else (environment,)
    chosen = [
        choice(environment=name, modules=modules, region=region, size=size, settings=settings or ()) for name in names
    ]
    plans = [workspace.plan(product, each) for each in chosen]
    day = options.day(on)
    reports: dict[str, CheckReport] = {}
    for plan in plans:
        with output.progress(f"checking {plan.identity.key}", quiet=json):
            reports[plan.identity.key] = _run(workspace.root, plan, day)
    if json:
        output.as_json({key: report.as_json() for key, report in reports.items()})
    else:
        for key, report in reports.items():
            _print(key, report, with_excused=excused)
    if not all(report.passed for report in reports.values()):
        raise typer.Exit(1)


def findings_of(
    workspace: "Workspace", day: date, cells: "Sequence[CellName] | None" = None, *, quiet: bool = False
) -> "dict[CellName, list[str]]":
    """What is wrong in cells (all that are declared, unless they are named), one line for each finding.

    A cell that cannot be planned or synthesized is a finding of its own.
    """
    from cells.cli.today import Today

    today = Today(workspace, {})
    wanted = sorted(today.declared) if cells is None else list(cells)
    planned = today.plan([cell for cell in wanted if cell in today.declared])
    found: dict[CellName, list[str]] = {cell: [] for cell in wanted}
    for cell in planned:
        with output.progress(f"checking {cell}", quiet=quiet):
            found[cell] = _lines(_run(workspace.root, today.plans[cell], day))
    for cell, failure in today.failures.items():
        if cells is None or cell in found:
            found[cell] = [failure.error]
    return found


def _lines(report: "CheckReport") -> list[str]:
    judgement = report.judgement
    late = [f"{one.finding} (was excused until {one.exception.expires})" for one in judgement.expired]
    return [*map(str, judgement.unexcused), *late, *(f"unused exception {one}" for one in judgement.unused)]


def _run(root: Path, plan: "CellPlan", day: date) -> "CheckReport":
    from assembly.check import check as check_assembly
    from assembly.load import CloudAssembly
    from cells.cli.synthesis import build

    with tempfile.TemporaryDirectory(prefix="cells-check-") as folder:
        app = build(root, plan, Path(folder))
        return check_assembly(CloudAssembly.load(folder), on=day, app=app, names=identity_words(plan))


def identity_words(plan: "CellPlan") -> dict[str, str]:
    """The words of a cell's identity, and what an exception writes in their place."""
    return {
        plan.identity.product: "product",
        plan.identity.environment: "environment",
        plan.domain: "domain",
    }


def _print(key: str, report: "CheckReport", *, with_excused: bool) -> None:
    judgement = report.judgement
    output.title(key)
    for finding in judgement.unexcused:
        _print_finding(finding)
    for late in judgement.expired:
        _print_finding(late.finding)
        output.say(f"    was excused until {late.exception.expires}: {late.exception.reason}")
    for exception in judgement.unused:
        output.say(f"  unused exception  {exception}")
    if with_excused and judgement.excused:
        headers = ("rule", "resource", "owner", "expires", "reason")
        output.table(headers, _excused_rows(judgement.excused), indent="  ")
    wrong = {
        "unexcused": len(judgement.unexcused),
        "expired": len(judgement.expired),
        "unused exceptions": len(judgement.unused),
    }
    said = ", ".join(f"{count} {word}" for word, count in wrong.items() if count) or "nothing unexcused"
    output.say(f"  {said}; {len(judgement.excused)} excused as of {report.on}")


def _print_finding(finding: "Finding") -> None:
    where = finding.path or (f"{finding.stack}/{finding.logical_id}" if finding.logical_id else finding.stack)
    at = f" ({finding.location})" if finding.location else ""
    output.say(f"  {finding.severity:<8}{finding.rule}  {where}{at}")
    output.say(f"    {finding.message}")


def _excused_rows(excused: "tuple[Excused, ...]") -> list[tuple[str, ...]]:
    """One row for each exception, with the number of findings that it excuses."""
    counts: dict[RuleException, int] = {}
    for pair in excused:
        counts[pair.exception] = counts.get(pair.exception, 0) + 1
    return [_row(exception, count) for exception, count in counts.items()]


def _row(exception: "RuleException", count: int) -> tuple[str, ...]:
    where = (
        f"{exception.stack}/{exception.resource}"
        if exception.stack
        else f"every {', '.join(sorted(exception.resource_types))}"
    )
    times = f" ({count} findings)" if count > 1 else ""
    return (exception.rule, f"{where}{times}", exception.owner, exception.expires.isoformat(), exception.reason)
