"""Three-valued logic: true, false, and not known (`None`).

A connective is known as soon as what is known decides it, and whatever the unknown turns out to be, it stays so
(Kleene's strong logic). That is what makes an answer of the evaluator a proof.
"""

from collections.abc import Iterable
from typing import TypeAlias

Verdict: TypeAlias = bool | None
"""True, False, or None: not enough is known."""


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """And: false if one is false, else unknown if one is unknown, else true."""
    found: Verdict = True
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is None:
            found = None
    return found


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Or: true if one is true, else unknown if one is unknown, else false."""
    found: Verdict = False
    for verdict in verdicts:
        if verdict is True:
            return True
        if verdict is None:
            found = None
    return found


def negated(verdict: Verdict) -> Verdict:
    """Not: the unknown stays unknown."""
    return None if verdict is None else not verdict


def agreed(first: Verdict, second: Verdict) -> Verdict:
    """What two possible readings have in common: unknown unless both say the same."""
    return first if first is second else None


def chosen(condition: Verdict, yes: Verdict, no: Verdict) -> Verdict:
    """`yes` if the condition is true, `no` if it is false, and what both agree on if it is unknown."""
    if condition is None:
        return agreed(yes, no)
    return yes if condition else no
