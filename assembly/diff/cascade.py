"""Replacements that follow from others: whoever refers to a replaced resource gets another value.

Where that value is create-only the referrer is replaced as well, and so on, through outputs into other stacks.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import replace

from assembly.diff.change import PropertyChange, ResourceChange
from assembly.diff.resource import judged
from assembly.diff.side import Place, Reference, Side
from assembly.document import as_text
from assembly.schema import Effect, schema_of

Changes = Mapping[Place, ResourceChange]


def cascaded(changes: Changes, after: Side, outputs: Iterable[Place]) -> dict[Place, ResourceChange]:
    """Return the changes, and those that follow from them. `outputs` are the outputs whose own value has changed."""
    found = dict(changes)
    causes = deque(place for place, change in changes.items() if change.action == "replace")
    causes.extend(outputs)
    readers = _readers(after) if causes else {}
    while causes:
        cause = causes.popleft()
        certain = found[cause].certain if cause in found else True
        for reader, reference in readers.get(cause, ()):
            was = found.get(reader)
            now = _with(was, after, reader, reference, certain)
            if now is None or now == was:
                continue
            found[reader] = now
            if now.action == "replace" and (was is None or was.action != "replace" or was.certain != now.certain):
                causes.append(reader)
    return found


def output_place(stack: str, name: str) -> Place:
    """The place of an output, which cannot be the one of a resource."""
    return Place(stack, f"output {name}")


def _readers(side: Side) -> Mapping[Place, list[tuple[Place, Reference]]]:
    """Every mention of a resource or an output, by what is mentioned."""
    found: defaultdict[Place, list[tuple[Place, Reference]]] = defaultdict(list)
    for stack in side.stacks.values():
        for logical_id in stack.stack.resources:
            reader = Place(stack.stack.id, logical_id)
            for reference in stack.references(stack.properties(logical_id)):
                if reference.target != reader:
                    found[reference.target].append((reader, reference))
    return found


def _with(
    was: ResourceChange | None, after: Side, reader: Place, reference: Reference, certain: bool
) -> ResourceChange | None:
    """The change of a reader whose value changes; None when it is new itself, so that nothing changes for it."""
    if was is not None and was.action in ("create", "remove"):
        return None
    stack = after.stacks[reader.stack]
    resource = stack.resource(reader.logical_id)
    schema = schema_of(as_text(resource.get("Type")))
    effect: Effect = schema.effect(reference.path, True, False, resource)
    if effect == "replacement" and not certain:
        effect = "conditional"
    shown = ".".join(reference.path).replace(".*", "[]")
    change = was or ResourceChange(
        stack=reader.stack,
        logical_id=reader.logical_id,
        type=schema.type,
        action="update",
        path=stack.path(reader.logical_id),
        known=schema.known,
    )
    kept = tuple(one for one in change.properties if not (one.path == shown and one.cause == str(reference.target)))
    added = PropertyChange(shown, None, None, effect, str(reference.target))
    if added in change.properties:
        return change
    together = tuple(sorted((*kept, added), key=lambda one: (one.path, one.cause)))
    return judged(replace(change, properties=together), resource, schema)
