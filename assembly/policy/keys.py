"""The global condition keys that follow from who calls whom: which a request has, has not, or may have.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, "Availability" of each key,
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable. A key that is not
listed here, or that the page leaves open for a kind of principal, is unknown unless the request gives it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from assembly.errors import AssemblyError
from assembly.policy.principal import Account, Principal
from assembly.policy.request import Request
from assembly.policy.resources import ANY
from assembly.policy.variables import Found

_ABSENT: Final[tuple[str, ...]] = ()
_PRINCIPAL_TAG: Final = "aws:principaltag/"
_RESOURCE_TAG: Final = "aws:resourcetag/"

_TYPES: Final[Mapping[str, str]] = {
    "root": "Account",
    "user": "User",
    "role": "AssumedRole",
    "service-linked role": "AssumedRole",
    "federated user": "FederatedUser",
    "anonymous": "Anonymous",
}
"""The value of aws:PrincipalType."""

_OF_SERVICE_CALLS: Final = (
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
)
_OF_SIGNED_CALLS: Final = (
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
)
_OF_TEMPORARY_CREDENTIALS: Final = (
    "aws:tokenissuetime",
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:federatedprovider",
    "aws:sourceidentity",
)
_OF_ROLE_SESSIONS: Final = ("aws:federatedprovider", "aws:sourceidentity", "aws:ec2instancesourcevpc")

_WITHOUT_RESOURCE_ACCOUNT: Final = frozenset({"ebs", "events", "ec2", "route53", "workspaces"})
"""Services with actions that do not pass aws:ResourceAccount and its siblings; here for all of their actions, because
the list of actions changes."""


_ALWAYS_THERE: Final = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:useragent",
        "aws:userid",
        "aws:viaawsservice",
    }
)
"""Keys of every request. A context that is complete without them does not make them absent."""


class Keys:
    """Looks up the condition keys of one request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._given = request.context
        self._implied = dict(_implied(request))
        for key, values in self._given.values.items():
            implied = self._implies(key)
            if implied is not None and implied != values:
                raise AssemblyError(
                    f"the context of the request says that {key} is {_said(values)}, but it is {_said(implied)}",
                    "leave out the keys that follow from the principal and the resource",
                )

    def __call__(self, key: str) -> Found:
        """The values of a key in lower case: none when it is absent, None when it is not known."""
        implied = self._implies(key)
        if implied is not None:
            return implied
        if key in _ALWAYS_THERE and key not in self._given.values:
            return None
        return self._given.find(key)

    def _implies(self, key: str) -> Found:
        if key in self._implied:
            return self._implied[key]
        if key.startswith(_PRINCIPAL_TAG):
            return _tag(self._request.principal.tags, key.removeprefix(_PRINCIPAL_TAG))
        if key.startswith(_RESOURCE_TAG):
            return _tag(self._request.resource.tags, key.removeprefix(_RESOURCE_TAG))
        return None


def _said(values: tuple[str, ...]) -> str:
    return " and ".join(values) or "absent"


def _tag(tags: Mapping[str, str] | None, name: str) -> Found:
    if tags is None:
        return None
    found = [value for tag, value in tags.items() if tag.lower() == name]
    # Two tags that differ only in case: which of them AWS takes is not documented.
    return None if len(found) > 1 else tuple(found)


def _implied(request: Request) -> Iterator[tuple[str, tuple[str, ...]]]:
    principal = request.principal
    yield from _of_credentials(principal)
    yield from _of_kind(principal)
    if principal.account:
        yield from _of_account("principal", principal.account)
    if request.region is not None:
        yield "aws:requestedregion", (request.region,)
    yield from _of_way(request)
    yield from _of_resource(request)


def _of_credentials(principal: Principal) -> Iterator[tuple[str, tuple[str, ...]]]:
    if principal.kind != "service":
        yield from dict.fromkeys(_OF_SERVICE_CALLS, _ABSENT).items()
    if principal.temporary is False:
        yield from dict.fromkeys(_OF_TEMPORARY_CREDENTIALS, _ABSENT).items()
    if principal.kind not in ("role", "service-linked role", "federated"):
        yield from dict.fromkeys(_OF_ROLE_SESSIONS, _ABSENT).items()
    if principal.assumed_root:
        yield "aws:assumedroot", ("true",)


def _of_kind(principal: Principal) -> Iterator[tuple[str, tuple[str, ...]]]:
    kind = principal.kind
    if kind in ("anonymous", "federated"):
        yield from dict.fromkeys(_OF_SIGNED_CALLS, _ABSENT).items()
    elif kind == "service":
        yield "aws:principalisawsservice", ("true",)
        yield "aws:principalservicename", (principal.arn,)
        yield "aws:principalorgid", _ABSENT
        yield "aws:principalorgpaths", _ABSENT
    else:
        yield "aws:principalisawsservice", ("false",)
        yield "aws:principalarn", (principal.arn,)
    if kind in _TYPES:
        yield "aws:principaltype", (_TYPES[kind],)
    if kind == "anonymous":
        yield "aws:principalaccount", ("anonymous",)
        yield "aws:userid", ("anonymous",)
    if kind == "root" and principal.account:
        yield "aws:userid", (principal.account.id,)
    yield "aws:username", (principal.name,) if kind == "user" else _ABSENT


def _of_account(whose: str, account: Account) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield f"aws:{whose}account", (account.id,)
    if account.organization is not None:
        yield f"aws:{whose}orgid", (account.organization,) if account.organization else _ABSENT
    if account.path is not None or account.organization == "":
        yield f"aws:{whose}orgpaths", (account.path,) if account.path else _ABSENT


def _of_way(request: Request) -> Iterator[tuple[str, tuple[str, ...]]]:
    via = request.via
    if via is None:
        return
    yield "aws:viaawsservice", ("true" if via else "false",)
    yield "aws:calledvia", via
    yield "aws:calledviafirst", via[:1]
    yield "aws:calledvialast", via[-1:]


def _of_resource(request: Request) -> Iterator[tuple[str, tuple[str, ...]]]:
    resource = request.resource
    if resource.arn == ANY or request.service in _WITHOUT_RESOURCE_ACCOUNT:
        return
    if request.owner:
        yield from _of_account("resource", request.owner)
    elif resource.account_id:
        yield "aws:resourceaccount", (resource.account_id,)
