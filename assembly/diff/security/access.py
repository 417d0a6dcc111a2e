"""What identities have beside their statements: managed policies, groups, boundaries, credentials, providers.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from assembly.diff.security.facts import Fact, Setting
from assembly.diff.security.principals import principals
from assembly.diff.security.resource import Resource, Term, many

_MANAGED: Mapping[str, str] = {
    "AWS::IAM::Role": "ManagedPolicyArns",
    "AWS::IAM::User": "ManagedPolicyArns",
    "AWS::IAM::Group": "ManagedPolicyArns",
    "AWS::SSO::PermissionSet": "ManagedPolicies",
}
"""Type to the property that lists managed policies."""

_POLICY = re.compile(r"arn:[^:]*:iam::([^:]*):policy/(.+)")

_BOUNDED = frozenset({"AWS::IAM::Role", "AWS::IAM::User", "AWS::SSO::PermissionSet"})


def identity_facts(resource: Resource) -> Iterator[Fact]:
    """What a resource gives to identities."""
    path = _MANAGED.get(resource.type)
    if path:
        yield from _managed(resource, path)
    read = _FACTS.get(resource.type)
    if read:
        yield from read(resource)


def identity_settings(resource: Resource) -> Iterator[Setting]:
    """The permissions boundary of a role or user."""
    if resource.type not in _BOUNDED:
        return
    name = (resource.own.key, "PermissionsBoundary")
    value = resource.first("PermissionsBoundary")
    if value is None:
        text = f"{resource.label} no longer has a permissions boundary"
        yield Setting("access", name, 1, "", text, "had none")
        return
    boundary = resource.term(value)
    words = _policy(boundary)
    text = f"{resource.label} now has the permissions boundary {words}"
    yield Setting("access", name, 0, boundary.key, text, f"was {words}")


def _policy(term: Term) -> str:
    """The name of a policy, out of its ARN; one of AWS's own belongs to no account."""
    found = _POLICY.fullmatch(term.words)
    if not found:
        return term.words
    return found[2] if found[1] == "aws" else f"{found[2]} of account {found[1]}"


def _managed(resource: Resource, path: str) -> Iterator[Fact]:
    for policy in many(resource.first(path)):
        term = resource.term(policy)
        yield _has(resource.own, term, f"the managed policy {_policy(term)}")


def _has(who: Term, what: Term, words: str) -> Fact:
    now, no_longer = f"{who.words} now has {words}", f"{who.words} no longer has {words}"
    return Fact("access", ("has", who.key, what.key), now, no_longer)


def _groups_of_user(resource: Resource) -> Iterator[Fact]:
    for group in many(resource.first("Groups")):
        yield _member(resource.own, resource.named(group, "group"))


def _users_of_group(resource: Resource) -> Iterator[Fact]:
    group = resource.named(resource.first("GroupName"), "group")
    for user in many(resource.first("Users")):
        yield _member(resource.named(user, "user"), group)


def _member(user: Term, group: Term) -> Fact:
    words = f"a member of {group.words}"
    return Fact(
        "access", ("in", user.key, group.key), f"{user.words} is now {words}", f"{user.words} is no longer {words}"
    )


def _profile(resource: Resource) -> Iterator[Fact]:
    for name in many(resource.first("Roles")):
        role = resource.named(name, "role")
        start = f"machines with {resource.label}"
        key = ("profile", resource.own.key, role.key)
        yield Fact("access", key, f"{start} now act as {role.words}", f"{start} no longer act as {role.words}")


def _access_key(resource: Resource) -> Iterator[Fact]:
    user = resource.named(resource.first("UserName"), "user")
    yield _has(user, resource.own, "an access key, which does not expire")


def _password(resource: Resource) -> Iterator[Fact]:
    if resource.first("LoginProfile") is not None:
        yield _has(resource.own, Term("password", "password"), "a password")


def _user(resource: Resource) -> Iterator[Fact]:
    yield from _groups_of_user(resource)
    yield from _password(resource)


def _oidc(resource: Resource) -> Iterator[Fact]:
    url = resource.said("Url") or resource.label
    for audience in many(resource.first("ClientIdList")) or ["*"]:
        term = resource.term(audience)
        what = f"identities of {url}" + ("" if term.key == "*" else f" that are meant for {term.words}")
        yield _trusted(("oidc", resource.own.key, url, term.key), what)


def _saml(resource: Resource) -> Iterator[Fact]:
    yield _trusted(("saml", resource.own.key), f"identities of the SAML provider {resource.label}")


def _trusted(key: tuple[str, ...], what: str) -> Fact:
    return Fact("trust", key, f"the account now knows {what}", f"the account no longer knows {what}")


def _shared(resource: Resource) -> Iterator[Fact]:
    for item in many(resource.first("ResourceArns")):
        what = resource.term(item)
        for who in principals(resource, resource.first("Principals")):
            key = ("shared", what.key, who.key)
            now, no_longer = (f"{what.words} is {when} shared with {who.words}" for when in ("now", "no longer"))
            yield Fact("access", key, now, no_longer)


_FACTS: Mapping[str, Callable[[Resource], Iterator[Fact]]] = {
    "AWS::IAM::User": _user,
    "AWS::IAM::UserToGroupAddition": _users_of_group,
    "AWS::IAM::InstanceProfile": _profile,
    "AWS::IAM::AccessKey": _access_key,
    "AWS::IAM::OIDCProvider": _oidc,
    "AWS::IAM::SAMLProvider": _saml,
    "AWS::RAM::ResourceShare": _shared,
}
