"""The `Principal` and `NotPrincipal` of a statement: whom they name, and what naming somebody means.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from assembly.document import Json
from assembly.errors import AssemblyError
from assembly.policy.principal import Principal
from assembly.policy.verdict import Verdict, all_of, any_of, negated

_EVERYONE: Final = "*"
_TYPES: Final = ("AWS", "Service", "Federated", "CanonicalUser")
_ACCOUNT: Final = re.compile(r"\d{12}")
_ROOT: Final = re.compile(r"arn:[\w-]+:iam::(\d{12}):root")
_UNIQUE_ID: Final = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,}")


@dataclass(frozen=True)
class Reach:
    """How a statement names a principal. That decides which other policies still limit what it allows."""

    direct: Verdict = False
    """By itself: the user, the session, the service, or everybody. Nothing else of its account is asked."""
    by_role: Verdict = False
    """By its role, or the user behind a federated user: boundary and session policies still limit it."""
    by_account: Verdict = False
    """By its account, which then decides with its own policies."""

    @property
    def any(self) -> Verdict:
        """Whether it is named at all."""
        return any_of((self.direct, self.by_role, self.by_account))

    def or_more(self) -> "Reach":
        """What it is when there may be further statements."""
        return Reach(any_of((self.direct, None)), any_of((self.by_role, None)), any_of((self.by_account, None)))


@dataclass(frozen=True)
class Name:
    """One entry of a `Principal`."""

    type: str
    """`AWS`, `Service`, `Federated` or `CanonicalUser`; `*` for everybody."""
    value: str

    @property
    def account(self) -> str:
        """The account that it names, or nothing."""
        if self.type != "AWS":
            return ""
        found = _ROOT.fullmatch(self.value)
        return found[1] if found else self.value if _ACCOUNT.fullmatch(self.value) else ""

    def reach(self, principal: Principal, *, granting: bool = False) -> Reach:
        """How it names a principal; `granting` asks whether that is enough to be allowed something."""
        if self.type == _EVERYONE:
            # That * lets in whoever an identity provider vouches for is not documented.
            return Reach(direct=None if granting and principal.kind == "federated" else True)
        if self.type == "Service":
            return Reach(direct=principal.kind == "service" and self.value in (_EVERYONE, principal.arn))
        if self.type == "Federated":
            return Reach(direct=principal.kind == "federated" and self.value in (_EVERYONE, principal.arn))
        if principal.account is None:
            return Reach()
        if self.type == "CanonicalUser":
            return Reach(by_account=None)
        if self.account:
            return Reach(by_account=self.account == principal.account.id)
        return self._reach_of_arn(principal)

    def _reach_of_arn(self, principal: Principal) -> Reach:
        if _UNIQUE_ID.fullmatch(self.value):
            return Reach(direct=None, by_role=None)
        if principal.kind in ("role", "service-linked role"):
            return Reach(direct=self._names_session(principal), by_role=self.value == principal.arn)
        return Reach(direct=self.value == principal.arn, by_role=self.value == principal.parent)

    def _names_session(self, principal: Principal) -> Verdict:
        if principal.session is not None:
            return self.value == principal.session_arn
        account = principal.account
        return (
            None if account and self.value.startswith(account.arn(f"assumed-role/{principal.name}/", "sts")) else False
        )


@dataclass(frozen=True)
class Principals:
    """The `Principal` or `NotPrincipal` of a statement."""

    names: tuple[Name, ...]
    excluded: bool = False
    """True for `NotPrincipal`."""

    def reach(self, principal: Principal, *, bounded: bool = False, granting: bool = False) -> Reach:
        """How the statement names a principal.

        `bounded` says that a permissions boundary is attached to it: then every `NotPrincipal` with `Deny` denies it.
        """
        if self.excluded:
            return Reach(direct=True if bounded else negated(self._excepts(principal)))
        found = [name.reach(principal, granting=granting) for name in self.names]
        return Reach(
            any_of(reach.direct for reach in found),
            any_of(reach.by_role for reach in found),
            any_of(reach.by_account for reach in found),
        )

    def _excepts(self, principal: Principal) -> Verdict:
        """Whether a `NotPrincipal` excepts a principal.

        Surely if it names everything that AWS may look at: the principal, the role of a session, and the account.
        Surely not if it names none of them. Otherwise it depends on the service.
        """
        found = [name.reach(principal) for name in self.names]
        direct = any_of(reach.direct for reach in found)
        if principal.account is None or any(name.type == _EVERYONE for name in self.names):
            return direct
        by_account = any_of(reach.by_account for reach in found)
        levels = [direct, by_account]
        if principal.kind == "root":
            levels = [any_of(levels)]
        elif principal.kind != "user":
            levels.append(any_of(reach.by_role for reach in found))
        some, every = any_of(levels), all_of(levels)
        return some if some is every else None


def principals(value: Json, place: str, *, excluded: bool = False) -> Principals:
    """Read a `Principal`, or a `NotPrincipal`. Raises AssemblyError when it is not one."""
    if value == _EVERYONE:
        return Principals((Name(_EVERYONE, _EVERYONE),), excluded)
    if not isinstance(value, dict) or not value:
        raise AssemblyError(f"{place} is neither * nor an object", "write the type of principal, such as AWS")
    return Principals(tuple(_names(value, place)), excluded)


def _names(value: dict[str, Json], place: str) -> Iterator[Name]:
    for type, written in value.items():
        if type not in _TYPES:
            raise AssemblyError(f"{place}: {type!r} is not a type of principal", f"write one of {', '.join(_TYPES)}")
        entries = written if isinstance(written, list) else [written]
        if not entries:
            raise AssemblyError(f"{place}.{type} is empty", "name a principal")
        for entry in entries:
            if not isinstance(entry, str) or not entry:
                raise AssemblyError(f"{place}.{type}: {entry!r} is not a text", "write the name of a principal")
            yield _name(type, entry, f"{place}.{type}")


def _name(type: str, entry: str, place: str) -> Name:
    if entry == _EVERYONE:
        return Name(_EVERYONE if type == "AWS" else type, entry)
    if "*" in entry or "?" in entry:
        raise AssemblyError(
            f"{place}: {entry!r} has a wildcard in it", "name it whole, or use * with a condition on aws:PrincipalArn"
        )
    known = entry.startswith("arn:") or _ACCOUNT.fullmatch(entry) or _UNIQUE_ID.fullmatch(entry)
    if type == "AWS" and not known:
        raise AssemblyError(f"{place}: {entry!r} is neither an ARN nor an account", "write an ARN or an account id")
    return Name(type, entry)
