"""The `Condition` of a statement: all of its tests have to be true.

One test compares the values of one key of the request with the values in the policy: one of them is enough, and for a
negated operator none may match. An absent key fails a test, passes a negated one, passes `...IfExists` and
`ForAllValues`, and fails `ForAnyValue`. See
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from assembly.document import Json
from assembly.errors import AssemblyError
from assembly.policy.operators import OPERATORS, Comparison
from assembly.policy.variables import Lookup
from assembly.policy.verdict import Verdict, agreed, all_of, any_of, negated

_ALL: Final = "ForAllValues"
_ANY: Final = "ForAnyValue"
_IF_EXISTS: Final = "IfExists"
_NULL: Final = "Null"


@dataclass(frozen=True)
class Test:
    """One test of one key."""

    __test__ = False  # its name is no reason for pytest to collect it

    operator: str
    """As the policy writes it, such as `ForAnyValue:StringLikeIfExists`."""
    key: str
    comparisons: tuple[Comparison, ...]
    negated: bool
    quantifier: str
    """`ForAllValues`, `ForAnyValue` or empty."""
    if_exists: bool
    lower_key: str

    def holds(self, lookup: Lookup) -> Verdict:
        """Whether the test is true of a request."""
        values = lookup(self.lower_key)
        if values is None:
            return None
        if not values:
            return self._of_absent()
        found = [self._of(value, lookup) for value in values]
        if self.quantifier:
            return self._of_set(values, all_of(found) if self.quantifier == _ALL else any_of(found))
        # Several values without a set operator: AWS only says not to do it.
        return agreed(all_of(found), any_of(found))

    def _of(self, value: str, lookup: Lookup) -> Verdict:
        found = any_of(comparison(value, lookup) for comparison in self.comparisons)
        return negated(found) if self.negated else found

    def _of_absent(self) -> bool:
        if self.if_exists or self.quantifier == _ALL:
            return True
        return self.negated and not self.quantifier

    def _of_set(self, values: tuple[str, ...], literally: Verdict) -> Verdict:
        """Nothing but empty texts is documented as no values at all: unknown, unless both readings agree."""
        return literally if any(values) else agreed(literally, self._of_absent())


@dataclass(frozen=True)
class NullTest:
    """A test of whether a key is there at all."""

    key: str
    absent: tuple[bool, ...]
    """What is taken: true when the key may be absent, false when it may be there."""
    lower_key: str
    operator: str = _NULL

    def holds(self, lookup: Lookup) -> Verdict:
        """Whether the test is true of a request. An empty text may or may not be null."""
        values = lookup(self.lower_key)
        if len(set(self.absent)) == 2:
            return True
        if values is None or (values and not any(values)):
            return None
        return (not values) in self.absent


Condition = tuple[Test | NullTest, ...]
"""Tests that all have to be true."""


def conditions(value: Json, *, variables: bool, place: str) -> Condition:
    """Read a `Condition`. Raises AssemblyError when it is not one."""
    if not isinstance(value, dict):
        raise AssemblyError(f"{place} is not an object", "write operators, and under each the keys and their values")
    return tuple(_tests(value, variables, place))


def holds(condition: Condition, lookup: Lookup) -> Verdict:
    """Whether a condition is true of a request."""
    return all_of(test.holds(lookup) for test in condition)


def _tests(value: dict[str, Json], variables: bool, place: str) -> Iterator[Test | NullTest]:
    for operator, keys in value.items():
        where = f"{place}.{operator}"
        if not isinstance(keys, dict) or not keys:
            raise AssemblyError(f"{where} is not an object of keys", "write keys and their values under the operator")
        quantifier, base, if_exists = _operator(operator, where)
        for key, written in keys.items():
            if ":" not in key:
                raise AssemblyError(f"{where}: {key!r} is not a condition key", "write a prefix, such as aws:")
            values = _values(written, f"{where}.{key}")
            if base == _NULL:
                yield NullTest(key, tuple(_flag(text, f"{where}.{key}") for text in values), key.lower())
                continue
            compiler, is_negated = OPERATORS[base]
            try:
                comparisons = tuple(compiler(text, variables) for text in values)
            except ValueError as error:
                raise AssemblyError(f"{where}.{key}: {error}", "correct the value") from None
            yield Test(operator, key, comparisons, is_negated, quantifier, if_exists, key.lower())


def _operator(operator: str, where: str) -> tuple[str, str, bool]:
    """Quantifier, base, and whether it ends with `IfExists`."""
    quantifier, _, rest = operator.rpartition(":")
    base = rest.removesuffix(_IF_EXISTS)
    if quantifier not in ("", _ALL, _ANY) or (base != _NULL and base not in OPERATORS):
        raise AssemblyError(f"{where}: {operator!r} is not a condition operator", "write one such as StringEquals")
    if base == _NULL and operator != _NULL:
        raise AssemblyError(f"{where}: Null takes no set operator and no IfExists", "write Null alone")
    return quantifier, base, base != rest


def _flag(text: str, where: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise AssemblyError(f"{where}: Null takes true or false, not {text!r}", "write true or false")
    return text.lower() == "true"


def _values(written: Json, where: str) -> list[str]:
    values = written if isinstance(written, list) else [written]
    if not values:
        raise AssemblyError(f"{where} has no values", "give a value, or take the test away")
    return [_value(value, where) for value in values]


def _value(value: Json, where: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise AssemblyError(f"{where}: {value!r} is no text, number or boolean", "write a text")
