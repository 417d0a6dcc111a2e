"""Which rules are excused, on what and until when: the register of exceptions, which stands in resource metadata.

Unlike other protection, an exception of a new resource is said: it lets something be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from assembly.diff.change import SecurityChange
from assembly.diff.security.resource import many
from assembly.diff.side import StackSide
from assembly.document import as_object, as_text
from assembly.exceptions import METADATA_KEY


@dataclass(frozen=True)
class Excuse:
    """A rule that is excused on something. Of one that many resources carry, the latest expiry counts."""

    expires: str
    reason: str
    logical_ids: set[str] = field(default_factory=set, compare=False)


_Excuses = dict[tuple[str, str], Excuse]


def excuse_changes(before: StackSide, after: StackSide, changed: Collection[str]) -> Iterator[SecurityChange]:
    """The sentences for exceptions that come, go, or change."""
    old, new = _excuses(before), _excuses(after)
    for rule, where in sorted(old.keys() | new.keys()):
        one, other = old.get((rule, where)), new.get((rule, where))
        ids = {id for excuse in (one, other) if excuse for id in excuse.logical_ids} & set(changed)
        if one != other and ids:
            yield _change(f"the rule {rule}", where, one, other, (after.stack.id, tuple(sorted(ids))))


def _change(
    rule: str, where: str, old: Excuse | None, new: Excuse | None, place: tuple[str, tuple[str, ...]]
) -> SecurityChange:
    if new is None:
        return SecurityChange("protection", "narrower", f"{rule} is no longer excused on {where}", *place)
    if old is None:
        text = f"{rule} is now excused on {where} until {new.expires}: {new.reason}"
        return SecurityChange("protection", "wider", text, *place)
    if old.expires == new.expires:
        text = f"{rule} is excused on {where} for another reason: {new.reason}"
        return SecurityChange("protection", "changed", text, *place)
    text = f"{rule} is excused on {where} until {new.expires} (was {old.expires})"
    return SecurityChange("protection", "wider" if new.expires > old.expires else "narrower", text, *place)


def _excuses(side: StackSide) -> _Excuses:
    found: _Excuses = {}
    for logical_id, resource in side.stack.resources.items():
        for entry in many(as_object(resource.get("Metadata")).get(METADATA_KEY)):
            written = as_object(entry)
            name = (as_text(written.get("rule")), as_text(written.get("covers")) or side.label(logical_id))
            expires, reason = as_text(written.get("expires")), as_text(written.get("reason"))
            known = found.get(name)
            if known is None or expires > known.expires:
                found[name] = Excuse(expires, reason, {*(known.logical_ids if known else ()), logical_id})
            else:
                known.logical_ids.add(logical_id)
    return found
