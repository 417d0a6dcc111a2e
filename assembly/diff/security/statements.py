"""What a policy document allows and denies, one comparable possibility at a time.

A statement is the product of its principals, actions, resources and conditions, so how statements are cut, ordered or
called makes no difference.
See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from assembly.diff.change import Subject
from assembly.diff.security.conditions import Condition, alternatives
from assembly.diff.security.principals import ANYONE, everyone_but, principals
from assembly.diff.security.resource import NOTHING, Resource, Term, many
from assembly.diff.value import JOIN, settled
from assembly.document import Json, JsonObject, as_list, as_object

EVERYTHING = Term("*", "everything")

_PLACEHOLDER = re.compile("\ue000(\\d+)\ue001")


@dataclass(frozen=True)
class Permission:
    """Somebody may, or must not, do one thing with one resource under one condition."""

    subject: Subject
    who: Term
    allowed: bool
    """False for a `Deny`."""
    action: Term
    resource: Term
    condition: Condition = ()
    through: Term = NOTHING
    """The VPC endpoint whose policy says so."""


@dataclass(frozen=True)
class Attachment:
    """Where a policy document stands."""

    resource: Resource
    subject: Subject = "access"
    whos: Sequence[Term] | None = None
    """Whom an identity policy is attached to. None when the statements name their principals."""
    target: Term = EVERYTHING
    """What `*` means: the resource itself in a resource policy."""
    through: Term = NOTHING


def permissions(document: Json, place: Attachment) -> Iterator[Permission]:
    """Everything that a policy document, or its JSON text, allows and denies."""
    for statement in many(as_object(read(document, place.resource)).get("Statement")):
        yield from of_statement(as_object(statement), place)


def of_statement(statement: JsonObject, place: Attachment) -> Iterator[Permission]:
    """Everything that one statement allows or denies."""
    effect = statement.get("Effect")
    if effect is None:
        return
    resource = place.resource
    whos = _principals(statement, resource) if place.whos is None else place.whos
    actions = _actions(statement, resource)
    targets = _targets(statement, place)
    conditions = alternatives(resource, statement.get("Condition"))
    for who in whos:
        for action in actions:
            for target in targets:
                for condition in conditions:
                    yield Permission(place.subject, who, effect != "Deny", action, target, condition, place.through)


def read(document: Json, resource: Resource) -> Json:
    """A policy document, which may be written as a JSON text in which references are joined."""
    pair = as_list(as_object(document).get(JOIN))
    pieces = as_list(pair[1]) if len(pair) == 2 else [document]
    if pieces == [document] and not isinstance(document, str):
        return document
    text = "".join(piece if isinstance(piece, str) else f"\ue000{number}\ue001" for number, piece in enumerate(pieces))
    try:
        found = cast(Json, json.loads(text))  # json.loads is typed Any
    except (ValueError, RecursionError):
        return document
    return settled(_restored(found, pieces), resource.side.pseudo)


def _restored(value: Json, pieces: list[Json]) -> Json:
    if isinstance(value, str):
        found = _PLACEHOLDER.split(value)
        if len(found) == 1:
            return value
        parts: list[Json] = [
            pieces[int(part)] if number % 2 and int(part) < len(pieces) else part for number, part in enumerate(found)
        ]
        return {JOIN: ["", parts]}
    if isinstance(value, list):
        return [_restored(item, pieces) for item in value]
    if isinstance(value, dict):
        return {key: _restored(item, pieces) for key, item in value.items()}
    return value


def _principals(statement: JsonObject, resource: Resource) -> list[Term]:
    if "NotPrincipal" in statement:
        return [everyone_but(resource, statement["NotPrincipal"])]
    if "Principal" in statement:
        return principals(resource, statement["Principal"])
    return [ANYONE]


def _actions(statement: JsonObject, resource: Resource) -> list[Term]:
    if "NotAction" in statement:
        return [_but("every action but", [_action(resource, one) for one in many(statement["NotAction"])])]
    return [_action(resource, one) for one in many(statement.get("Action"))]


def _action(resource: Resource, value: Json) -> Term:
    """An action; IAM does not care about the case of its letters."""
    term = resource.term(value)
    return Term(term.key.lower(), "every action" if term.key in ("*", "*:*") else term.words)


def _targets(statement: JsonObject, place: Attachment) -> list[Term]:
    if "NotResource" in statement:
        named = [place.resource.term(one) for one in many(statement["NotResource"])]
        return [_but("everything but", named)]
    found = [place.resource.term(one) for one in many(statement.get("Resource", "*"))]
    return [place.target if term.key == "*" else term for term in found]


def _but(start: str, terms: list[Term]) -> Term:
    """Everything that is not named. However long the list is, all of it is said: what is missing in it is allowed."""
    return Term(
        "!" + ",".join(sorted({term.key for term in terms})),
        f"{start} {', '.join(sorted({term.words for term in terms}))}",
    )
