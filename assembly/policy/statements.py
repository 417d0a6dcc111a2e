"""One statement of a policy.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html and the pages of the
elements beside it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from assembly.document import Json, JsonObject
from assembly.errors import AssemblyError
from assembly.policy.conditions import Condition, conditions, holds
from assembly.policy.match import action_expression
from assembly.policy.principal import Principal
from assembly.policy.principals import Principals, Reach, principals
from assembly.policy.resources import ResourcePattern, Resources, check_resource
from assembly.policy.variables import Lookup
from assembly.policy.verdict import Verdict, all_of

_ELEMENTS: Final = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_WITH_PRINCIPAL: Final = ("resource", "trust", "rcp", "endpoint")
_WITHOUT_NOT_PRINCIPAL: Final = ("trust", "rcp", "endpoint")
_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?_.-]+|\*|\*:\*")
_EVERYBODY: Final = Principals((), excluded=True)


@dataclass(frozen=True)
class Statement:
    """One statement, ready to be asked."""

    index: int
    """Its place in the document, from 1."""
    sid: str
    allows: bool
    """False for a `Deny`."""
    actions: re.Pattern[str] = field(repr=False)
    not_actions: bool = field(repr=False)
    principals: Principals | None = field(repr=False)
    """None in policies that are attached to the principal."""
    resources: Resources | None = field(repr=False)
    """None in policies of a resource that only speak about that one."""
    condition: Condition = field(repr=False)

    def is_about(self, action: str) -> bool:
        """Whether the statement is about an action."""
        return (self.actions.fullmatch(action) is not None) != self.not_actions

    def applies(self, principal: Principal, arn: str | None, lookup: Lookup, *, bounded: bool = False) -> Verdict:
        """Whether the statement, about whose action was asked before, is about a request."""
        if self.principals is None:
            return self.covers(arn, lookup)
        named = self.reach(principal, bounded=bounded).any
        return False if named is False else all_of((named, self.covers(arn, lookup)))

    def covers(self, arn: str | None, lookup: Lookup) -> Verdict:
        """Whether resource and condition fit a request, whoever makes it."""
        covered = True if self.resources is None else self.resources.covers(arn, lookup)
        if covered is False or not self.condition:
            return covered
        return all_of((covered, holds(self.condition, lookup)))

    def reach(self, principal: Principal, *, bounded: bool = False, granting: bool = False) -> Reach:
        """How the statement names a principal."""
        return (self.principals or _EVERYBODY).reach(principal, bounded=bounded, granting=granting)

    def open_keys(self, lookup: Lookup) -> list[str]:
        """The keys of its condition whose tests cannot be decided."""
        return sorted({test.key for test in self.condition if test.holds(lookup) is None})

    def __str__(self) -> str:
        """Its Sid, or its place."""
        return f"statement {self.sid or self.index}"


def statement(value: Json, kind: str, place: str, index: int, *, variables: bool) -> Statement:
    """Read one statement. Raises AssemblyError when a policy of this kind cannot have it."""
    if not isinstance(value, dict):
        raise AssemblyError(f"{place} is not an object", "write a statement")
    if unknown := sorted(value.keys() - _ELEMENTS):
        raise AssemblyError(f"{place}: there is no element {unknown[0]}", "correct its name, or take it away")
    effect = value.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise AssemblyError(f"{place}: Effect is {effect!r}", "write Allow or Deny")
    not_actions, actions = _choice(value, "Action", place)
    _check_organization(value, kind, place)
    condition = value.get("Condition", {})
    return Statement(
        index,
        _sid(value, place),
        effect == "Allow",
        action_expression(_actions(actions, place)),
        not_actions,
        _principals(value, kind, place),
        _resources(value, kind, place, variables),
        conditions(condition, variables=variables, place=f"{place}: Condition"),
    )


def _sid(value: JsonObject, place: str) -> str:
    sid = value.get("Sid", "")
    if not isinstance(sid, str):
        raise AssemblyError(f"{place}: Sid is not a text", "write a text")
    return sid


def _choice(value: JsonObject, element: str, place: str) -> tuple[bool, Json]:
    """Whether it is the `Not` form, and what is written under it."""
    inverse = f"Not{element}"
    if element in value and inverse in value:
        raise AssemblyError(f"{place} has both {element} and {inverse}", "take one away")
    if element not in value and inverse not in value:
        raise AssemblyError(f"{place} has neither {element} nor {inverse}", "write one of them")
    return (inverse in value), value.get(element, value.get(inverse))


def _texts(written: Json, place: str) -> Iterator[str]:
    texts = written if isinstance(written, list) else [written]
    if not texts:
        raise AssemblyError(f"{place} is empty", "write at least one")
    for text in texts:
        if not isinstance(text, str):
            raise AssemblyError(f"{place}: {text!r} is not a text", "write a text")
        yield text


def _actions(written: Json, place: str) -> Iterator[str]:
    for action in _texts(written, f"{place}: Action"):
        if not _ACTION.fullmatch(action):
            raise AssemblyError(f"{place}: {action!r} is not an action", "write one such as s3:GetObject, or *")
        yield action


def _principals(value: JsonObject, kind: str, place: str) -> Principals | None:
    if kind not in _WITH_PRINCIPAL:
        if found := sorted({"Principal", "NotPrincipal"} & value.keys()):
            raise AssemblyError(f"{place}: a policy of this kind ({kind}) has no {found[0]}", "take it away")
        return None
    excluded, written = _choice(value, "Principal", place)
    if excluded and kind in _WITHOUT_NOT_PRINCIPAL:
        raise AssemblyError(f"{place}: a policy of this kind ({kind}) has no NotPrincipal", "write Principal")
    return principals(written, f"{place}: {'NotPrincipal' if excluded else 'Principal'}", excluded=excluded)


def _resources(value: JsonObject, kind: str, place: str, variables: bool) -> Resources | None:
    if kind in ("resource", "trust") and not {"Resource", "NotResource"} & value.keys():
        return None
    if kind == "trust":
        raise AssemblyError(f"{place}: a trust policy has no Resource", "take it away")
    excluded, written = _choice(value, "Resource", place)
    found = []
    for text in _texts(written, f"{place}: Resource"):
        if kind != "resource":
            check_resource(text, f"{place}: Resource")
        found.append(ResourcePattern.of(text, variables=variables, place=f"{place}: Resource"))
    return Resources(tuple(found), excluded)


def _check_organization(value: JsonObject, kind: str, place: str) -> None:
    """An RCP only denies, everybody, and lists its actions; the one that allows is the managed RCPFullAWSAccess."""
    if kind != "rcp":
        return
    if value.get("Principal") != "*":
        raise AssemblyError(f"{place}: the Principal of an RCP has to be *", "use a condition for exceptions")
    if "NotAction" in value:
        raise AssemblyError(f"{place}: an RCP has no NotAction", "list the actions")
    full = value.get("Action") == "*" and value.get("Resource") == "*" and "Condition" not in value
    if value["Effect"] == "Allow" and not full:
        raise AssemblyError(f"{place}: only RCPFullAWSAccess allows in an RCP", "write a Deny")
