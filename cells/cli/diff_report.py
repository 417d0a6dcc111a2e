"""Prints what becomes of cells on a terminal: what would be lost first, then security, then every change."""

from collections.abc import Sequence

import typer

from assembly.diff.change import AssemblyDiff, Direction, ResourceChange, SecurityChange, StackDiff
from assembly.diff.text import (
    SIGNS,
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
from cells.cli import output
from cells.fleet.diff import FleetDiff, short_stack
from cells.fleet.gate import Loss, Verdict, cure

_COLORS = {"create": "green", "update": "", "replace": "yellow", "remove": "red"}
_DIRECTIONS: dict[Direction, str] = {"wider": "+", "narrower": "-", "changed": "~"}
_MOST_PROPERTIES = 8


def show_fleet(diff: FleetDiff, verdict: Verdict, *, full: bool) -> None:
    """Print a comparison of many cells: what fails, what comes and goes, and each change once."""
    for note in diff.notes:
        output.note(note)
    for cell in diff.failed:
        typer.secho(f"{cell.cell}: {cell.error}", fg="red")
        if cell.hint:
            output.say(f"  hint: {cell.hint}")
    for cell in diff.cells:
        if cell.status in ("new", "gone"):
            output.say(f"{cell.cell}: {cell.reason}")
    for number, group in enumerate(diff.groups):
        if number or diff.failed:
            output.say()
        output.title(_cells(group.labels))
        show_assembly(group.diff, full=full)
    show_losses(verdict)
    output.say(_conclusion(diff))


def show_assembly(diff: AssemblyDiff, *, full: bool) -> None:
    """Print what becomes of the stacks of one cell, or of several alike."""
    security = sorted(diff.security)
    if security:
        output.say("  security")
        for change in security:
            line = f"    {_sign(change)} {change.subject:<11}{change.text}"
            typer.secho(output.wrapped(line, indent=17), fg=_security_color(change))
    for stack in stacks_of(diff, full=full):
        _show_stack(stack, full=full)


def show_losses(verdict: Verdict) -> None:
    """Print what would be lost, what lets it go, and the change files that are not needed."""
    for loss in verdict.losses:
        if loss.excused_by:
            output.say(f"{loss.excused_by} lets {_loss(loss)} go")
    for loss in verdict.blocked:
        typer.secho(f"data would be lost: {_loss(loss)}", fg="red", bold=True)
        if loss.expired:
            output.say(f"  {loss.expired} named it, but has expired")
    if verdict.blocked:
        output.say(f"  hint: {cure(verdict.blocked[0])}")
    for name in verdict.unused:
        output.note(f"{name} names nothing that would be lost: delete it")


def _show_stack(stack: StackDiff, *, full: bool) -> None:
    output.say(f"  {short_stack(stack.id)}  {stack.stack_name} ({stack.region}): {stack_summary(stack)}")
    for setting in stack.settings:
        output.say(f"    ~ {property_text(setting)}")
    lines = lines_of(stack, full=full)
    for change in lines.told:
        _show_resource(change, full=full)
    if lines.followers:
        output.say(f"    ~ {followers_text(lines.followers)} (--full lists them)")
    if full:
        for out in stack.outputs:
            sign = "+" if out.before is None else "-" if out.after is None else "~"
            output.say(f"    {sign} output {out.name}")
    elif stack.outputs and stack.resources:
        output.say(f"    ~ {outputs_text(stack)}")


def _show_resource(change: ResourceChange, *, full: bool) -> None:
    text = f"    {SIGNS[change.action]} {name_of(change)}  {change.type}"
    typer.secho(text, fg=_COLORS[change.action] or None, nl=False)
    output.say(f"  {fate(change)}")
    if danger(change):
        typer.secho(f"        {danger(change)}", fg="red", bold=True)
    for note in change.notes:
        output.say(f"        {note}")
    values = values_of(change, full=full)
    for line in values if full else values[:_MOST_PROPERTIES]:
        output.say(f"        {line}")
    if len(values) > _MOST_PROPERTIES and not full:
        output.say(f"        … and {len(values) - _MOST_PROPERTIES} more (--full)")


def followers_text(followers: Sequence[ResourceChange]) -> str:
    """One line for what changes in place only because of what it refers to."""
    causes = {cause for change in followers for cause in change.follows}
    count = f"{len(followers)} {counted_noun('resource', len(followers))}"
    return f"{count} updated in place, because {causes_text(causes)}"


def _loss(loss: Loss) -> str:
    change = loss.change
    return f"{loss.cell} {change.stack}/{change.logical_id} ({change.type}), which holds {change.holds}"


def _cells(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:6]) + (f" and {len(labels) - 6} more" if len(labels) > 6 else "")
    return f"{shown}  ({len(labels)} cells change alike)" if len(labels) > 1 else shown


def _conclusion(diff: FleetDiff) -> str:
    if not diff.cells:
        return "no cells are declared"
    affected, total = len(diff.affected), len(diff.cells)
    cells = "cell" if total == 1 else "cells"
    if not affected:
        return f"no differences: {total} {cells}, {diff.now} compared with {diff.base}"
    return f"{affected} of {total} {cells} affected: {diff.now} compared with {diff.base}"


def _sign(change: SecurityChange) -> str:
    return _DIRECTIONS[change.direction]


def _security_color(change: SecurityChange) -> str | None:
    return "yellow" if change.direction == "wider" else None
