"""What the register of exceptions makes of the findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from assembly.document import JsonObject
from assembly.exceptions import RuleException
from assembly.findings import Finding


@dataclass(frozen=True)
class Excused:
    """A finding and the exception that is about it."""

    finding: Finding
    exception: RuleException

    def as_json(self) -> JsonObject:
        """Return the pair for a machine."""
        return {"finding": self.finding.as_json(), "exception": self.exception.as_json()}


@dataclass(frozen=True)
class Judgement:
    """Findings, parted by what the register says of each, and the exceptions that excuse nothing."""

    unexcused: tuple[Finding, ...]
    excused: tuple[Excused, ...]
    expired: tuple[Excused, ...]
    unused: tuple[RuleException, ...]


def judge(findings: Iterable[Finding], exceptions: Collection[RuleException], on: date) -> Judgement:
    """Part the findings as of a day. A finding is excused by the first exception about it that still counts."""
    unexcused: list[Finding] = []
    excused: list[Excused] = []
    expired: list[Excused] = []
    used: set[RuleException] = set()
    for finding in findings:
        about = [exception for exception in exceptions if exception.names(finding)]
        used.update(about)
        valid = [exception for exception in about if not exception.expired(on)]
        if valid:
            excused.append(Excused(finding, valid[0]))
        elif about:
            expired.append(Excused(finding, about[0]))
        else:
            unexcused.append(finding)
    unused = tuple(exception for exception in exceptions if exception not in used)
    return Judgement(tuple(unexcused), tuple(excused), tuple(expired), unused)
