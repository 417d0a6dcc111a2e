"""Who a statement is about: the principals of a policy, comparable and in words.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from assembly.diff.security.resource import Resource, Term, many
from assembly.diff.value import is_intrinsic
from assembly.document import Json

ANYONE = Term("*", "anyone")

_ACCOUNT = re.compile(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?")
_IDENTITY = re.compile(r"arn:[^:]*:iam::([^:]*):(role|user|group)/(.+)")
_SESSION = re.compile(r"arn:[^:]*:sts::([^:]*):assumed-role/([^/]+)/(.+)")
_PROVIDER = re.compile(r"arn:[^:]*:iam::[^:]*:(oidc|saml)-provider/(.+)")


def account(id: str) -> Term:
    """An account as a whole."""
    return Term(f"account {id}", f"account {id}")


def provider(term: Term) -> Term:
    """Whoever an identity provider vouches for."""
    found = _PROVIDER.fullmatch(term.words)
    name = term.words if not found else (f"the SAML provider {found[2]}" if found[1] == "saml" else found[2])
    return Term(f"federated {term.key}", f"identities of {name}")


def principals(resource: Resource, principal: Json) -> list[Term]:
    """Everyone whom the `Principal` of a statement names."""
    if isinstance(principal, dict) and not is_intrinsic(principal):
        return [
            _KINDS.get(kind, _other)(resource.term(who)) for kind, names in principal.items() for who in many(names)
        ]
    return [_identity(resource.term(who)) for who in many(principal)]


def everyone_but(resource: Resource, principal: Json) -> Term:
    """Everyone whom a `NotPrincipal` does not name."""
    named = principals(resource, principal)
    return Term(
        "!" + ",".join(sorted({who.key for who in named})),
        f"everyone but {', '.join(sorted({who.words for who in named}))}",
    )


def attached(resource: Resource, what: Mapping[str, str]) -> Iterator[Term]:
    """Everyone whom a policy is attached to, by the properties that list them: `{"Roles": "role"}`."""
    for path, kind in what.items():
        for name in many(resource.first(path)):
            who = resource.named(name, kind)
            yield Term(f"members of {who.key}", f"the members of {who.words}") if kind == "group" else who


def _identity(term: Term) -> Term:
    if term.key == "*":
        return ANYONE
    if found := _ACCOUNT.fullmatch(term.key):
        return account(found[1])
    if found := _IDENTITY.fullmatch(term.words):
        return Term(term.key, f"the {found[2]} {found[3]} of account {found[1]}")
    if found := _SESSION.fullmatch(term.words):
        return Term(term.key, f"the session {found[3]} of the role {found[2]} of account {found[1]}")
    return term


def _service(term: Term) -> Term:
    return (
        Term(f"service {term.key}", f"the service {term.words}")
        if term.key != "*"
        else Term("service *", "any service")
    )


def _canonical(term: Term) -> Term:
    return Term(f"canonical {term.key}", f"the canonical user {term.words}")


def _other(term: Term) -> Term:
    return Term(f"other {term.key}", term.words)


_KINDS: Mapping[str, Callable[[Term], Term]] = {
    "AWS": _identity,
    "Service": _service,
    "Federated": provider,
    "CanonicalUser": _canonical,
}
