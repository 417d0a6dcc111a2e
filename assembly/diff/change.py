"""The result model of a diff: what becomes of each property, resource, stack and assembly.

Everything is frozen, compares by value and serialises, so that equal changes of many cells can be told to be equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assembly.document import Json, JsonObject
from assembly.effect import Effect

Action = Literal["create", "update", "replace", "remove"]
"""What CloudFormation does with a resource. An `update` is in place."""

StackAction = Literal["create", "update", "remove", "keep"]

Direction = Literal["wider", "narrower", "changed"]
"""Whether more becomes possible, or less; `changed` when it cannot be said."""

Subject = Literal["access", "trust", "network", "protection"]
"""Who may call what; who may be whom; who can reach whom; what keeps data from being lost."""


@dataclass(frozen=True)
class PropertyChange:
    """One value of a resource that is not the same."""

    path: str
    """Where: `Engine`, `Tags[team]`, `DeletionPolicy`; dotted, with list items in brackets."""
    before: Json
    """None when it was not there."""
    after: Json
    """None when it is not there any more."""
    effect: Effect
    cause: str = ""
    """The resource whose replacement changes the value, as `stack id/logical id`; empty for a change of its own."""


@dataclass(frozen=True)
class ResourceChange:
    """What becomes of one resource."""

    stack: str
    """The construct id of its stack."""
    logical_id: str
    type: str
    action: Action
    path: str = ""
    """Its construct path, from the stack on; empty when the template does not say."""
    properties: tuple[PropertyChange, ...] = ()
    """What changes in it. Empty when it is created or removed."""
    certain: bool = True
    """False when CloudFormation decides about the replacement as it goes, or when the type is not known."""
    known: bool = True
    """False when the type is newer than the schemas: it is treated as a replacement."""
    holds: str = ""
    """What would be lost with it; empty when it holds nothing."""
    kept: bool = False
    """Whether the deletion policy leaves it where it is, outside the stack."""
    moved_from: str = ""
    """The logical id that it had: the same resource under another id, which CloudFormation creates anew."""
    notes: tuple[str, ...] = ()
    """What a person has to know about it, in words."""

    @property
    def because(self) -> tuple[str, ...]:
        """The properties that force a replacement, sorted."""
        return tuple(sorted({change.path for change in self.properties if change.effect != "in-place"}))

    @property
    def follows(self) -> tuple[str, ...]:
        """The replaced resources that it changes for, sorted; empty when something of its own changes too."""
        if any(not change.cause for change in self.properties):
            return ()
        return tuple(sorted({change.cause for change in self.properties}))

    @property
    def endangers_data(self) -> bool:
        """Whether data would go, or would stay behind while an empty replacement takes its place."""
        return bool(self.holds) and (self.action == "replace" or (self.action == "remove" and not self.kept))

    @property
    def previous_id(self) -> str:
        """The logical id in the template before."""
        return self.moved_from or self.logical_id


@dataclass(frozen=True)
class OutputChange:
    """An output of a stack that comes, goes or has another value."""

    name: str
    before: Json
    after: Json


@dataclass(frozen=True, order=True)
class SecurityChange:
    """One thing that becomes possible, or stops being possible, in words."""

    subject: Subject
    direction: Direction
    text: str
    """A sentence without a full stop: `Api/TaskRole may now call s3:DeleteObject on Files/Bucket`."""
    stack: str
    logical_ids: tuple[str, ...] = ()
    """The resources whose templates say so."""


@dataclass(frozen=True)
class StackDiff:
    """What becomes of one stack."""

    id: str
    stack_name: str
    account: str
    region: str
    action: StackAction
    resources: tuple[ResourceChange, ...] = ()
    """Sorted by logical id."""
    outputs: tuple[OutputChange, ...] = ()
    security: tuple[SecurityChange, ...] = ()
    settings: tuple[PropertyChange, ...] = ()
    """What changes of the stack itself: its name, environment, termination protection."""

    def count(self, action: Action) -> int:
        """How many resources it creates, updates, replaces or removes."""
        return sum(change.action == action for change in self.resources)

    @property
    def endangered(self) -> tuple[ResourceChange, ...]:
        """The changes that would lose data."""
        return tuple(change for change in self.resources if change.endangers_data)

    @property
    def changed(self) -> bool:
        """Whether anything is not the same."""
        return self.action != "keep"


@dataclass(frozen=True)
class AssemblyDiff:
    """What becomes of all stacks of one cloud assembly."""

    stacks: tuple[StackDiff, ...]
    """In the order in which they deploy; stacks that go come last."""

    @property
    def changed(self) -> bool:
        """Whether anything is not the same."""
        return any(stack.changed for stack in self.stacks)

    @property
    def resources(self) -> Iterator[ResourceChange]:
        """Every changed resource of every stack."""
        return (change for stack in self.stacks for change in stack.resources)

    @property
    def security(self) -> Iterator[SecurityChange]:
        """Every change of access, trust, network and protection."""
        return (change for stack in self.stacks for change in stack.security)

    @property
    def endangered(self) -> tuple[ResourceChange, ...]:
        """The changes that would lose data."""
        return tuple(change for change in self.resources if change.endangers_data)

    def count(self, action: Action) -> int:
        """How many resources are created, updated, replaced or removed."""
        return sum(stack.count(action) for stack in self.stacks)


def as_json(diff: AssemblyDiff) -> JsonObject:
    """Return a diff for a machine. `tests/assembly/diff` pins the form."""
    return {"changed": diff.changed, "stacks": [_stack(stack) for stack in diff.stacks if stack.changed]}


def _stack(stack: StackDiff) -> JsonObject:
    return {
        "id": stack.id,
        "stack": stack.stack_name,
        "account": stack.account,
        "region": stack.region,
        "action": stack.action,
        "resources": [resource_json(change) for change in stack.resources],
        "outputs": [output_json(change) for change in stack.outputs],
        "settings": [setting_json(change) for change in stack.settings],
        "security": [security_json(change) for change in stack.security],
    }


def resource_json(change: ResourceChange) -> JsonObject:
    """Return the change of a resource for a machine."""
    return {
        "logical_id": change.logical_id,
        "type": change.type,
        "path": change.path,
        "action": change.action,
        "certain": change.certain,
        "known": change.known,
        "holds": change.holds,
        "kept": change.kept,
        "loses_data": change.endangers_data,
        "moved_from": change.moved_from,
        "because": list[Json](change.because),
        "follows": list[Json](change.follows),
        "notes": list[Json](change.notes),
        "properties": [
            {**_values(one.path, one.before, one.after), "effect": one.effect, "cause": one.cause}
            for one in change.properties
        ],
    }


def output_json(change: OutputChange) -> JsonObject:
    """Return the change of an output for a machine."""
    return _values(change.name, change.before, change.after)


def setting_json(change: PropertyChange) -> JsonObject:
    """Return the change of a stack's own setting for a machine."""
    return _values(change.path, change.before, change.after)


def security_json(change: SecurityChange) -> JsonObject:
    """Return a change of security for a machine."""
    return {
        "subject": change.subject,
        "direction": change.direction,
        "text": change.text,
        "logical_ids": list[Json](change.logical_ids),
    }


def _values(path: str, before: Json, after: Json) -> JsonObject:
    return {"path": path, "before": before, "after": after}
