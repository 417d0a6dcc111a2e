"""What a deployment would change, from the template that is there and the one that comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assembly.document import JsonObject, as_object, as_text
from assembly.load import Stack
from assembly.stateful import held_data
from cells.deploy.replacement import replaced_by

KEPT = ("Retain", "RetainExceptOnCreate")
"""The deletion policies that leave a resource where it is."""

Action = Literal["create", "update", "remove", "replace"]


@dataclass(frozen=True)
class ResourceChange:
    """What becomes of one resource."""

    logical_id: str
    type: str
    action: Action
    holds: str
    """What would be lost with it; empty when it holds nothing."""
    because: tuple[str, ...] = ()
    """The properties that force a replacement."""

    kept: bool = False
    """Whether what it holds stays, outside the stack, when it is removed."""

    @property
    def endangers_data(self) -> bool:
        """Whether data would go, or would stay behind while an empty replacement takes its place."""
        return bool(self.holds) and (self.action == "replace" or (self.action == "remove" and not self.kept))


@dataclass(frozen=True)
class StackChange:
    """What becomes of one stack."""

    stack: Stack
    status: str
    """CloudFormation's status before, or `ABSENT`."""
    changes: tuple[ResourceChange, ...]
    force: bool = False
    """Its template is the same, but a value that it read from another stack has changed."""

    @property
    def action(self) -> str:
        """`create`, `update`, `refresh` (same template, new values) or `keep`."""
        if self.status == "ABSENT":
            return "create"
        if self.changes:
            return "update"
        return "refresh" if self.force else "keep"

    def count(self, action: Action) -> int:
        """How many resources it creates, updates, removes or replaces."""
        return sum(change.action == action for change in self.changes)

    @property
    def endangered(self) -> tuple[ResourceChange, ...]:
        """The changes that would lose data."""
        return tuple(change for change in self.changes if change.endangers_data)


def compare(old: JsonObject, new: JsonObject) -> tuple[ResourceChange, ...]:
    """Compare two templates resource by resource, sorted by logical id."""
    before, after = as_object(old.get("Resources")), as_object(new.get("Resources"))
    found = (
        _change(logical_id, as_object(before.get(logical_id)), as_object(after.get(logical_id)))
        for logical_id in sorted({*before, *after})
    )
    return tuple(change for change in found if change is not None)


def _change(logical_id: str, old: JsonObject, new: JsonObject) -> ResourceChange | None:
    if old == new:
        return None
    kept = old or new
    type, holds = as_text(kept.get("Type")), held_data(kept)
    if not old:
        return ResourceChange(logical_id, type, "create", holds)
    if not new:
        return ResourceChange(logical_id, type, "remove", holds, kept=as_text(old.get("DeletionPolicy")) in KEPT)
    because = replaced_by(old, new)
    return ResourceChange(logical_id, type, "replace" if because else "update", holds, because)
