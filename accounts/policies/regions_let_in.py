"""The regions that a policy lets calls into, read from its content as AWS has it.

A region that was just added to the declaration stays closed to every member account until the policy that knows it has
taken the place of the one that does not. See
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion.
"""

from __future__ import annotations

import json

from pydantic import JsonValue

_REGION = "aws:RequestedRegion"


def regions_let_in(content: str) -> tuple[str, ...] | None:
    """The only regions that a policy lets calls into, sorted; None when it closes none.

    Read are the statements that deny whatever is not in some regions, to everybody. One that denies for some
    principals only closes a region to them, which is no business of those who prepare it.
    """
    found: set[str] | None = None
    for statement in _statements(content):
        regions = _only(statement)
        if regions is not None:
            found = regions if found is None else found & regions
    return None if found is None else tuple(sorted(found))


def _statements(content: str) -> list[JsonValue]:
    try:
        document: JsonValue = json.loads(content)
    except ValueError:
        return []
    written = document.get("Statement") if isinstance(document, dict) else None
    return written if isinstance(written, list) else [written]


def _only(statement: JsonValue) -> set[str] | None:
    if not isinstance(statement, dict) or statement.get("Effect") != "Deny":
        return None
    condition = statement.get("Condition")
    if not isinstance(condition, dict) or list(condition) != ["StringNotEquals"]:
        return None
    tests = condition["StringNotEquals"]
    if not isinstance(tests, dict) or list(tests) != [_REGION]:
        return None
    regions = tests[_REGION]
    return {str(one) for one in (regions if isinstance(regions, list) else [regions])}
