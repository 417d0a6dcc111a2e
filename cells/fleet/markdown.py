"""What becomes of cells, as Markdown for a pull request: the conclusion first, each change once, within a size.

Everything that comes from templates and files stands inside code, so that nothing in it is taken for markup, a
mention or a link.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from assembly.diff.change import Action, AssemblyDiff, Direction, ResourceChange, SecurityChange, StackDiff
from assembly.diff.group import Group
from assembly.diff.text import (
    DONE,
    causes_text,
    counted_noun,
    danger,
    fate,
    lines_of,
    name_of,
    outputs_text,
    property_text,
    stack_summary,
    stacks_of,
    values_of,
)
from cells.fleet.diff import FleetDiff, short_stack
from cells.fleet.gate import Loss, Verdict, change_file_text

_SIGNS: dict[Action, str] = {"create": "+", "update": "~", "replace": "!", "remove": "-"}
"""The signs that GitHub colours in a `diff` block."""
_DIRECTIONS: dict[Direction, str] = {"wider": "!", "narrower": "-", "changed": "~"}
_MOST_PROPERTIES = 10
_MOST_ROWS = 60
_MOST_NAMES = 12
_LONGEST_CELL = 240
_WIDTH = 112


@dataclass(frozen=True)
class Part:
    """A piece of the text, and what stands in its place when there is no room."""

    full: str
    short: str


def markdown(diff: FleetDiff, verdict: Verdict, *, limit: int, full_at: str = "") -> str:
    """Write a comparison as Markdown of at most `limit` characters. `full_at` is where the rest can be read."""
    return fit(parts_of(diff, verdict), limit=limit, full_at=full_at)


def parts_of(diff: FleetDiff, verdict: Verdict) -> list[Part]:
    """The pieces of a comparison, the headline first."""
    head = [_headline(diff, verdict), *_notes(diff), *_table(diff), *_losses(verdict), *_failures(diff)]
    return head + [part for group in diff.groups for part in _group(group)]


def fit(parts: Sequence[Part], *, limit: int, full_at: str) -> str:
    """Put parts together: in full as long as there is room for the short form of all others."""
    room = limit - len(_cut_text(len(parts), full_at)) - 1
    waiting = sum(len(part.short) + 2 for part in parts)
    told: list[str] = []
    cut = 0
    for number, part in enumerate(parts):
        waiting -= len(part.short) + 2
        text = part.full if len(part.full) + waiting + 2 <= room else part.short
        if len(text) + 2 > room:
            cut += len(parts) - number
            break
        cut += text != part.full
        told.append(text)
        room -= len(text) + 2
    if cut:
        told.append(_cut_text(cut, full_at))
    return "\n\n".join(told) + "\n"


def _cut_text(count: int, full_at: str) -> str:
    where = f"see [the whole text]({full_at})" if full_at else "run `cells diff --base` with the same base to read all"
    return f"_{count} {counted_noun('part', count)} of this text {'is' if count == 1 else 'are'} cut: {where}._"


def _whole(text: str) -> Part:
    """A part that has no short form."""
    return Part(text, text)


def _headline(diff: FleetDiff, verdict: Verdict) -> Part:
    if verdict.blocked:
        danger_text = "**data would be lost**"
    elif verdict.losses:
        danger_text = "data is let go by a change file"
    else:
        danger_text = "no data is lost"
    failed = f" · **{len(diff.failed)} cannot be compared**" if diff.failed else ""
    compared = f"{code(diff.now)} compared with {code(diff.base)}."
    return _whole(f"### Cells: {diff.summary} · {danger_text}{failed}\n\n{compared}")


def _notes(diff: FleetDiff) -> list[Part]:
    count = len(diff.notes)
    text = "\n".join(f"- {code(note)}" for note in diff.notes)
    return [Part(text, f"There is no room for {count} {counted_noun('note', count)}.")] if count else []


def _table(diff: FleetDiff) -> list[Part]:
    rows = [f"| {cell_code(str(cell.cell))} | {cell_code(_first_line(cell.reason))} |" for cell in diff.affected]
    if not rows:
        return []
    more = [f"| | … and {len(rows) - _MOST_ROWS} more |"] if len(rows) > _MOST_ROWS else []
    text = "\n".join(["| cell | what changes |", "|---|---|", *rows[:_MOST_ROWS], *more])
    return [Part(text, "There is no room for the table of these cells.")]


def _losses(verdict: Verdict) -> list[Part]:
    found = []
    blocked, excused = verdict.blocked, [loss for loss in verdict.losses if loss.excused_by]
    if blocked:
        lines = fence(_most([wrapped(f"- {loss_text(loss)}") for loss in blocked]))
        found.append(_losing("Data would be lost", len(blocked), lines))
        cure = "Keep it as it was, or let it go by a change file"
        more = max(0, len(blocked) - _MOST_ROWS)
        text = fence([change_file_text(blocked[:_MOST_ROWS], more=more)], "yaml")
        found.append(Part(f"{cure}:\n\n{text}", f"{cure}."))
    if excused:
        lines = fence(_most([wrapped(f"{loss.excused_by}: {loss_text(loss)}") for loss in excused]))
        found.append(_losing("Data is let go", len(excused), lines))
    if verdict.unused:
        count = len(verdict.unused)
        names = ", ".join(code(name) for name in verdict.unused[:_MOST_NAMES])
        said = "Change files that name nothing that would be lost, and can be deleted"
        found.append(Part(f"{said}: {names}{_and_more(count, _MOST_NAMES)}.", f"{said}: {count}."))
    return found


def _losing(title: str, count: int, lines: str) -> Part:
    return Part(f"#### {title}\n\n{lines}", f"#### {title}: {count} {counted_noun('resource', count)}")


def _failures(diff: FleetDiff) -> list[Part]:
    if not diff.failed:
        return []
    lines = fence(_most([f"{cell.cell}: {cell.error}" for cell in diff.failed]))
    count = len(diff.failed)
    return [
        Part(f"#### Cannot be compared\n\n{lines}", f"#### Cannot be compared: {count} {counted_noun('cell', count)}")
    ]


def _most(lines: Sequence[str]) -> list[str]:
    """As many lines as are told, and how many there are more."""
    more = [f"… and {len(lines) - _MOST_ROWS} more"] if len(lines) > _MOST_ROWS else []
    return [*lines[:_MOST_ROWS], *more]


def _and_more(count: int, most: int) -> str:
    return f" and {count - most} more" if count > most else ""


def _group(group: Group) -> list[Part]:
    count = len(group.labels)
    names = ", ".join(code(label) for label in group.labels[:_MOST_NAMES])
    alike = f" ({count} cells change alike)" if count > 1 else ""
    parts = [_whole(f"#### {names}{_and_more(count, _MOST_NAMES)}{alike}"), *_security(group.diff)]
    return parts + [_stack(stack) for stack in stacks_of(group.diff, full=False)]


def _security(diff: AssemblyDiff) -> list[Part]:
    changes = sorted(diff.security)
    if not changes:
        return []
    lines = fence([_security_line(change) for change in changes])
    return [Part(f"Security\n\n{lines}", f"Security: {len(changes)} {counted_noun('change', len(changes))}.")]


def _security_line(change: SecurityChange) -> str:
    return wrapped(f"{_DIRECTIONS[change.direction]} {change.subject}: {change.text}")


def wrapped(text: str) -> str:
    """A sentence over several lines of a code block, which GitHub does not wrap."""
    return "\n".join(textwrap.wrap(text, _WIDTH, subsequent_indent="      ", break_long_words=False))


def _stack(stack: StackDiff) -> Part:
    name, what = " ".join(short_stack(stack.id).split()), stack_summary(stack)
    short = f"- {code(name)}: {what}"
    lines = [f"~ {property_text(setting)}" for setting in stack.settings]
    shown = lines_of(stack, full=False)
    for change in shown.told:
        lines += _resource(change)
    if shown.followers:
        causes = {cause for change in shown.followers for cause in change.follows}
        verb = "is" if len(shown.followers) == 1 else "are"
        lines.append(f"~ {len(shown.followers)} more {verb} updated in place, because {causes_text(causes)}")
    if stack.outputs and stack.resources:
        lines.append(f"~ {outputs_text(stack)}")
    if not lines:
        return _whole(short)
    # Open what needs a decision; fold the rest.
    opened = " open" if stack.endangered or stack.count("replace") or stack.count("remove") else ""
    title = f"<summary><code>{escape(name)}</code>: {what}</summary>"
    return Part(f"<details{opened}>{title}\n\n{fence(lines)}\n\n</details>", short)


def _resource(change: ResourceChange) -> list[str]:
    lines = [f"{_SIGNS[change.action]} {name_of(change)} ({change.type}) {fate(change)}"]
    if danger(change):
        lines.append(f"!     {danger(change)}")
    lines += [f"      {note}" for note in change.notes]
    values = values_of(change, full=False)
    lines += [f"      {line}" for line in values[:_MOST_PROPERTIES]]
    if len(values) > _MOST_PROPERTIES:
        lines.append(f"      … and {len(values) - _MOST_PROPERTIES} more")
    return lines


def loss_text(loss: Loss) -> str:
    """One loss on one line."""
    change = loss.change
    late = f" ({loss.expired} has expired)" if loss.expired else ""
    where = f"{loss.cell} {change.stack}/{change.logical_id}"
    return f"{where}: {change.holds} ({change.type} is {DONE[change.action]}){late}"


def fence(lines: Sequence[str], language: str = "diff") -> str:
    """Lines inside a code block that nothing in them can end."""
    text = "\n".join(lines)
    ticks = "```"
    while ticks in text:
        ticks += "`"
    return f"{ticks}{language}\n{text}\n{ticks}"


def code(text: str) -> str:
    """A text inside code on one line. Nothing is no code: two backticks would open one."""
    plain = " ".join(text.split())
    if not plain:
        return ""
    ticks = "`"
    while ticks in plain:
        ticks += "`"
    space = " " if "`" in plain else ""
    return f"{ticks}{space}{plain}{space}{ticks}"


def cell_code(text: str) -> str:
    """A text inside code in a cell of a table: a bar would end the cell, and a long text fill the page."""
    plain = " ".join(text.split())
    short = plain if len(plain) <= _LONGEST_CELL else f"{plain[:_LONGEST_CELL]}…"
    return code(short.replace("|", "\\|"))


def _first_line(text: str) -> str:
    lines = text.splitlines()
    return lines[0] if lines else ""
