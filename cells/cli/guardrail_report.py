"""The proof of the guardrails as a page that an auditor reads, filters and prints: HTML, or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cells.cli.guardrail_proof import Outcome, Proof
from cells.cli.markdown import table
from constructs_lib.specs.errors import InputError

_TEMPLATES = Path(__file__).parent / "pages"
_MARKDOWN, _HTML = ".md", ".html"


def refuse_unwritable(path: Path) -> None:
    """Raise InputError for a file that is neither HTML nor Markdown, or in no folder."""
    if path.suffix not in (_HTML, _MARKDOWN):
        raise InputError(f"cannot write a report as '{path.name}'", hint="end its name with .html or .md")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder '{path.parent}'", hint="make it, or name another file")


@dataclass(frozen=True)
class Row:
    """One call, and all accounts in which it comes to the same."""

    sentence: str
    who: str
    accounts: tuple[str, ...]
    action: str
    resource: str
    must: str
    """`work` or `fail`."""
    decided_by: str
    """The guardrail that denied it; empty when none did."""
    reason: str
    """Why it came out wrong; empty when it did not."""
    passed: bool
    vital: bool
    """Whether somebody is locked out when it fails."""


@dataclass(frozen=True)
class GuardrailReport:
    """What the page says."""

    organization: str
    proof: Proof
    summary: str
    policies: Sequence[tuple[str, str, int, int]]
    """Name, unit, characters and the quota of each attached policy."""
    summaries: Mapping[str, str]
    """What each guardrail is for, by its name."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The calls in the order of the table, those that came out wrong first."""
        return tuple(sorted(_rows(self.proof.outcomes), key=lambda row: row.passed))

    @property
    def counted(self) -> Sequence[tuple[str, str, int]]:
        """Each guardrail that denies calls, what it is for, and how many."""
        return [(name, self.summaries.get(name, ""), count) for name, count in sorted(self.proof.denied_by.items())]

    def write(self, path: Path) -> None:
        """Write the page, as the name of the file says."""
        path.write_text(self.html() if path.suffix == _HTML else self.markdown(), encoding="utf-8")

    def html(self) -> str:
        """One page that needs nothing else: no network, no fonts, no files beside it."""
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        pages = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        return pages.get_template("guardrail_report.html").render(report=self) + "\n"

    def markdown(self) -> str:
        """The same as tables, for a repository or a ticket."""
        return "\n".join(self._markdown_lines()) + "\n"

    def _markdown_lines(self) -> Iterator[str]:
        yield from (f"# Guardrails of {self.organization}", "", f"{self.summary}.", "")
        yield from (f"- does not hold: {line}" for line in self.proof.unset)
        yield from (f"- nothing proves the guardrail {name}" for name in self.proof.unproved)
        yield from ("", "## Policies", "")
        rows = [(name, unit, str(size), str(limit)) for name, unit, size, limit in self.policies]
        yield from table(("policy", "on", "characters", "of"), rows)
        yield from ("", "## Guardrails", "")
        yield from table(
            ("guardrail", "what for", "calls it denies"), [(*one[:2], str(one[2])) for one in self.counted]
        )
        yield from ("", "## Calls", "")
        yield from table(
            ("what happens", "who", "in", "action", "on", "must", "comes out", "decided by"),
            [
                (
                    row.sentence,
                    row.who,
                    ", ".join(row.accounts),
                    f"`{row.action}`",
                    f"`{row.resource}`",
                    row.must,
                    "right" if row.passed else f"**wrong**: {row.reason}",
                    row.decided_by,
                )
                for row in self.rows
            ],
        )


def _rows(outcomes: Iterable[Outcome]) -> Iterator[Row]:
    together: dict[Row, list[str]] = {}
    for one in outcomes:
        together.setdefault(_row(one), []).append(one.account)
    for row, accounts in together.items():
        yield replace(row, accounts=tuple(dict.fromkeys(accounts)))


def _row(one: Outcome) -> Row:
    """The row of a call, without its accounts."""
    return Row(
        sentence=one.call.sentence,
        who=one.call.who,
        accounts=(),
        action=one.call.action,
        resource=one.call.resource,
        must="work" if one.call.works else "fail",
        decided_by=one.guardrail,
        reason="" if one.passed else one.decision.reason,
        passed=one.passed,
        vital=one.call.vital,
    )
