"""Replacements that follow from others: whoever refers to a replaced resource gets another value.

Where that value is create-only the referrer is replaced as well, and so on, through outputs into other stacks.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import replace

from assembly.diff.change import PropertyChange, ResourceChange
from assembly.diff.resource import judged
from assembly.diff.side import Output, Place, Side
from assembly.document import as_text
from assembly.effect import Effect
from assembly.schema import schema_of

Changes = Mapping[Place, ResourceChange]

Cause = Place | Output


def cascaded(changes: Changes, after: Side, outputs: Iterable[Output]) -> dict[Place, ResourceChange]:
    """Return the changes, and those that follow from them. `outputs` are the outputs whose own value has changed."""
    found = dict(changes)
    causes: deque[Cause] = deque(place for place, change in changes.items() if change.action == "replace")
    causes.extend(outputs)
    readers = _readers(after) if causes else {}
    while causes:
        cause = causes.popleft()
        certain = found[cause].certain if isinstance(cause, Place) else True
        for reader, path in readers.get(cause, ()):
            was = found.get(reader)
            now = _with(was, after, reader, path, cause, certain)
            if now is None or now == was:
                continue
            found[reader] = now
            if now.action == "replace" and (was is None or was.action != "replace" or was.certain != now.certain):
                causes.append(reader)
    return found


def _readers(side: Side) -> Mapping[Cause, list[tuple[Place, tuple[str, ...]]]]:
    """Every mention of a resource or an output, by what is mentioned: the reader, and where in its properties."""
    found: defaultdict[Cause, list[tuple[Place, tuple[str, ...]]]] = defaultdict(list)
    for stack in side.stacks.values():
        for logical_id in stack.stack.resources:
            reader = Place(stack.stack.id, logical_id)
            properties = stack.properties(logical_id)
            for reference in stack.references(properties):
                if reference.target != reader:
                    found[reference.target].append((reader, reference.path))
            for path, output in stack.readings(properties):
                found[output].append((reader, path))
    return found


def _with(
    was: ResourceChange | None, after: Side, reader: Place, path: tuple[str, ...], cause: Cause, certain: bool
) -> ResourceChange | None:
    """The change of a reader whose value changes; None when it is new itself, so that nothing changes for it."""
    if was is not None and was.action in ("create", "remove"):
        return None
    stack = after.stacks[reader.stack]
    resource = stack.resource(reader.logical_id)
    schema = schema_of(as_text(resource.get("Type")))
    effect: Effect = schema.effect(path, True, False, resource)
    if effect == "replacement" and not certain:
        effect = "conditional"
    shown = ".".join(path).replace(".*", "[]")
    change = was or ResourceChange(
        stack=reader.stack,
        logical_id=reader.logical_id,
        type=schema.type,
        action="update",
        path=stack.path(reader.logical_id),
        known=schema.known,
    )
    kept = tuple(one for one in change.properties if not (one.path == shown and one.cause == str(cause)))
    added = PropertyChange(shown, None, None, effect, str(cause))
    if added in change.properties:
        return change
    together = tuple(sorted((*kept, added), key=lambda one: (one.path, one.cause)))
    return judged(replace(change, properties=together), resource, schema)
