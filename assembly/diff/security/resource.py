"""One resource of a template as the security diff reads it: typed, named, and with values that compare by meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from assembly.diff.side import STACK_OUTPUT, StackSide
from assembly.diff.value import JOIN, is_intrinsic, text_of
from assembly.document import Json, JsonObject, as_list, as_object

_LISTED = 8
"""How many items of a list a sentence names."""


@dataclass(frozen=True, order=True)
class Term:
    """Something that a sentence names. Two terms are equal when they mean the same, however they are written."""

    key: str
    """References stand in it as construct paths, so that a logical id that changes makes no difference."""
    words: str = field(compare=False)


NOTHING = Term("", "")


@dataclass(frozen=True, eq=False)
class Resource:
    """A resource of one side."""

    side: StackSide
    logical_id: str

    @cached_property
    def type(self) -> str:
        """Its type, such as `AWS::IAM::Role`."""
        return self.side.stack.resource_type(self.logical_id)

    @cached_property
    def whole(self) -> JsonObject:
        """Everything the template says of it, settled."""
        return self.side.resource(self.logical_id)

    @cached_property
    def properties(self) -> JsonObject:
        """Its settled properties."""
        return self.side.properties(self.logical_id)

    @cached_property
    def own(self) -> Term:
        """The resource itself."""
        return self.term({"Ref": self.logical_id})

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.own.words

    def all(self, path: str) -> list[Json]:
        """The values at a path such as `Policies.*.PolicyDocument`; one value stands for a list of one."""
        return follow(self.properties, path)

    def first(self, path: str) -> Json:
        """The value at a path, or None."""
        return next(iter(self.all(path)), None)

    def said(self, path: str) -> str:
        """The value at a path in words; empty when there is none."""
        return self.term(self.first(path)).words

    def number(self, path: str) -> float | None:
        """The number at a path, which may be written as text; None when there is none, or when it is not known."""
        return as_number(self.first(path))

    def term(self, value: Json) -> Term:
        """A value as a term."""
        return Term(_key(self.side, value), _said(self.side, value))

    def named(self, value: Json, what: str) -> Term:
        """Something that the template attaches by its name: a resource of the template, or `the role admin`.

        The CDK takes the name of a role out of its ARN with functions; then the one resource in them is meant.
        """
        if isinstance(value, str):
            return Term(value, f"the {what} {value}")
        meant = {reference.target for reference in self.side.references(value)}
        stacks = self.side.side.stacks
        if len(meant) == 1 and (target := next(iter(meant))).stack in stacks:
            return Resource(stacks[target.stack], target.logical_id).own
        return self.term(value)

    def target(self, value: Json) -> str:
        """The logical id of the resource of the same stack that a value means; empty when it means none."""
        for reference in self.side.references(value):
            if reference.target.stack == self.side.stack.id:
                return reference.target.logical_id
        return ""


def follow(value: Json, path: str) -> list[Json]:
    """The values at a dotted path, in which `*` is every item of a list."""
    found = [value]
    for step in path.split("."):
        found = [inner for one in found for inner in _step(one, step)]
    return found


def many(value: Json) -> list[Json]:
    """The items of a value where one item may stand for a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_number(value: Json) -> float | None:
    """The number that a value is, also when it is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def counted(number: float, unit: str) -> str:
    """`1 day`, `30 days`."""
    return f"{number:.15g} {unit}" + ("" if number == 1 else "s")


def listed(words: Iterable[str], last: str = "") -> str:
    """The words sorted and with commas; a long list ends in how many more there are."""
    items = sorted(set(words))
    if len(items) > _LISTED:
        return f"{', '.join(items[:_LISTED])} and {len(items) - _LISTED} more"
    if last and len(items) > 1:
        return f"{', '.join(items[:-1])} {last} {items[-1]}"
    return ", ".join(items)


def _step(value: Json, step: str) -> list[Json]:
    if step == "*":
        return many(value)
    inner = as_object(value).get(step)
    return [] if inner is None else [inner]


def _key(side: StackSide, value: Json) -> str:
    if value is None or isinstance(value, str | bool | int | float):
        return side.words(value)
    meant = _meant(side, value)
    return text_of(_keyed(side, value)) if meant is None else meant


def _meant(side: StackSide, value: Json) -> str | None:
    """What a call that can be told means; None for everything else."""
    if isinstance(value, dict) and len(value) == 1:
        name, argument = next(iter(value.items()))
        if name in ("Ref", "Fn::GetAtt") and isinstance(argument, str):
            return _reference(side, argument)
        if name == JOIN and (parts := _parts(argument)):
            return "".join(_key(side, part) for part in parts)
        if name == STACK_OUTPUT and (found := side.side.producer(value)):
            return _key(*found)
    return None


def _keyed(side: StackSide, value: Json) -> Json:
    """The value with keys in the place of references, however deep they are."""
    if isinstance(value, list):
        return [_keyed(side, item) for item in value]
    if not isinstance(value, dict):
        return value
    meant = _meant(side, value)
    return {key: _keyed(side, item) for key, item in value.items()} if meant is None else meant


def _reference(side: StackSide, argument: str) -> str:
    logical_id = argument.partition(".")[0]
    attribute = side.words({"Fn::GetAtt": argument}).removeprefix(side.label(logical_id))
    return f"${{{side.path(logical_id) or f'{side.stack.id}/{logical_id}'}{attribute}}}"


def _parts(argument: Json) -> list[Json]:
    pair = as_list(argument)
    return as_list(pair[1]) if len(pair) == 2 and pair[0] == "" else []


def _said(side: StackSide, value: Json) -> str:
    if isinstance(value, dict) and is_intrinsic(value):
        name, argument = next(iter(value.items()))
        items = as_list(argument)
        if name == "Fn::If" and len(items) == 3:
            return f"{_said(side, items[1])} or {_said(side, items[2])}"
        if name == "Fn::ImportValue":
            return f"the export {_said(side, argument)}"
        if name == JOIN and not _parts(argument):
            return "".join(_words(side, argument))
    if isinstance(value, dict | list) and not value:
        return "nothing"
    return side.words(value)


def _words(side: StackSide, argument: Json) -> Iterator[str]:
    """A join that could not be settled, such as one over a list that a function returns."""
    for part in as_list(argument)[1:]:
        yield side.words(part)
