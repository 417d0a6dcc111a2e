"""Text of a policy with wildcards and policy variables, cut into tokens.

`${aws:username}` stands for the one value of a key of the request, `${aws:PrincipalTag/team, 'none'}` for that or a
default, and `${*}`, `${?}`, `${$}` for those very characters. Only documents of version 2012-10-17 have variables.
See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

Found: TypeAlias = tuple[str, ...] | None
"""The values of a key of a request: none at all when it is absent, None when it is not known."""

Lookup: TypeAlias = Callable[[str], Found]
"""Finds the values of a key, given in lower case."""


class Wild(Enum):
    """A wildcard."""

    MANY = "*"
    ONE = "?"


@dataclass(frozen=True)
class Variable:
    """A policy variable."""

    key: str
    """In lower case."""
    default: str | None = None


Token: TypeAlias = str | Wild | Variable
Tokens: TypeAlias = tuple[Token, ...]

_PIECE: Final = re.compile(r"\$\{([^}]*)\}|([*?])")
_VARIABLE: Final = re.compile(r"([^:{}'$,*?\s]+:[^:'{}$*?,][^'{}$*?,]*)(?:, ?'([^']*)')?")


def tokens(text: str, *, variables: bool, wildcards: bool = True) -> Tokens:
    """Cut a text of a policy; without wildcards or variables those characters stand for themselves.

    Raises ValueError when a variable is not one.
    """
    return tuple(_tokens(text, variables, wildcards))


def _tokens(text: str, variables: bool, wildcards: bool) -> Iterator[Token]:
    literal, end = "", 0
    for piece in _PIECE.finditer(text):
        token = _token(piece, variables, wildcards)
        literal += text[end : piece.start()]
        end = piece.end()
        if isinstance(token, str):
            literal += token
            continue
        if literal:
            yield literal
        literal = ""
        yield token
    if literal := literal + text[end:]:
        yield literal


def _token(piece: re.Match[str], variables: bool, wildcards: bool) -> Token:
    if piece[2]:
        return Wild(piece[2]) if wildcards else piece[2]
    if not variables:
        # Not one token: the wildcards in it stay wildcards, as in any text of an old document.
        return piece[0]
    if piece[1] in ("*", "?", "$"):
        return piece[1]
    found = _VARIABLE.fullmatch(piece[1])
    if not found:
        raise ValueError(f"{piece[0]} is not a policy variable, such as ${{aws:username}}")
    return Variable(found[1].lower(), found[2])
