"""A policy document, read and checked.

What IAM, Organizations or a service would refuse is an AssemblyError that names the place: a proof about a document
that cannot be is worth nothing. See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html,
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html and
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, cast

from assembly.document import Json, JsonObject
from assembly.errors import AssemblyError
from assembly.policy.statements import Statement, statement

PolicyKind: TypeAlias = Literal["identity", "boundary", "session", "resource", "trust", "scp", "rcp", "endpoint"]
"""Where a document is used: attached to an identity, as its permissions boundary, as a session policy, on a resource,
on a role, on the path of an organization for its principals or its resources, on a VPC endpoint."""

WITH_VARIABLES: Final = "2012-10-17"
_VERSIONS: Final = ("2008-10-17", WITH_VARIABLES)
_ELEMENTS: Final = frozenset({"Version", "Id", "Statement"})
_OF_ORGANIZATION: Final = ("scp", "rcp")
_UNIQUE_SIDS: Final = ("identity", "boundary", "session", "scp", "rcp")


@dataclass(frozen=True)
class Policy:
    """A policy: its statements in order."""

    name: str
    kind: PolicyKind
    statements: tuple[Statement, ...] = field(repr=False)
    _by_action: dict[str, tuple[Statement, ...]] = field(default_factory=dict, compare=False, repr=False)

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements about an action, which is given in lower case."""
        found = self._by_action.get(action)
        if found is None:
            found = tuple(one for one in self.statements if one.is_about(action))
            self._by_action[action] = found
        return found

    def __str__(self) -> str:
        """In words."""
        return f"{_WORDS[self.kind]} {self.name}"


_WORDS: Final[dict[PolicyKind, str]] = {
    "identity": "identity policy",
    "boundary": "permissions boundary",
    "session": "session policy",
    "resource": "resource policy",
    "trust": "trust policy",
    "scp": "SCP",
    "rcp": "RCP",
    "endpoint": "VPC endpoint policy",
}


def parse(document: Json, kind: PolicyKind, name: str) -> Policy:
    """Read a policy document, or its JSON text, for one use. Raises AssemblyError where it is not valid."""
    if isinstance(document, str):
        document = _loaded(document, name)
    if not isinstance(document, dict):
        raise AssemblyError(f"{name} is not a policy document", "write an object with Version and Statement")
    if unknown := sorted(document.keys() - _ELEMENTS):
        raise AssemblyError(f"{name}: a policy document has no {unknown[0]}", f"write {', '.join(sorted(_ELEMENTS))}")
    version = _version(document, kind, name)
    statements = tuple(_statements(document, kind, name, version))
    if kind in _UNIQUE_SIDS:
        _check_sids(statements, name)
    return Policy(name, kind, statements)


def _loaded(text: str, name: str) -> Json:
    def unique(pairs: list[tuple[str, Json]]) -> JsonObject:
        found = dict(pairs)
        if len(found) != len(pairs):
            twice = next(key for key, _ in pairs if [other for other, _ in pairs].count(key) > 1)
            raise AssemblyError(f"{name} has {twice} twice in one object", "take one away")
        return found

    try:
        return cast(Json, json.loads(text, object_pairs_hook=unique))  # json.loads is typed Any
    except (ValueError, RecursionError) as error:
        raise AssemblyError(f"{name} is not JSON: {error}", "correct the text") from None


def _version(document: JsonObject, kind: PolicyKind, name: str) -> str:
    version = document.get("Version", _VERSIONS[0])
    if not isinstance(version, str) or version not in _VERSIONS:
        raise AssemblyError(f"{name}: Version {version!r} is not one of the policy language", f"write {WITH_VARIABLES}")
    if kind in _OF_ORGANIZATION and version != WITH_VARIABLES:
        raise AssemblyError(f"{name}: {_WORDS[kind]}s have to be of version {WITH_VARIABLES}", "write the Version")
    return version


def _statements(document: JsonObject, kind: PolicyKind, name: str, version: str) -> Iterator[Statement]:
    written = document.get("Statement")
    statements = [written] if isinstance(written, dict) else written
    if not isinstance(statements, list) or not statements:
        raise AssemblyError(f"{name} has no Statement", "write at least one")
    for index, value in enumerate(statements, start=1):
        yield statement(value, kind, f"{name}: statement {index}", index, variables=version == WITH_VARIABLES)


def _check_sids(statements: tuple[Statement, ...], name: str) -> None:
    seen: set[str] = set()
    for one in statements:
        if one.sid and one.sid in seen:
            raise AssemblyError(f"{name} has the Sid {one.sid} twice", "make it unique")
        seen.add(one.sid)
