"""Who makes a request.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from assembly.errors import AssemblyError

Kind: TypeAlias = Literal[
    "role",
    "service-linked role",
    "user",
    "federated user",
    "root",
    "federated",
    "service",
    "anonymous",
]
"""`federated` is the caller of AssumeRoleWithWebIdentity or AssumeRoleWithSAML, before it has a role; `federated user`
is a session of GetFederationToken."""


@dataclass(frozen=True)
class Account:
    """An AWS account, and where it stands in its organization."""

    id: str
    organization: str | None = None
    """Such as `o-exampleorgid`; empty when it is in none, None when that is not known."""
    path: str | None = None
    """The path of its parent, such as `o-exampleorgid/r-ab12/ou-ab12-11111111/`; None when it is not known."""
    management: bool = False
    """Whether it is the management account of its organization."""
    partition: str = "aws"

    def arn(self, rest: str, service: str = "iam") -> str:
        """An ARN of IAM or STS in this account."""
        return f"arn:{self.partition}:{service}::{self.id}:{rest}"


@dataclass(frozen=True)
class Principal:
    """A caller. The functions of this module make each kind."""

    kind: Kind
    account: Account | None = None
    """None for a service, an identity provider and anonymous callers."""
    arn: str = ""
    """Of the user, the role, the root user or the federated user; the name of a service or an identity provider."""
    parent: str = ""
    """The ARN of the IAM user or root user behind a federated user."""
    session: str | None = None
    """The name of a role session; None when it is not known which one."""
    tags: Mapping[str, str] | None = None
    """Tags of the principal and of its session; None when they are not known."""
    temporary: bool | None = None
    """Whether the credentials are temporary; None when that is not known."""
    assumed_root: bool = False
    """Whether this is a session of sts:AssumeRoot, which a task policy limits."""

    @property
    def is_iam(self) -> bool:
        """Whether it has an account, whose identity policies decide for it."""
        return self.account is not None

    @property
    def name(self) -> str:
        """What it is called, without its path."""
        return self.arn.rpartition("/")[2]

    @property
    def session_arn(self) -> str | None:
        """The ARN of the role session, if its name is known."""
        if self.kind not in ("role", "service-linked role") or self.account is None or self.session is None:
            return None
        return self.account.arn(f"assumed-role/{self.name}/{self.session}", "sts")

    def __str__(self) -> str:
        """In words."""
        if self.kind in ("role", "service-linked role") and self.session:
            return f"session {self.session} of {self.kind} {self.name}"
        if self.kind == "root" and self.account:
            return f"root user of {self.account.id}"
        return f"{self.kind} {self.name}".strip()


def role(account: Account, name: str, *, path: str = "/", tags: Mapping[str, str] | None = None) -> Principal:
    """Any session of an IAM role."""
    return Principal("role", account, account.arn(f"role{_path(path)}{name}"), tags=tags, temporary=True)


def session(of: Principal, name: str, *, tags: Mapping[str, str] | None = None) -> Principal:
    """One session of a role. Its tags, if given, are all that it has: those of the role and its own."""
    if of.kind not in ("role", "service-linked role"):
        raise AssemblyError(f"{of} has no sessions", "give a role")
    return replace(of, session=name, tags=of.tags if tags is None else tags)


def user(
    account: Account,
    name: str,
    *,
    path: str = "/",
    tags: Mapping[str, str] | None = None,
    temporary: bool | None = None,
) -> Principal:
    """An IAM user."""
    return Principal("user", account, account.arn(f"user{_path(path)}{name}"), tags=tags, temporary=temporary)


def federated_user(of: Principal, name: str) -> Principal:
    """A session of GetFederationToken that an IAM user or a root user has started."""
    if of.account is None or of.kind not in ("user", "root"):
        raise AssemblyError(f"{of} cannot call GetFederationToken", "give an IAM user or a root user")
    arn = of.account.arn(f"federated-user/{name}", "sts")
    return Principal("federated user", of.account, arn, of.arn, temporary=True)


def root(account: Account) -> Principal:
    """The root user of an account."""
    return Principal("root", account, account.arn("root"), tags={})


def assumed_root(account: Account) -> Principal:
    """A session of sts:AssumeRoot on a member account; its task policy is the session policy.

    See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html.
    """
    return replace(root(account), assumed_root=True, temporary=True)


def service_linked_role(account: Account, service_name: str, name: str) -> Principal:
    """A role that a service owns: neither SCPs nor RCPs bind it."""
    arn = account.arn(f"role/aws-service-role/{service_name}/{name}")
    return Principal("service-linked role", account, arn, temporary=True)


def federated(provider: str) -> Principal:
    """Somebody that an identity provider vouches for, about to assume a role.

    `provider` is what a trust policy writes under `Federated`: the name of a provider or the ARN of one in IAM.
    """
    return Principal("federated", arn=provider, tags={})


def service(name: str) -> Principal:
    """An AWS service that calls in its own name, such as `cloudtrail.amazonaws.com`."""
    return Principal("service", arn=name, tags={})


def anonymous() -> Principal:
    """Somebody without credentials."""
    return Principal("anonymous", tags={}, temporary=False)


def _path(path: str) -> str:
    if not (path.startswith("/") and path.endswith("/")):
        raise AssemblyError(f"{path!r} is not a path of IAM", "start and end it with a slash")
    return path
