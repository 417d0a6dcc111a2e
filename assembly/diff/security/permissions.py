"""The permissions that are gained and lost, in sentences: who may now call what on which resource, and when.

A permission is gained when nothing of the side before allowed the same or more, so `s3:Get*` in the place of `s3:*`
gains nothing. Permissions with the same people, resources and conditions share a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from assembly.diff.change import SecurityChange, Subject
from assembly.diff.security.conditions import Condition, covers, merged, said
from assembly.diff.security.principals import ANYONE
from assembly.diff.security.resource import Term, listed
from assembly.diff.security.statements import Permission

Sources = Mapping[Permission, Set[str]]
"""Permissions, each with the logical ids of the resources whose policies say it."""

_ASSUMES: Mapping[str, str] = {
    "sts:assumerole": "",
    "sts:assumerolewithwebidentity": " with a web identity",
    "sts:assumerolewithsaml": " with SAML",
}
"""Action to how the role is assumed."""

_PLURALS = ("identities of ", "the members of ")


class Held:
    """The permissions of one side, to ask what they cover."""

    def __init__(self, permissions: Iterable[Permission]) -> None:
        self._same: dict[tuple[str, str], list[Permission]] = {}
        self._patterns: dict[str, list[Permission]] = {}
        for one in permissions:
            self._same.setdefault((one.who.key, one.action.key), []).append(one)
            if _is_pattern(one.action.key):
                self._patterns.setdefault(one.who.key, []).append(one)

    def cover(self, wanted: Permission) -> bool:
        """Whether one of the permissions says the same as the wanted one, or more."""
        for who in {wanted.who.key, ANYONE.key}:
            candidates = (*self._same.get((who, wanted.action.key), ()), *self._patterns.get(who, ()))
            if any(_covers(one, wanted) for one in candidates):
                return True
        return False

    def stricter(self, wanted: Permission) -> tuple[Condition, ...]:
        """The conditions under which the permissions say a part of the wanted one."""
        same = self._same.get((wanted.who.key, wanted.action.key), ())
        return tuple(
            merged(
                one.condition
                for one in same
                if _beside(one) == _beside(wanted) and one.resource == wanted.resource
                if covers(wanted.condition, one.condition)
            )
        )


@dataclass(frozen=True)
class _Frame:
    """What all permissions of a sentence have in common."""

    subject: Subject
    who: Term
    allowed: bool
    through: Term
    manner: str | None
    """How a role is assumed; None when something else is called."""
    stricter: tuple[Condition, ...]
    """The conditions under which the other side says the same."""

    def text(self, gained: bool, what: str, condition: Condition) -> str:
        """The sentence. `what` is what is done to which resources."""
        through = f" through {self.through.words}" if self.through.words else ""
        end = f" when {said(condition)}" if condition else ""
        only = f" only when {' or when '.join(said(one) for one in self.stricter)}" if self.stricter else ""
        if gained or not only:
            return f"{self.who.words} {self._verb(gained)} {what}{through}{end}{', no longer' + only if only else ''}"
        return f"{self.who.words} {self._verb(True)} {what}{through}{only}"

    def _verb(self, now: bool) -> str:
        if self.allowed:
            verb = "may now" if now else "may no longer"
            return f"{verb} {'call' if self.manner is None else 'assume'}"
        return f"{'are' if self.who.words.startswith(_PLURALS) else 'is'} {'now' if now else 'no longer'} denied"

    def what(self, actions: Iterable[Term], resources: Iterable[Term]) -> str:
        """`s3:GetObject, s3:PutObject on Files/*`."""
        on = listed(resource.words for resource in resources)
        if self.manner is not None and self.allowed:
            return f"{on}{self.manner}"
        return f"{listed(action.words for action in actions)} on {on}"


_Groups: TypeAlias = "dict[Hashable, tuple[_Frame, list[Permission]]]"
"""Permissions that share a sentence, by what they have in common."""


def permission_changes(
    before: Sources,
    after: Sources,
    also_before: Collection[Permission],
    also_after: Collection[Permission],
    stack: str,
) -> Iterator[SecurityChange]:
    """The sentences for what one side allows or denies and the other does not.

    The resources that did not change say something as well; nothing is gained or lost that one of them says.
    """
    gone = [one for one in before if one not in after]
    new = [one for one in after if one not in before]
    yield from _sentences(new, Held((*before, *also_before)), after, True, stack)
    yield from _sentences(gone, Held((*after, *also_after)), before, False, stack)


def _sentences(
    candidates: list[Permission], others: Held, sources: Sources, gained: bool, stack: str
) -> Iterator[SecurityChange]:
    found = [one for one in candidates if not others.cover(one)]
    for frame, group in _grouped((_frame(one, others), one) for one in found):
        ids = tuple(sorted({id for one in group for id in sources[one]}))
        what = frame.what({one.action for one in group}, {one.resource for one in group})
        wider = gained == frame.allowed
        for condition in merged(one.condition for one in group):
            text = frame.text(gained, what, condition)
            yield SecurityChange(frame.subject, "wider" if wider else "narrower", text, stack, ids)


def _frame(one: Permission, others: Held) -> _Frame:
    manner = _ASSUMES.get(one.action.key) if one.subject == "trust" else None
    return _Frame(one.subject, one.who, one.allowed, one.through, manner, others.stricter(one))


def _grouped(found: Iterable[tuple[_Frame, Permission]]) -> Iterable[tuple[_Frame, list[Permission]]]:
    """First the actions with one resource and condition, then the resources with those actions, then the conditions."""
    groups: _Groups = {}
    for frame, one in found:
        groups.setdefault((frame, one.condition, one.resource), (frame, []))[1].append(one)
    return _alike(_alike(groups, _but_resource), _but_condition).values()


def _alike(groups: _Groups, common: Callable[[list[Permission]], Hashable]) -> _Groups:
    united: _Groups = {}
    for frame, group in groups.values():
        united.setdefault((frame, common(group)), (frame, []))[1].extend(group)
    return united


def _but_resource(group: list[Permission]) -> Hashable:
    return frozenset(one.action for one in group), frozenset(one.condition for one in group)


def _but_condition(group: list[Permission]) -> Hashable:
    return frozenset(one.action for one in group), frozenset(one.resource for one in group)


def _beside(one: Permission) -> tuple[Subject, bool, str]:
    return one.subject, one.allowed, one.through.key


def _covers(one: Permission, wanted: Permission) -> bool:
    return (
        _beside(one) == _beside(wanted)
        and _matches(one.action.key, wanted.action.key)
        and _matches(one.resource.key, wanted.resource.key)
        and covers(one.condition, wanted.condition)
    )


def _is_pattern(key: str) -> bool:
    return not key.startswith("!") and ("*" in key or "?" in key)


def _matches(pattern: str, text: str) -> bool:
    return pattern == text or (_is_pattern(pattern) and _compiled(pattern).fullmatch(text) is not None)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as an expression. A `?` does not match a star: that stands for more than one character."""
    pieces = {"*": ".*", "?": "[^*]"}
    return re.compile("".join(pieces.get(letter) or re.escape(letter) for letter in pattern), re.DOTALL)
