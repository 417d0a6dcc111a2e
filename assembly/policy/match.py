"""Whether a text matches a pattern of a policy.

In a plain pattern `*` stands for any characters and `?` for any one, colons and slashes included. An ARN has six
parts between colons, matched one by one; only the last may hold colons itself.
See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from assembly.policy.variables import Lookup, Token, Tokens, Variable, Wild, tokens
from assembly.policy.verdict import Verdict

ARN_PARTS: Final = 6

_WILD: Final = {Wild.MANY: ".*", Wild.ONE: "."}
_WILD_IN_PART: Final = {Wild.MANY: "[^:]*", Wild.ONE: "[^:]"}


@dataclass(frozen=True)
class Pattern:
    """A pattern to match texts against, compiled once unless it has policy variables."""

    tokens: Tokens
    arn: bool = False
    """Whether the parts between colons are matched one by one."""
    ignore_case: bool = False
    variables: tuple[str, ...] = field(init=False)
    """The keys that it looks up."""
    _compiled: re.Pattern[str] | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile it."""
        keys = tuple(token.key for token in self.tokens if isinstance(token, Variable))
        object.__setattr__(self, "variables", keys)
        object.__setattr__(self, "_compiled", None if keys else self._compile(self.tokens))

    @classmethod
    def of(cls, text: str, *, variables: bool = False, wildcards: bool = True, arn: bool = False) -> "Pattern":
        """The pattern that a policy writes like this."""
        return cls(tokens(text, variables=variables, wildcards=wildcards), arn=arn)

    def matches(self, text: str, lookup: Lookup, null: Verdict = False) -> Verdict:
        """Whether the text matches; `null` is the answer when a variable in the pattern has no value."""
        if self._compiled is not None:
            return self._compiled.fullmatch(text) is not None
        values = [_value(token, lookup) for token in self.tokens]
        if () in values:
            return null
        if not self._compile(_loose(zip(self.tokens, values, strict=True))).fullmatch(text):
            return False
        if None not in values and self._compile(_literal(self.tokens, values)).fullmatch(text):
            return True
        return None

    def _compile(self, pieces: "tuple[Token, ...]") -> re.Pattern[str]:
        return _compiled(pieces, self.arn, self.ignore_case)


def _value(token: Token, lookup: Lookup) -> tuple[Token, ...] | None:
    """What stands for the token: itself, the value of a variable, nothing, or None when that is not known."""
    if not isinstance(token, Variable):
        return (token,)
    found = lookup(token.key)
    if found == () and token.default is not None:
        return (token.default,)
    if found is not None and len(found) > 1:
        return None
    return found


def _loose(pairs: "Iterable[tuple[Token, tuple[Token, ...] | None]]") -> Tokens:
    """Everything that the pattern may stand for: any text for the unknown, and for a wildcard in a value."""
    loose: list[Token] = []
    for token, value in pairs:
        if value is None:
            loose.append(_ANYTHING)
        elif isinstance(token, Variable) and isinstance(value[0], str):
            loose.extend(tokens(value[0], variables=False))
        else:
            loose.append(value[0])
    return tuple(loose)


def _literal(pieces: Tokens, values: "Iterable[tuple[Token, ...] | None]") -> Tokens:
    """The pattern with its variables replaced, character by character: their values hold no wildcards."""
    return tuple(
        Variable("", str(value[0])) if value is not None and isinstance(piece, Variable) else piece
        for piece, value in zip(pieces, values, strict=True)
    )


_ANYTHING: Final = Variable("")


@lru_cache(maxsize=4096)
def _compiled(pieces: Tokens, arn: bool, ignore_case: bool) -> re.Pattern[str]:
    """The regular expression. The value of a variable stays in its part of an ARN, colons and all."""
    written, colons = "", 0
    for piece in pieces:
        if isinstance(piece, Variable):
            written += ".*" if piece.default is None else re.escape(piece.default)
        elif isinstance(piece, Wild):
            written += (_WILD_IN_PART if arn and colons < ARN_PARTS - 1 else _WILD)[piece]
        else:
            written += re.escape(piece)
            colons += piece.count(":")
    return re.compile(written, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def action_expression(patterns: Iterable[str]) -> re.Pattern[str]:
    """One regular expression for a list of actions, in which case does not matter."""
    return re.compile(
        "|".join(_compiled(tokens(pattern, variables=False), False, True).pattern for pattern in patterns),
        re.IGNORECASE | re.DOTALL,
    )


def is_arn(text: str) -> bool:
    """Whether the text has the six parts of an ARN."""
    return text.startswith("arn:") and text.count(":") >= ARN_PARTS - 1
