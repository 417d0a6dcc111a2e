"""What becomes of cells, as Markdown for a pull request: the conclusion first, each change once, within a size.

Everything that comes from templates and files stands inside code, so that nothing in it is taken for markup, a
mention or a link.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from assembly.diff.change import Action, AssemblyDiff, Direction, ResourceChange, SecurityChange, StackDiff
from assembly.diff.group import Group
from assembly.diff.text import (
    DONE,
    danger,
    fate,
    lines_of,
    name_of,
    outputs_text,
    property_text,
    stack_summary,
    values_of,
)
from cells.fleet.diff import FleetDiff, short_stack
from cells.fleet.gate import Loss, Verdict, change_file_text

_SIGNS: dict[Action, str] = {"create": "+", "update": "~", "replace": "!", "remove": "-"}
"""The signs that GitHub colours in a `diff` block."""
_DIRECTIONS: dict[Direction, str] = {"wider": "!", "narrower": "-", "changed": "~"}
_MOST_PROPERTIES = 10
_MOST_ROWS = 60
_RESERVE = 400
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
    return [Part(text, text) for text in head] + [part for group in diff.groups for part in _group(group)]


def fit(parts: Sequence[Part], *, limit: int, full_at: str) -> str:
    """Put parts together: in full as long as there is room for the short form of all others."""
    left = limit - _RESERVE
    waiting = sum(len(part.short) + 2 for part in parts)
    told: list[str] = []
    shortened = 0
    for part in parts:
        waiting -= len(part.short) + 2
        text = part.full if len(part.full) + waiting + 2 <= left else part.short
        shortened += text != part.full
        if len(text) + 2 > left:
            shortened += 1
            break
        told.append(text)
        left -= len(text) + 2
    if shortened:
        where = (
            f"[the whole text]({full_at})" if full_at else "the whole text: run `cells diff --base` with the same base"
        )
        told.append(f"_{shortened} parts did not fit into this comment and are cut: {where}._")
    return "\n\n".join(told) + "\n"


def _headline(diff: FleetDiff, verdict: Verdict) -> str:
    affected, total = len(diff.affected), len(diff.cells)
    what = f"{affected} of {total} cells change" if affected else f"none of {total} cells changes"
    if verdict.blocked:
        danger_text = "**data would be lost**"
    elif verdict.losses:
        danger_text = "data is let go by a change file"
    else:
        danger_text = "no data is lost"
    failed = f" · **{len(diff.failed)} cannot be compared**" if diff.failed else ""
    return f"### Cells: {what} · {danger_text}{failed}\n\n`{diff.now}` compared with `{diff.base}`."


def _notes(diff: FleetDiff) -> list[str]:
    return ["\n".join(f"- {code(note)}" for note in diff.notes)] if diff.notes else []


def _table(diff: FleetDiff) -> list[str]:
    rows = [f"| {code(str(cell.cell))} | {code(_first_line(cell.reason))} |" for cell in diff.affected]
    if not rows:
        return []
    more = [f"| | {len(rows) - _MOST_ROWS} more |"] if len(rows) > _MOST_ROWS else []
    return ["\n".join(["| cell | what changes |", "|---|---|", *rows[:_MOST_ROWS], *more])]


def _losses(verdict: Verdict) -> list[str]:
    found = []
    if verdict.blocked:
        lines = [wrapped(f"- {loss_text(loss)}") for loss in verdict.blocked[:_MOST_ROWS]]
        found.append(f"#### Data would be lost\n\n{fence(lines)}\n\nKeep it as it was, or let it go by a change file:")
        found.append(fence([change_file_text(verdict.blocked[:_MOST_ROWS])], "yaml"))
    excused = [f"{loss.excused_by}: {loss_text(loss)}" for loss in verdict.losses if loss.excused_by]
    if excused:
        found.append(f"#### Data is let go\n\n{fence(excused[:_MOST_ROWS])}")
    if verdict.unused:
        names = ", ".join(code(name) for name in verdict.unused)
        found.append(f"Change files that name nothing that would be lost, and can be deleted: {names}.")
    return found


def _failures(diff: FleetDiff) -> list[str]:
    if not diff.failed:
        return []
    lines = [f"{cell.cell}: {cell.error}" for cell in diff.failed[:_MOST_ROWS]]
    return [f"#### Cannot be compared\n\n{fence(lines)}"]


def _group(group: Group) -> list[Part]:
    names = ", ".join(code(label) for label in group.labels[:12])
    more = f" and {len(group.labels) - 12} more" if len(group.labels) > 12 else ""
    alike = f" ({len(group.labels)} cells change alike)" if len(group.labels) > 1 else ""
    title = f"#### {names}{more}{alike}"
    parts = [Part(title, title)]
    security = _security(group.diff)
    if security:
        parts.append(Part(security, f"Security: {len(list(group.diff.security))} changes."))
    told = [stack for stack in group.diff.stacks if stack.resources or stack.settings or not stack.outputs]
    parts += [_stack(stack) for stack in told or group.diff.stacks if stack.changed]
    return parts


def _security(diff: AssemblyDiff) -> str:
    changes = sorted(diff.security)
    return f"Security\n\n{fence([_security_line(change) for change in changes])}" if changes else ""


def _security_line(change: SecurityChange) -> str:
    return wrapped(f"{_DIRECTIONS[change.direction]} {change.subject}: {change.text}")


def wrapped(text: str) -> str:
    """A sentence over several lines of a code block, which GitHub does not wrap."""
    return "\n".join(textwrap.wrap(text, _WIDTH, subsequent_indent="      ", break_long_words=False))


def _stack(stack: StackDiff) -> Part:
    title = f"{short_stack(stack.id)}: {stack_summary(stack)}"
    lines = [f"~ {property_text(setting)}" for setting in stack.settings]
    shown = lines_of(stack, full=False)
    for change in shown.told:
        lines += _resource(change)
    if shown.followers:
        lines.append(f"~ {len(shown.followers)} more are updated in place, because what they refer to is replaced")
    if stack.outputs and stack.resources:
        lines.append(f"~ {outputs_text(stack)}")
    if not lines:
        return Part(f"- {title}", f"- {title}")
    # Open what needs a decision; fold the rest.
    opened = " open" if stack.endangered or stack.count("replace") or stack.count("remove") else ""
    full = f"<details{opened}><summary>{title}</summary>\n\n{fence(lines)}\n\n</details>"
    return Part(full, f"- {title}")


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
    """A text inside code on one line, also in a table."""
    plain = " ".join(text.split()).replace("|", "\\|")
    ticks = "`"
    while ticks in plain:
        ticks += "`"
    space = " " if "`" in plain else ""
    return f"{ticks}{space}{plain}{space}{ticks}"


def _first_line(text: str) -> str:
    lines = text.splitlines()
    return lines[0] if lines else ""
