"""The condition operators: how one value of a request compares with one value of a policy.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
"""

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias, TypeVar

from assembly.policy.match import Pattern, is_arn
from assembly.policy.variables import Lookup, tokens
from assembly.policy.verdict import Verdict

Comparison: TypeAlias = Callable[[str, Lookup], Verdict]
"""Compares a value of the request with the value of the policy."""

Compiler: TypeAlias = Callable[[str, bool], Comparison]
"""Makes the comparison with a value of a policy; the second argument says whether it may have variables.
Raises ValueError when the operator cannot take the value."""

_T = TypeVar("_T")

_VARIABLE: Final = "${"
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?", re.IGNORECASE
)


def _text(*, wildcards: bool, ignore_case: bool = False) -> Compiler:
    def compiled(value: str, variables: bool) -> Comparison:
        return Pattern(tokens(value, variables=variables, wildcards=wildcards), ignore_case=ignore_case).matches

    return compiled


def _arn(value: str, variables: bool) -> Comparison:
    pattern = Pattern.of(value, variables=variables, arn=True)
    across = Pattern.of(value, variables=variables)

    def comparison(found: str, lookup: Lookup) -> Verdict:
        if not is_arn(found):
            return False if across.matches(found, lookup) is False else None
        if pattern.matches(found, lookup) is not False:
            return pattern.matches(found, lookup)
        # What a pattern of fewer than six parts means, such as `*`, is not documented.
        return False if is_arn(value) else _doubt(across.matches(found, lookup))

    return comparison


def _doubt(verdict: Verdict) -> Verdict:
    return False if verdict is False else None


def _ordered(parse: Callable[[str], _T], compare: Callable[[_T, _T], bool]) -> Compiler:
    """An operator that reads both values. What it cannot read in the request decides nothing."""

    def compiled(value: str, variables: bool) -> Comparison:
        if variables and _VARIABLE in value:
            return _undecided
        wanted = parse(value)

        def comparison(found: str, _: Lookup) -> Verdict:
            try:
                return compare(parse(found), wanted)
            except ValueError:
                return None

        return comparison

    return compiled


def _undecided(_value: str, _lookup: Lookup) -> Verdict:
    """AWS does not say what a variable does where it cannot be used."""
    return None


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def _moment(text: str) -> datetime:
    """A date of ISO 8601 as W3C writes it, or seconds since 1970."""
    if re.fullmatch(r"\d{5,}(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), UTC)
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError("not a date, such as 2026-01-31T00:00:00Z")
    year, month, day, hour, minute, second, zone = found.groups()
    offset = "+00:00" if not zone or zone in "Zz" else f"{zone[:3]}:{zone[-2:]}"
    return datetime.fromisoformat(
        f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}{offset}"
    )


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("neither true nor false")
    return text.lower() == "true"


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(text: str) -> _Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError("neither an IP address nor a range") from None


def _within(found: _Network, wanted: _Network) -> bool:
    if isinstance(found, ipaddress.IPv4Network) and isinstance(wanted, ipaddress.IPv4Network):
        return found.subnet_of(wanted)
    if isinstance(found, ipaddress.IPv6Network) and isinstance(wanted, ipaddress.IPv6Network):
        return found.subnet_of(wanted)
    return False


_EQUALS: Final = _text(wildcards=False)
_EQUALS_IGNORE_CASE: Final = _text(wildcards=False, ignore_case=True)
_LIKE: Final = _text(wildcards=True)

OPERATORS: Final[Mapping[str, tuple[Compiler, bool]]] = {
    "StringEquals": (_EQUALS, False),
    "StringNotEquals": (_EQUALS, True),
    "StringEqualsIgnoreCase": (_EQUALS_IGNORE_CASE, False),
    "StringNotEqualsIgnoreCase": (_EQUALS_IGNORE_CASE, True),
    "StringLike": (_LIKE, False),
    "StringNotLike": (_LIKE, True),
    "NumericEquals": (_ordered(_number, operator.eq), False),
    "NumericNotEquals": (_ordered(_number, operator.eq), True),
    "NumericLessThan": (_ordered(_number, operator.lt), False),
    "NumericLessThanEquals": (_ordered(_number, operator.le), False),
    "NumericGreaterThan": (_ordered(_number, operator.gt), False),
    "NumericGreaterThanEquals": (_ordered(_number, operator.ge), False),
    "DateEquals": (_ordered(_moment, operator.eq), False),
    "DateNotEquals": (_ordered(_moment, operator.eq), True),
    "DateLessThan": (_ordered(_moment, operator.lt), False),
    "DateLessThanEquals": (_ordered(_moment, operator.le), False),
    "DateGreaterThan": (_ordered(_moment, operator.gt), False),
    "DateGreaterThanEquals": (_ordered(_moment, operator.ge), False),
    "Bool": (_ordered(_boolean, operator.eq), False),
    "BinaryEquals": (_ordered(_bytes, operator.eq), False),
    "IpAddress": (_ordered(_network, _within), False),
    "NotIpAddress": (_ordered(_network, _within), True),
    "ArnEquals": (_arn, False),
    "ArnLike": (_arn, False),
    "ArnNotEquals": (_arn, True),
    "ArnNotLike": (_arn, True),
}
"""Each operator: what it compares, and whether it is true when nothing compares equal."""
