"""Resources that only got another logical id, because the construct around them moved or was renamed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from assembly.diff.side import StackSide
from assembly.diff.value import settled, text_of
from assembly.document import Json, JsonObject, as_object

_ELSEWHERE = "moved"


def moves(before: StackSide, gone: Collection[str], after: StackSide, come: Collection[str]) -> Mapping[str, str]:
    """Return the old logical id and the new one of each resource that moved inside a stack.

    It has the same type and, but for tags and for the ids of what moves with it, the same properties. Where several
    are alike nothing is guessed.
    """
    old, new = _by_content(before, gone), _by_content(after, come)
    return {
        ids[0]: new[content][0]
        for content, ids in old.items()
        if len(ids) == 1 and len(new.get(content, ())) == 1 and content
    }


def _by_content(side: StackSide, ids: Collection[str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for logical_id in sorted(ids):
        found[_content(side.resource(logical_id), frozenset(ids))].append(logical_id)
    return found


def _content(resource: JsonObject, moving: frozenset[str]) -> str:
    properties = {key: value for key, value in as_object(resource.get("Properties")).items() if key != "Tags"}
    if not properties:
        return ""  # resources without properties are all alike
    neutral = settled(_neutral(dict(properties), moving), {})  # sets are in order again
    return text_of([resource.get("Type"), neutral])


def _neutral(value: Json, moving: frozenset[str]) -> Json:
    """A value in which all moving resources are called alike."""
    if isinstance(value, list):
        return [_neutral(item, moving) for item in value]
    if not isinstance(value, dict):
        return value
    found: JsonObject = {}
    for key, item in value.items():
        if key in ("Ref", "Fn::GetAtt") and isinstance(item, str) and item.partition(".")[0] in moving:
            found[key] = _ELSEWHERE + item[len(item.partition(".")[0]) :]
        else:
            found[key] = _neutral(item, moving)
    return found
