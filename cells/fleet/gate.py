"""The gate: whether a change may go on. What would lose data stops it, unless a change file names the resource."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assembly.diff.change import ResourceChange
from assembly.document import Json, JsonObject
from cells.fleet.cell_name import CellName
from cells.fleet.change_file import CHANGES, ChangeFile
from cells.fleet.diff import FleetDiff
from constructs_lib.specs.errors import CellsError, DataLossError, InputError

_CHANGED = 1

_PLAIN = re.compile(r"(?!(?:null|true|false)$)[a-z][\w/-]*", re.IGNORECASE)


@dataclass(frozen=True)
class Loss:
    """Data that one cell would lose."""

    cell: CellName
    change: ResourceChange
    excused_by: str = ""
    """The change file that lets it go; empty when none does."""
    expired: str = ""
    """A change file that named it, but only until a day that is over."""


@dataclass(frozen=True)
class Verdict:
    """What the gate says."""

    losses: tuple[Loss, ...]
    unused: tuple[str, ...]
    """Change files that name nothing that would be lost: they can be deleted."""
    on: date
    """The day as of which change files are judged."""

    @property
    def blocked(self) -> tuple[Loss, ...]:
        """The losses that nothing excuses."""
        return tuple(loss for loss in self.losses if not loss.excused_by)


def judge(diff: FleetDiff, files: Mapping[str, ChangeFile], on: date) -> Verdict:
    """Hold every loss against the change files of the checkout. Which are not needed, only a look at all cells says."""
    losses = tuple(_loss(cell.cell, change, files, on) for cell in diff.cells for change in cell.lost)
    named = {name for name, file in files.items() if any(_names(file, loss.cell, loss.change) for loss in losses)}
    unused = () if diff.partial else tuple(name for name in files if name not in named)
    return Verdict(losses, unused, on)


def exit_code(diff: FleetDiff, verdict: Verdict, *, fail_on_change: bool = False) -> int:
    """The exit code of a comparison.

    3 when data would be lost, else 2 when a file is wrong, else 1 when a cell cannot be compared (or, on request, when
    anything changes), else 0.
    """
    if verdict.blocked:
        return DataLossError.exit_code
    return failed_code(diff) or (_CHANGED if fail_on_change and diff.affected else 0)


def failed_code(diff: FleetDiff) -> int:
    """The exit code for cells that cannot be compared: 2 when a file is wrong, else 1; 0 when all could be."""
    if any(cell.wrong_input for cell in diff.failed):
        return InputError.exit_code
    return CellsError.exit_code if diff.failed else 0


def cure(loss: Loss) -> str:
    """What to do about one loss, in one line."""
    return f"keep it as it was, or let it go by a file in {CHANGES} that names {release_text(loss)}"


def release_text(loss: Loss) -> str:
    """How a change file names the resource of a loss, as YAML on one line."""
    change = loss.change
    cell, stack, resource = (_yaml(text) for text in (str(loss.cell), change.stack, change.logical_id))
    return f"{{cell: {cell}, stack: {stack}, resource: {resource}}}"


def _yaml(text: str) -> str:
    """A text as YAML; in quotes where it would be read as something else, such as the logical id `True`."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def change_file_text(losses: Sequence[Loss], *, more: int = 0) -> str:
    """A change file that lets losses through, for a person to finish. `more` of them are not named in it."""
    named = [f"  - {release_text(loss)}" for loss in losses]
    rows = "\n".join([*named, f"  # … and {more} more"] if more else named)
    return "\n".join(
        [
            f"# {CHANGES.as_posix()}/<name>.yaml",
            "reason: # why the data may go",
            "owner: # who answers for it",
            "expires: # the last day, such as 2026-12-31",
            "resources:",
            rows,
        ]
    )


def verdict_json(verdict: Verdict) -> JsonObject:
    """Return a verdict for a machine."""
    return {
        "on": verdict.on.isoformat(),
        "losses": [
            {
                "cell": str(loss.cell),
                "stack": loss.change.stack,
                "logical_id": loss.change.logical_id,
                "type": loss.change.type,
                "action": loss.change.action,
                "holds": loss.change.holds,
                "because": list[Json](loss.change.because),
                "excused_by": loss.excused_by,
                "expired": loss.expired,
            }
            for loss in verdict.losses
        ],
        "unused_change_files": list[Json](verdict.unused),
    }


def _loss(cell: CellName, change: ResourceChange, files: Mapping[str, ChangeFile], on: date) -> Loss:
    named = [name for name, file in files.items() if _names(file, cell, change)]
    valid = next((name for name in named if files[name].expires >= on), "")
    return Loss(cell, change, excused_by=valid, expired="" if valid or not named else named[0])


def _names(file: ChangeFile, cell: CellName, change: ResourceChange) -> bool:
    ids = {change.logical_id, change.previous_id}
    return any(one.covers(str(cell), change.stack, logical_id) for one in file.resources for logical_id in ids)
