"""When a statement applies: the conditions of a policy, comparable and in words.

A test of several values is true when one of them matches, so a statement with two values is the same as two statements
with one each; what is gained or lost is then exactly the value. Negated tests are kept whole.
See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from assembly.diff.security.resource import Resource, Term, listed, many
from assembly.document import Json

_IF_EXISTS = "IfExists"
_MOST_ALTERNATIVES = 64
"""More are kept as one test of many values, so that no statement explodes."""

_ALL, _ANY = "ForAllValues", "ForAnyValue"

_WORDS: Mapping[str, tuple[str, str]] = {
    "StringEquals": ("is", "is"),
    "StringEqualsIgnoreCase": ("is, in any case of letters,", "is, in any case of letters,"),
    "StringLike": ("is like", "is like"),
    "ArnEquals": ("is", "is"),
    "ArnLike": ("is like", "is like"),
    "NumericEquals": ("is", "is"),
    "NumericLessThan": ("is less than", "is less than"),
    "NumericLessThanEquals": ("is at most", "is at most"),
    "NumericGreaterThan": ("is more than", "is more than"),
    "NumericGreaterThanEquals": ("is at least", "is at least"),
    "DateEquals": ("is", "is"),
    "DateLessThan": ("is before", "is before"),
    "DateLessThanEquals": ("is at the latest", "is at the latest"),
    "DateGreaterThan": ("is after", "is after"),
    "DateGreaterThanEquals": ("is at the earliest", "is at the earliest"),
    "BinaryEquals": ("is", "is"),
    "Bool": ("is", "is"),
    "IpAddress": ("is in", "is in"),
    "StringNotEquals": ("is not", "is none of"),
    "StringNotEqualsIgnoreCase": ("is not, in any case of letters,", "is, in any case of letters, none of"),
    "StringNotLike": ("is not like", "is like none of"),
    "ArnNotEquals": ("is not", "is none of"),
    "ArnNotLike": ("is not like", "is like none of"),
    "NumericNotEquals": ("is not", "is none of"),
    "DateNotEquals": ("is not", "is none of"),
    "NotIpAddress": ("is not in", "is in none of"),
}
"""Operator to what a sentence says of one value, and of several."""

_NULL: Mapping[str, str] = {"true": "is not there", "false": "is there"}


@dataclass(frozen=True, order=True)
class Test:
    """One test of one key of a request."""

    __test__ = False  # its name is no reason for pytest to collect it

    operator: str
    """Such as `StringEquals` or `ForAnyValue:StringLikeIfExists`; empty when the condition is not readable."""
    key: str
    values: tuple[Term, ...]
    """Sorted."""
    written: str = ""
    """The key as the template writes it, when that is not all there is to compare."""

    @property
    def base(self) -> str:
        """The operator without quantifier and `IfExists`."""
        return self.operator.rpartition(":")[2].removesuffix(_IF_EXISTS)

    @property
    def quantifier(self) -> str:
        """`ForAllValues`, `ForAnyValue` or empty."""
        return self.operator.rpartition(":")[0]

    @property
    def divisible(self) -> bool:
        """Whether the test of several values is the same as one test or the other."""
        return bool(self.operator) and "Not" not in self.base and self.quantifier != _ALL

    def implied_by(self, other: Test) -> bool:
        """Whether this test is true wherever the other one is."""
        if (self.operator, self.key) != (other.operator, other.key):
            return False
        mine, its = set(self.values), set(other.values)
        return mine <= its if "Not" in self.base else mine >= its

    def __str__(self) -> str:
        """`aws:SourceVpc is Network/Vpc`."""
        if not self.operator:
            return f"{self.written} holds"
        words = [value.words for value in self.values]
        subject = {_ALL: f"every value of {self.key}", _ANY: f"a value of {self.key}"}.get(self.quantifier, self.key)
        if self.operator.endswith(_IF_EXISTS):
            subject += ", if present,"
        if self.base == "Null":
            return f"{subject} {listed((_NULL.get(word, f'is there or not: {word}') for word in words), 'or')}"
        one, several = _WORDS.get(self.base, (self.base, self.base))
        if len(words) < 2:
            return f"{subject} {one} {listed(words) or 'nothing'}"
        return f"{subject} {several} {listed(words, '' if 'Not' in self.base else 'or')}"


Condition = tuple[Test, ...]
"""Tests that all have to be true, sorted. Empty: always."""


def alternatives(resource: Resource, condition: Json) -> list[Condition]:
    """The conditions of which one has to be true for a statement to apply."""
    tests = sorted(set(_tests(resource, condition)))
    choices = [_single(test) for test in tests]
    amount = 1
    for choice in choices:
        amount *= len(choice)
    if amount > _MOST_ALTERNATIVES:
        return [tuple(tests)]
    return [tuple(sorted(chosen)) for chosen in product(*choices)]


def covers(wide: Condition, narrow: Condition) -> bool:
    """Whether the wide condition is true wherever the narrow one is."""
    return all(any(test.implied_by(other) for other in narrow) for test in wide)


def merged(conditions: Iterable[Condition]) -> list[Condition]:
    """As few conditions as say the same: those that differ in the values of one test become one."""
    found = sorted(set(conditions))
    for place in range(max((len(condition) for condition in found), default=0)):
        found = _merged_at(found, place)
    return found


def said(condition: Condition) -> str:
    """A condition in words, to follow a `when`."""
    return " and ".join(str(test) for test in condition)


def _single(test: Test) -> list[Test]:
    if not test.divisible or len(test.values) < 2:
        return [test]
    return [Test(test.operator, test.key, (value,)) for value in test.values]


def _merged_at(conditions: list[Condition], place: int) -> list[Condition]:
    groups: dict[tuple[object, ...], list[Condition]] = {}
    for condition in conditions:
        if place < len(condition) and condition[place].divisible:
            test = condition[place]
            rest: tuple[object, ...] = (condition[:place], test.operator, test.key, condition[place + 1 :])
        else:
            rest = (condition,)
        groups.setdefault(rest, []).append(condition)
    return sorted(group[0] if len(group) == 1 else _union(group, place) for group in groups.values())


def _union(group: list[Condition], place: int) -> Condition:
    first = group[0][place]
    values = tuple(sorted({value for condition in group for value in condition[place].values}))
    return (*group[0][:place], Test(first.operator, first.key, values), *group[0][place + 1 :])


def _tests(resource: Resource, condition: Json) -> Iterator[Test]:
    if condition is None:
        return
    if not isinstance(condition, dict):
        yield _unreadable(resource, condition)
        return
    for operator, tests in condition.items():
        if not isinstance(tests, dict) or operator.startswith("Fn::"):
            yield _unreadable(resource, {operator: tests})
            continue
        for key, values in tests.items():
            terms = {_value(resource, operator, value) for value in many(values)}
            yield Test(operator, key, tuple(sorted(terms)))


def _value(resource: Resource, operator: str, value: Json) -> Term:
    term = resource.term(value)
    if isinstance(value, str) and ("Bool" in operator or "Null" in operator):
        return Term(term.key.lower(), term.words.lower())
    return term


def _unreadable(resource: Resource, condition: Json) -> Test:
    term = resource.term(condition)
    return Test("", term.key, (), term.words)
