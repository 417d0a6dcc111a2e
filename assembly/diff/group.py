"""Equal changes of many assemblies, each told once with the assemblies that it touches.

Two changes are equal when they differ in nothing but the identity of their assemblies: the product's name, the
account, an address range. So a change of forty cells reads like a change of one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assembly.diff.change import (
    AssemblyDiff,
    OutputChange,
    PropertyChange,
    ResourceChange,
    SecurityChange,
    StackDiff,
    output_json,
    resource_json,
    security_json,
    setting_json,
)
from assembly.document import Json
from assembly.identity import replacing_words

Words = Mapping[str, str]
"""Words of an identity, each with what stands for it: `{"acme-crm": "product"}`."""

Part = ResourceChange | OutputChange | SecurityChange | PropertyChange


@dataclass(frozen=True)
class Labelled:
    """The diff of one assembly, with its name and the words of its identity."""

    label: str
    diff: AssemblyDiff
    words: Words


@dataclass(frozen=True)
class Group:
    """Changes that several assemblies have in common, and no others have."""

    labels: tuple[str, ...]
    """In the order in which they were given."""
    diff: AssemblyDiff
    """Of several assemblies with `{product}` in the place of their identity; of one as it is."""


@dataclass(frozen=True)
class _Atom:
    """One change of one stack of one assembly."""

    stack: StackDiff
    part: Part | None
    """None stands for the stack itself: that it is created, removed or changed."""


def group(diffs: Sequence[Labelled]) -> tuple[Group, ...]:
    """Put together what is equal. Larger groups come first, then those whose first assembly was given first."""
    order = {one.label: number for number, one in enumerate(diffs)}
    owners: dict[str, list[str]] = {}
    atoms: dict[str, tuple[_Atom, _Atom]] = {}
    readable = _Texts(_readable)
    for one in diffs:
        neutral = _Texts(_neutral(one.words))
        seen: Counter[str] = Counter()
        for atom in _atoms(one.diff):
            plain = neutral.atom(atom)
            key = _key(plain)
            seen[key] += 1
            key = f"{key}{seen[key]}"  # what one assembly says twice is no change of two assemblies
            owners.setdefault(key, []).append(one.label)
            atoms.setdefault(key, (atom, readable.atom(plain)))
    found: dict[tuple[str, ...], list[_Atom]] = {}
    for key, labels in owners.items():
        found.setdefault(tuple(labels), []).append(atoms[key][len(labels) > 1])
    groups = [Group(labels, _together(members)) for labels, members in found.items()]
    told = [one for one in groups if any(stack.changed for stack in one.diff.stacks)]
    return tuple(sorted(told, key=lambda one: (-len(one.labels), order[one.labels[0]])))


def _atoms(diff: AssemblyDiff) -> Iterator[_Atom]:
    for stack in diff.stacks:
        bare = replace(stack, resources=(), outputs=(), security=(), settings=())
        parts: tuple[Part, ...] = (*stack.resources, *stack.outputs, *stack.security, *stack.settings)
        if stack.action in ("create", "remove"):
            yield _Atom(bare, None)
        for part in parts:
            yield _Atom(bare, part)


def _together(members: Sequence[_Atom]) -> AssemblyDiff:
    """The diff that has exactly these changes. Its stacks keep their order."""
    stacks: dict[str, StackDiff] = {}
    for atom in members:
        was = stacks.setdefault(atom.stack.id, atom.stack)
        match atom.part:
            case ResourceChange():
                stacks[atom.stack.id] = replace(was, resources=(*was.resources, atom.part))
            case OutputChange():
                stacks[atom.stack.id] = replace(was, outputs=(*was.outputs, atom.part))
            case SecurityChange():
                stacks[atom.stack.id] = replace(was, security=(*was.security, atom.part))
            case PropertyChange():
                stacks[atom.stack.id] = replace(was, settings=(*was.settings, atom.part))
    return AssemblyDiff(tuple(stacks.values()))


def _key(atom: _Atom) -> str:
    match atom.part:
        case ResourceChange():
            value: Json = ["resource", resource_json(atom.part)]
        case OutputChange():
            value = ["output", output_json(atom.part)]
        case SecurityChange():
            value = ["security", security_json(atom.part)]
        case PropertyChange():
            value = ["setting", setting_json(atom.part)]
        case None:
            value = ["stack"]
    return json.dumps([atom.stack.id, atom.stack.action, value], sort_keys=True)


# What stands for a word of an identity, until everything is grouped: no template has these characters, so that a text
# which says `{product}` by itself is not taken for one.
_OPEN, _CLOSE = "\ue000", "\ue001"


def _neutral(words: Words) -> Callable[[str], str]:
    """Puts marks in the place of an identity's words."""
    return replacing_words({word: f"{_OPEN}{name}{_CLOSE}" for word, name in words.items() if word})


def _readable(text: str) -> str:
    return text.replace(_OPEN, "{").replace(_CLOSE, "}")


class _Texts:
    """Puts other texts in the place of all texts of a change."""

    def __init__(self, text: Callable[[str], str]) -> None:
        self.text = text

    def json(self, value: Json) -> Json:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(item) for item in value]
        if isinstance(value, dict):
            return {self.text(key): self.json(item) for key, item in value.items()}
        return value

    def atom(self, atom: _Atom) -> _Atom:
        stack = replace(
            atom.stack,
            stack_name=self.text(atom.stack.stack_name),
            account="{account}",
            region=self.text(atom.stack.region),
        )
        return _Atom(stack, self.part(atom.part))

    def part(self, part: Part | None) -> Part | None:
        match part:
            case ResourceChange():
                properties = tuple(self._property(one) for one in part.properties)
                return replace(part, properties=properties, notes=tuple(self.text(note) for note in part.notes))
            case OutputChange():
                return replace(part, before=self.json(part.before), after=self.json(part.after))
            case SecurityChange():
                return replace(part, text=self.text(part.text))
            case PropertyChange():
                return self._property(part)
            case None:
                return None

    def _property(self, change: PropertyChange) -> PropertyChange:
        return replace(
            change, path=self.text(change.path), before=self.json(change.before), after=self.json(change.after)
        )
