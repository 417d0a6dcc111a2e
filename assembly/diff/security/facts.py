"""What is so, or is set, on one side: the two simple kinds of things that security depends on.

A fact is there or not, such as an attached managed policy. A setting has a value on both sides, such as how long logs
are kept; that a resource with settings is new or gone says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field

from assembly.diff.change import Direction, SecurityChange, Subject
from assembly.diff.security.resource import listed


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
    item: str = field(default="", compare=False)
    """What stands for `{items}` in the sentences; facts that differ in nothing else share one."""
    of: str = field(default="", compare=False)
    """The logical id of what it is about, when it says nothing if that is new or gone as well."""


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
    was: str = ""
    """What the sentence says when it was so: `was 365`. Where the text has `{was}`, it stands there."""
    unset: Unset | None = None
    """What it is when the other side does not say."""


@dataclass(frozen=True)
class Unset:
    """The value of a setting that a side does not have."""

    openness: float
    text: str
    """The sentence when it is not set any more."""
    was: str = ""
    of: str = ""
    """The logical id of what the setting is about, when it says nothing if that is new or gone as well."""

    def beside(self, setting: Setting) -> Setting:
        """The setting of the side that does not have the other one."""
        return Setting(setting.subject, setting.name, self.openness, "", self.text, self.was)


FactSources = Mapping[Fact, Set[str]]
"""Facts, each with the logical ids of the resources that say so."""

SettingSources = Mapping[tuple[Subject, tuple[str, ...]], tuple[Setting, str]]
"""Settings by what is set, each with the logical id of its resource."""


def fact_changes(
    before: FactSources, after: FactSources, lasting: Collection[str], stack: str
) -> Iterator[SecurityChange]:
    """The sentences for the facts of one side that are not those of the other. `lasting` are ids on both sides."""
    found: dict[tuple[Subject, Direction, str], tuple[set[str], set[str]]] = {}
    for these, others, comes in ((after, before, True), (before, after, False)):
        for fact, sources in these.items():
            if fact in others or (fact.of and fact.of not in lasting):
                continue
            direction: Direction = "wider" if comes == fact.opens else "narrower"
            text = fact.now if comes else fact.no_longer
            items, ids = found.setdefault((fact.subject, direction, text), (set(), set()))
            items.add(fact.item)
            ids.update(sources)
    for (subject, direction, text), (items, ids) in found.items():
        yield SecurityChange(subject, direction, text.replace("{items}", listed(items)), stack, tuple(sorted(ids)))


def setting_changes(
    before: SettingSources, after: SettingSources, lasting: Collection[str], stack: str
) -> Iterator[SecurityChange]:
    """The sentences for the settings that have another value."""
    for name in before.keys() | after.keys():
        found = [*before.get(name, ()), *after.get(name, ())]
        ids = tuple(sorted({id for id in found if isinstance(id, str)}))
        old, new = (side[name][0] if name in side else None for side in (before, after))
        old, new = old or _unset(new, lasting), new or _unset(old, lasting)
        if old and new and (old.openness, old.value) != (new.openness, new.value):
            yield SecurityChange(new.subject, _direction(old, new), _sentence(old, new), stack, ids)


def _unset(other: Setting | None, lasting: Collection[str]) -> Setting | None:
    unset = other.unset if other else None
    if not other or not unset or (unset.of and unset.of not in lasting):
        return None
    return unset.beside(other)


def _sentence(old: Setting, new: Setting) -> str:
    if "{was}" in new.text:
        return new.text.replace("{was}", old.was)
    return f"{new.text} ({old.was})" if old.was else new.text


def _direction(old: Setting, new: Setting) -> Direction:
    if old.openness == new.openness:
        return "changed"
    return "wider" if new.openness > old.openness else "narrower"
