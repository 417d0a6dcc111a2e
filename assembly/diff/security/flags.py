"""Properties that are on or off, and what it means in words: the rows of the tables of protection and exposure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assembly.diff.change import Subject
from assembly.diff.security.facts import Fact
from assembly.diff.security.resource import Resource


@dataclass(frozen=True)
class Flag:
    """A property of some resource types that is on or off. `{it}` in a sentence is the resource."""

    types: tuple[str, ...]
    path: str
    now: str
    """The sentence when it becomes on."""
    no_longer: str
    """The sentence when it becomes off."""
    on: tuple[str, ...] = ("true",)
    """The values that are on, in small letters."""
    default: str = ""
    """What it is when it is not written."""
    opens: bool = False
    """Whether more is possible when it is on. Else it protects."""
    subject: Subject = "protection"

    def facts(self, resource: Resource) -> Iterator[Fact]:
        """The fact that it is on, if it is. Whether it protects a resource that is new or gone is not said."""
        if (resource.said(self.path).lower() or self.default) in self.on:
            now, no_longer = (text.format(it=resource.label) for text in (self.now, self.no_longer))
            of = "" if self.opens else resource.logical_id
            yield Fact(self.subject, (resource.own.key, self.path, *self.on), now, no_longer, self.opens, of=of)


FlagTable = Mapping[str, tuple[Flag, ...]]
"""Flags by resource type."""


def table(flags: Iterable[Flag]) -> FlagTable:
    """The flags by resource type."""
    found: dict[str, tuple[Flag, ...]] = {}
    for flag in flags:
        for type in flag.types:
            found[type] = (*found.get(type, ()), flag)
    return found


def on(flags: FlagTable, resource: Resource) -> Iterator[Fact]:
    """The facts of all flags of a resource that are on."""
    for flag in flags.get(resource.type, ()):
        yield from flag.facts(resource)
