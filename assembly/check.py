"""Every check of a cloud assembly in one call: three tools, weak references, backups, the register of exceptions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING

from assembly.backups import not_backed_up
from assembly.document import Json, JsonObject
from assembly.exceptions import RuleException, declared
from assembly.findings import Finding, Source
from assembly.judge import Judgement, judge
from assembly.load import CloudAssembly
from assembly.references import missing_outputs
from assembly.structural import STRUCTURAL

if TYPE_CHECKING:
    from constructs import IConstruct

_NAG_RULES = "AwsSolutions-"


@dataclass(frozen=True)
class CheckReport:
    """What was found, what of it is excused, and what is wrong with the register itself."""

    on: date
    """The day as of which exceptions were judged."""
    judgement: Judgement
    seconds: Mapping[Source, float]
    """How long each tool took; they run side by side, so the sum is more than the whole."""
    not_judged: tuple[RuleException, ...]
    """Exceptions from rules of a tool that did not run, so nobody knows whether they are used."""

    @property
    def passed(self) -> bool:
        """Whether nothing is unexcused, expired or unused."""
        return not (self.judgement.unexcused or self.judgement.expired or self.judgement.unused)

    @property
    def exit_code(self) -> int:
        """0 when the check passed, 1 when it did not."""
        return 0 if self.passed else 1

    def as_json(self) -> JsonObject:
        """Return the report for a machine. Everything but `seconds` is equal from run to run."""
        judgement = self.judgement
        return {
            "passed": self.passed,
            "on": self.on.isoformat(),
            "unexcused": list[Json](finding.as_json() for finding in judgement.unexcused),
            "excused": list[Json](excused.as_json() for excused in judgement.excused),
            "expired": list[Json](excused.as_json() for excused in judgement.expired),
            "unused": list[Json](exception.as_json() for exception in judgement.unused),
            "notJudged": list[Json](exception.as_json() for exception in self.not_judged),
            "seconds": {source: round(seconds, 3) for source, seconds in self.seconds.items()},
        }


def check(
    assembly: CloudAssembly,
    *,
    on: date,
    app: IConstruct | None = None,
    names: Mapping[str, str] | None = None,
    structural: Collection[RuleException] = STRUCTURAL,
) -> CheckReport:
    """Check all templates of an assembly and judge what was found as of a day.

    cdk-nag reads constructs, not templates: it runs when the `app` that synthesized the assembly is given. `names`
    are values of identity that may be in the ids of its findings: `{"acme-crm": "product"}`.
    """
    exceptions, flaws = declared(assembly)
    findings, seconds = _run(assembly, app, names)
    judged, not_judged = _judgeable((*exceptions, *_applicable(structural, assembly)), nag_ran="cdk-nag" in seconds)
    order = {stack.id: position for position, stack in enumerate(assembly.stacks)}
    in_order = sorted([*findings, *flaws], key=lambda finding: (order[finding.stack], finding))
    return CheckReport(on=on, judgement=judge(in_order, judged, on), seconds=seconds, not_judged=not_judged)


def _run(
    assembly: CloudAssembly, app: IConstruct | None, names: Mapping[str, str] | None
) -> tuple[list[Finding], dict[Source, float]]:
    """Run the tools side by side: one works in native code, one in Python, one in Node.

    cdk-nag stays in the calling thread, because the bridge to Node serves one thread only.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        linting = pool.submit(_timed, lambda: _lint(assembly))
        validating = pool.submit(_timed, lambda: _validate(assembly))
        results: dict[Source, tuple[list[Finding], float]] = {}
        if app is not None:
            results["cdk-nag"] = _timed(lambda: _nag(app, assembly, names))
        results["cloudformation-validate"] = validating.result()
        results["cfn-lint"] = linting.result()
    results["references"] = _timed(lambda: _references(assembly))
    results["backups"] = _timed(lambda: not_backed_up(assembly))
    found = [finding for findings, _ in results.values() for finding in findings]
    return found, {source: seconds for source, (_, seconds) in results.items()}


def _timed(tool: Callable[[], list[Finding]]) -> tuple[list[Finding], float]:
    start = perf_counter()
    findings = tool()
    return findings, perf_counter() - start


# Each tool is imported when it runs: together they take a second, and cdk-nag starts Node.


def _validate(assembly: CloudAssembly) -> list[Finding]:
    from assembly.validate import validate

    return validate(assembly)


def _lint(assembly: CloudAssembly) -> list[Finding]:
    from assembly.lint import lint

    return lint(assembly)


def _nag(app: IConstruct, assembly: CloudAssembly, names: Mapping[str, str] | None) -> list[Finding]:
    from assembly.nag import nag

    return nag(app, assembly, names)


def _references(assembly: CloudAssembly) -> list[Finding]:
    stacks = {(stack.stack_name, stack.region): stack for stack in assembly.stacks}
    return [
        Finding.about(
            stacks[reference.consumer, reference.consumer_region],
            "",
            rule="cells-missing-output",
            message=f"{reference}, which this assembly does not define",
            severity="error",
            source="references",
        )
        for reference in missing_outputs(assembly)
    ]


def _applicable(structural: Collection[RuleException], assembly: CloudAssembly) -> tuple[RuleException, ...]:
    """Leave out the structural exceptions for types that the assembly does not have: they cannot be used here."""
    present = {stack.resource_type(logical_id) for stack in assembly.stacks for logical_id in stack.resources}
    return tuple(exception for exception in structural if exception.resource_types & present)


def _judgeable(
    exceptions: Collection[RuleException], *, nag_ran: bool
) -> tuple[tuple[RuleException, ...], tuple[RuleException, ...]]:
    skipped = tuple(e for e in exceptions if e.rule.startswith(_NAG_RULES) and not nag_ran)
    return tuple(exception for exception in exceptions if exception not in skipped), skipped
