"""When the objects of a bucket are deleted by its lifecycle rules.

See https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configuration-examples.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from assembly.diff.security.facts import Setting, Unset
from assembly.diff.security.resource import Resource, Term, as_number, counted, follow, many
from assembly.document import JsonObject, as_object

_EXPIRATIONS = {
    "ExpirationInDays": "objects",
    "ExpirationDate": "objects",
    "NoncurrentVersionExpiration.NoncurrentDays": "old versions of objects",
    "NoncurrentVersionExpirationInDays": "old versions of objects",
}
"""What a lifecycle rule deletes, by the property that says when."""

_FILTERS = ("Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")


def expirations(resource: Resource) -> Iterator[Setting]:
    """When objects expire. Of several rules for the same objects the first to come counts."""
    soonest: dict[tuple[str, str], Setting] = {}
    for rule in many(resource.first("LifecycleConfiguration.Rules")):
        written = as_object(rule)
        if written.get("Status") == "Disabled":
            continue
        for path, what in _EXPIRATIONS.items():
            for value in follow(written, path):
                setting = _expiration(resource, what, _some(resource, written), resource.term(value))
                old = soonest.get((setting.name[1], setting.name[2]))
                if old is None or setting.openness > old.openness:
                    soonest[setting.name[1], setting.name[2]] = setting
    yield from soonest.values()


def _some(resource: Resource, rule: JsonObject) -> Term:
    """Which objects a lifecycle rule is about."""
    wanted = {name: rule[name] for name in _FILTERS if rule.get(name) not in (None, "", [])}
    if not wanted:
        return Term("", "")
    term = resource.term(wanted)
    return Term(
        term.key,
        f" under {resource.term(wanted['Prefix']).words}" if list(wanted) == ["Prefix"] else f" ({term.words})",
    )


def _expiration(resource: Resource, what: str, some: Term, when: Term) -> Setting:
    days = as_number(when.key)
    words = counted(days, "day") if days is not None else when.words
    it = f"{what} of {resource.label}{some.words}"
    unset = Unset(-inf, f"{it} no longer expire", "were kept", resource.logical_id)
    text = f"{it} are deleted after {words}"
    was = f"was {days:.15g}" if days is not None else f"was {when.words}"
    openness = -days if days is not None else 0
    return Setting("protection", (resource.own.key, what, some.key), openness, when.key, text, was, unset)
