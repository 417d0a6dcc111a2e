"""Compares two cloud assemblies: the resource-level diff that everything else is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from assembly.diff.cascade import cascaded
from assembly.diff.change import AssemblyDiff, OutputChange, PropertyChange, ResourceChange, StackAction, StackDiff
from assembly.diff.moves import moves
from assembly.diff.properties import differences
from assembly.diff.resource import changed, created, rebuilt, removed
from assembly.diff.security import security_changes
from assembly.diff.side import Output, Place, Side, StackSide
from assembly.diff.value import settled, text_of
from assembly.load import CloudAssembly
from assembly.schema import schema_of

_SECTIONS = ("Description", "Parameters", "Mappings", "Conditions", "Rules", "Transform")
"""What else a template has that can change what CloudFormation does."""


def compare(before: CloudAssembly | Side | None, after: CloudAssembly | Side) -> AssemblyDiff:
    """Compare an assembly with what it was; with None, nothing was there and everything is created.

    Order, hashes of assets whose content is the same, and the ways to write one value make no difference. Stacks are
    paired by construct id.
    """
    old = before if isinstance(before, Side) else Side(before) if before else None
    new = after if isinstance(after, Side) else Side(after)
    return _Comparison(old, new).diff()


@dataclass(eq=False)
class _Comparison:
    before: Side | None
    after: Side
    changes: dict[Place, ResourceChange] = field(default_factory=dict)
    outputs: dict[str, tuple[OutputChange, ...]] = field(default_factory=dict)

    def diff(self) -> AssemblyDiff:
        """Look at each stack by itself, then at what follows from one in another."""
        pairs = list(self._pairs())
        for before, after in pairs:
            self._resources(before, after)
            if before and after:
                self.outputs[after.stack.id] = tuple(_outputs(before, after))
        moved_values = [
            Output(stack, change.name)
            for stack, found in self.outputs.items()
            for change in found
            if change.before is not None and change.after is not None
        ]
        self.changes = cascaded(self.changes, self.after, moved_values)
        by_stack: defaultdict[str, list[ResourceChange]] = defaultdict(list)
        for place in sorted(self.changes):
            by_stack[place.stack].append(self.changes[place])
        return AssemblyDiff(tuple(self._stack(before, after, by_stack) for before, after in pairs))

    def _pairs(self) -> Iterator[tuple[StackSide | None, StackSide | None]]:
        old = self.before.stacks if self.before else {}
        for id, after in self.after.stacks.items():
            yield old.get(id), after
        yield from ((before, None) for id, before in old.items() if id not in self.after.stacks)

    def _resources(self, before: StackSide | None, after: StackSide | None) -> None:
        old = before.stack.resources if before else {}
        new = after.stack.resources if after else {}
        gone, come = old.keys() - new.keys(), new.keys() - old.keys()
        ids = moves(before, gone, after, come) if before and after and gone and come else {}
        found: list[ResourceChange | None] = []
        if after:
            found += [created(after, id) for id in come - set(ids.values())]
        if before:
            found += [removed(before, id) for id in gone - ids.keys()]
        if before and after:
            both = {**{id: id for id in old.keys() & new.keys()}, **ids}
            one = rebuilt if _is_another_stack(before, after) else changed
            found += [one(before, old_id, after, new_id, ids) for old_id, new_id in both.items()]
        for change in found:
            if change is not None:
                self.changes[Place(change.stack, change.logical_id)] = change

    def _stack(
        self,
        before: StackSide | None,
        after: StackSide | None,
        changes: Mapping[str, list[ResourceChange]],
    ) -> StackDiff:
        side = after or before
        assert side is not None, "a pair has at least one side"
        stack = side.stack
        resources = tuple(changes.get(stack.id, ()))
        outputs = self.outputs.get(stack.id, ())
        settings = tuple(_settings(before, after)) if before and after else ()
        ids = {change.logical_id for change in resources} | {change.previous_id for change in resources}
        security = security_changes(before, after, ids)
        same = not (resources or outputs or settings or security)
        action: StackAction = "keep" if same else "update"
        if not before:
            action = "create"
        elif not after:
            action = "remove"
        return StackDiff(
            id=stack.id,
            stack_name=stack.stack_name,
            account=stack.environment.account,
            region=stack.region,
            action=action,
            resources=resources,
            outputs=outputs,
            security=security,
            settings=settings,
        )


def _is_another_stack(before: StackSide, after: StackSide) -> bool:
    """Whether CloudFormation knows the two by different names: it creates the new one, and the old one stays."""
    old, new = before.stack, after.stack
    return (old.stack_name, old.environment) != (new.stack_name, new.environment)


def _outputs(before: StackSide, after: StackSide) -> Iterator[OutputChange]:
    for name in sorted({*before.outputs, *after.outputs}):
        old, new = before.outputs.get(name), after.outputs.get(name)
        if text_of(old) != text_of(new):
            yield OutputChange(name, old, new)


def _settings(before: StackSide, after: StackSide) -> Iterator[PropertyChange]:
    old, new = before.stack, after.stack
    rows = (
        ("stack name", old.stack_name, new.stack_name),
        ("account", old.environment.account, new.environment.account),
        ("region", old.region, new.region),
        ("termination protection", old.termination_protection, new.termination_protection),
    )
    for name, was, is_now in rows:
        if was != is_now:
            yield PropertyChange(name, was, is_now, "in-place")
    for section in _SECTIONS:
        was_section, is_section = (settled(stack.template.get(section), {}) for stack in (old, new))
        for one in differences({section: was_section}, {section: is_section}, schema_of("")):
            yield PropertyChange(one.shown, one.before, one.after, "in-place")
    for key in sorted({*old.tags, *new.tags}):
        if old.tags.get(key) != new.tags.get(key):
            yield PropertyChange(f"stack tags[{key}]", old.tags.get(key), new.tags.get(key), "in-place")
