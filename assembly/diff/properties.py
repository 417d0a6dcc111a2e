"""Which values of two settled documents are not the same, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assembly.diff.value import is_intrinsic, text_of
from assembly.document import Json, as_object
from assembly.schema import TypeSchema

_ITEM = "*"

_KEYS = ("Key", "Name", "Id", "Sid", "RuleNumber", "Priority", "AttributeName", "IndexName", "DomainName", "rule")
"""What tells the items of a list apart, in the order in which they are tried."""


@dataclass(frozen=True)
class Difference:
    """One value that is not the same."""

    path: tuple[str, ...]
    """As a schema counts: property names, and `*` for any item of a list."""
    shown: str
    """As a person reads it: `Tags[team].Value`."""
    before: Json
    """None when it was not there."""
    after: Json
    """None when it is not there any more."""


def differences(before: Json, after: Json, schema: TypeSchema) -> Iterator[Difference]:
    """Compare two settled sets of properties of a type. Lists that the schema calls sets have no order."""
    yield from _Walk(schema).between(before, after, (), "")


@dataclass(frozen=True)
class _Walk:
    schema: TypeSchema

    def between(self, before: Json, after: Json, path: tuple[str, ...], shown: str) -> Iterator[Difference]:
        if text_of(before) == text_of(after):
            return
        if (
            isinstance(before, dict)
            and isinstance(after, dict)
            and not is_intrinsic(before)
            and not is_intrinsic(after)
        ):
            for key in sorted({*before, *after}):
                inner = f"{shown}.{key}" if shown else key
                yield from self.between(before.get(key), after.get(key), (*path, key), inner)
        elif isinstance(before, list) and isinstance(after, list):
            yield from self._lists(before, after, path, shown)
        else:
            yield Difference(path, shown, before, after)

    def _lists(
        self, before: Sequence[Json], after: Sequence[Json], path: tuple[str, ...], shown: str
    ) -> Iterator[Difference]:
        inner = (*path, _ITEM)
        key = _key_of([*before, *after], before, after)
        if key:
            left, right = _by(key, before), _by(key, after)
            for name in sorted({*left, *right}):
                yield from self.between(left.get(name), right.get(name), inner, f"{shown}[{name}]")
            if not self._has_no_order(path):
                yield from _order(left, right, path, shown)
        elif self._has_no_order(path):
            yield from _sets(before, after, inner, shown)
        else:
            for left_item, right_item in _pairs(before, after):
                yield from self.between(left_item, right_item, inner, f"{shown}[]")

    def _has_no_order(self, path: tuple[str, ...]) -> bool:
        return self.schema.unordered(path) or _is_set_of_policy(path)


def _key_of(items: Sequence[Json], before: Sequence[Json], after: Sequence[Json]) -> str:
    """The property that tells the items of both lists apart; empty when none does."""
    for key in _KEYS:
        if all(isinstance(as_object(item).get(key), str | int) for item in items) and all(
            len(_by(key, side)) == len(side) for side in (before, after)
        ):
            return key
    return ""


def _by(key: str, items: Sequence[Json]) -> dict[str, Json]:
    return {str(as_object(item).get(key)): item for item in items}


def _order(
    left: Mapping[str, Json], right: Mapping[str, Json], path: tuple[str, ...], shown: str
) -> Iterator[Difference]:
    """The names of the items in both lists, where they are not in the same order."""
    before: list[Json] = [name for name in left if name in right]
    after: list[Json] = [name for name in right if name in left]
    if before != after:
        yield Difference(path, shown, before, after)


def _is_set_of_policy(path: tuple[str, ...]) -> bool:
    """Statements and the sets in them: settling has put them in order, so only membership can differ."""
    return "Statement" in path


def _sets(before: Sequence[Json], after: Sequence[Json], path: tuple[str, ...], shown: str) -> Iterator[Difference]:
    left, right = {text_of(item): item for item in before}, {text_of(item): item for item in after}
    for text in sorted(left.keys() - right.keys()):
        yield Difference(path, f"{shown}[]", left[text], None)
    for text in sorted(right.keys() - left.keys()):
        yield Difference(path, f"{shown}[]", None, right[text])


def _pairs(before: Sequence[Json], after: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """The items that belong together in two lists whose order counts; None stands for one that is not there."""
    matcher = SequenceMatcher(
        None, [text_of(item) for item in before], [text_of(item) for item in after], autojunk=False
    )
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            continue
        left, right = [*before[i:j]], [*after[k:m]]
        length = max(len(left), len(right))
        yield from zip(left + [None] * (length - len(left)), right + [None] * (length - len(right)), strict=True)
