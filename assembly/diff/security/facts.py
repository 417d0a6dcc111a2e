"""What is so, or is set, on one side: the two simple kinds of things that security depends on.

A fact is there or not, such as an attached managed policy. A setting has a value on both sides, such as how long logs
are kept; that a resource with settings is new or gone says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field

from assembly.diff.change import Direction, SecurityChange, Subject


@dataclass(frozen=True)
class Fact:
    """Something that is there or not."""

    subject: Subject
    key: tuple[str, ...]
    now: str = field(compare=False)
    """The sentence when it comes."""
    no_longer: str = field(compare=False)
    """The sentence when it goes."""
    opens: bool = field(default=True, compare=False)
    """Whether more is possible because of it. Else it protects."""
    of: str = field(default="", compare=False)
    """The logical id of what it protects: that this is new or gone with its protection is not said."""


@dataclass(frozen=True)
class Setting:
    """Something that has a value."""

    subject: Subject
    name: tuple[str, ...]
    """What is set, the same on both sides."""
    openness: float
    """The more, the wider. Of values that cannot be compared it is equal."""
    value: str
    text: str
    """The sentence when it becomes so: `log events of Api older than 30 days are deleted`."""
    was: str
    """What the sentence says of it when it was so: `was 365`."""


FactSources = Mapping[Fact, Set[str]]
"""Facts, each with the logical ids of the resources that say so."""

SettingSources = Mapping[tuple[Subject, tuple[str, ...]], tuple[Setting, str]]
"""Settings by what is set, each with the logical id of its resource."""


def fact_changes(
    before: FactSources, after: FactSources, lasting: Collection[str], stack: str
) -> Iterator[SecurityChange]:
    """The sentences for the facts of one side that are not those of the other. `lasting` are ids on both sides."""
    for these, others, comes in ((after, before, True), (before, after, False)):
        for fact, sources in these.items():
            if fact in others or (fact.of and not fact.opens and fact.of not in lasting):
                continue
            direction: Direction = "wider" if comes == fact.opens else "narrower"
            text = fact.now if comes else fact.no_longer
            yield SecurityChange(fact.subject, direction, text, stack, tuple(sorted(sources)))


def setting_changes(before: SettingSources, after: SettingSources, stack: str) -> Iterator[SecurityChange]:
    """The sentences for the settings that have another value."""
    for name, (new, logical_id) in after.items():
        if name not in before:
            continue
        old, former_id = before[name]
        if (old.openness, old.value) != (new.openness, new.value):
            ids = tuple(sorted({logical_id, former_id}))
            yield SecurityChange(new.subject, _direction(old, new), f"{new.text} ({old.was})", stack, ids)


def _direction(old: Setting, new: Setting) -> Direction:
    if old.openness == new.openness:
        return "changed"
    return "wider" if new.openness > old.openness else "narrower"
