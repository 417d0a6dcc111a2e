"""What a change does to many cells, from the cloud assemblies of before and after."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assembly.diff.change import AssemblyDiff, ResourceChange, StackDiff, as_json
from assembly.diff.group import Group, Labelled, Words, group
from assembly.diff.text import DONE, counted_noun, stack_summary
from assembly.document import Json, JsonObject
from cells.fleet.cell_name import CellName

Status = Literal["same", "changed", "new", "gone", "failed"]
"""`new`: it is not declared before; `gone`: it is not declared any more; `failed`: a side does not synthesize."""


@dataclass(frozen=True)
class CellDiff:
    """What becomes of one cell."""

    cell: CellName
    status: Status
    diff: AssemblyDiff = AssemblyDiff(())
    """Of a cell that is new: everything is created. Of one that is gone or failed: nothing."""
    words: Words | None = None
    """The words of its identity, for `group`."""
    error: str = ""
    hint: str = ""
    wrong_input: bool = False
    """Whether it failed for a file that is wrong, and not for the work."""

    @property
    def affected(self) -> bool:
        """Whether a deployment would do something, or nobody can say."""
        return self.status != "same"

    @property
    def lost(self) -> tuple[ResourceChange, ...]:
        """The changes that would lose data. A new cell has none yet."""
        return self.diff.endangered if self.status == "changed" else ()

    @property
    def reason(self) -> str:
        """Why it is affected, in a few words: `Data 1 replaced (loses data), 2 updated; Service 3 updated`."""
        if self.status == "new":
            count = sum(len(stack.resources) for stack in self.diff.stacks)
            return f"new: {count} {counted_noun('resource', count)}"
        if self.status == "gone":
            return "not declared any more; nothing of it is destroyed before `cells destroy`"
        if self.status == "failed":
            return f"does not synthesize: {self.error}"
        return "; ".join(_stack_reason(stack) for stack in self.diff.stacks if stack.changed)


@dataclass(frozen=True)
class FleetDiff:
    """What becomes of the cells that were looked at."""

    base: str
    """What they are compared with, for a person: `main (0da4c61f3c20)`."""
    now: str
    cells: tuple[CellDiff, ...]
    """Sorted by name."""
    notes: tuple[str, ...] = ()
    """What a person has to know to read it rightly."""
    partial: bool = False
    """Whether only some of the cells were looked at, because some were named."""

    @property
    def affected(self) -> tuple[CellDiff, ...]:
        """The cells that are not the same."""
        return tuple(cell for cell in self.cells if cell.affected)

    @property
    def failed(self) -> tuple[CellDiff, ...]:
        """The cells of which nothing can be said."""
        return tuple(cell for cell in self.cells if cell.status == "failed")

    @property
    def summary(self) -> str:
        """How many cells change: `2 of 3 cells change`."""
        affected, total = len(self.affected), len(self.cells)
        cells = f"{total} {counted_noun('cell', total)}"
        if not affected:
            return f"no change in {cells}"
        return f"{affected} of {cells} {'changes' if affected == 1 else 'change'}"

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The changes of the cells that are on both sides, equal ones once."""
        changed = [cell for cell in self.cells if cell.status == "changed"]
        return group([Labelled(str(cell.cell), cell.diff, cell.words or {}) for cell in changed])

    def count(self, status: Status) -> int:
        """How many cells are in a state."""
        return sum(cell.status == status for cell in self.cells)


def short_stack(id: str) -> str:
    """`Data` of `ProductCell-Data`; `Cell` of the leaf."""
    return id.partition("-")[2] or "Cell"


def fleet_json(diff: FleetDiff, *, groups: bool = True) -> JsonObject:
    """Return the diff of a fleet for a machine; without `groups` only which cells it touches."""
    return {
        "base": diff.base,
        "now": diff.now,
        "notes": list[Json](diff.notes),
        "cells": [_cell(cell) for cell in diff.cells],
        "groups": [{"cells": list[Json](one.labels), "diff": as_json(one.diff)} for one in diff.groups]
        if groups
        else [],
    }


def _cell(cell: CellDiff) -> JsonObject:
    return {
        "cell": str(cell.cell),
        "product": cell.cell.product,
        "environment": cell.cell.environment,
        "status": cell.status,
        "reason": cell.reason,
        "counts": {action: cell.diff.count(action) for action in DONE},
        "loses": [f"{lost.stack}/{lost.logical_id}" for lost in cell.lost],
        "error": cell.error,
        "hint": cell.hint,
    }


def _stack_reason(stack: StackDiff) -> str:
    return f"{short_stack(stack.id)} {stack_summary(stack)}{' (loses data)' if stack.endangered else ''}"
