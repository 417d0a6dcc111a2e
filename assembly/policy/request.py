"""A request to AWS: who wants to do what with which resource, and what is known about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from assembly.errors import AssemblyError
from assembly.policy.match import ARN_PARTS, is_arn
from assembly.policy.principal import Account, Principal
from assembly.policy.resources import ANY
from assembly.policy.variables import Found
from assembly.policy.verdict import Verdict

_OWNED_BY_AWS: Final = "aws"


@dataclass(frozen=True)
class Context:
    """The condition keys of a request that do not follow from who calls whom. What is not given is unknown."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By key in lower case; no values at all means that the key is absent."""
    complete: bool = False
    """Whether every key that is not given is absent."""

    @classmethod
    def of(
        cls,
        given: Mapping[str, str | bool | int | Iterable[str]] | None = None,
        *,
        absent: Iterable[str] = (),
        complete: bool = False,
    ) -> "Context":
        """Keys with a value or several, and keys that are known to be absent."""
        values = {key.lower(): _values(value) for key, value in (given or {}).items()}
        missing = {key.lower() for key in absent}
        if twice := sorted(missing & values.keys()):
            raise AssemblyError(f"{twice[0]} is both given and absent", "decide for one")
        return cls(values | dict.fromkeys(missing, ()), complete)

    def find(self, key: str) -> Found:
        """The values of a key in lower case."""
        return self.values.get(key, () if self.complete else None)


def _values(value: str | bool | int | Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, (str, int)):
        return (str(value),)
    return tuple(value)


@dataclass(frozen=True)
class Resource:
    """What a request is about."""

    arn: str | None
    """`*` when the action is on no resource in particular; None when it is not known which one it is."""
    account: Account | None = None
    """Whose it is. None: as its ARN says, or not known."""
    tags: Mapping[str, str] | None = None
    """None when they are not known."""
    managed_by_aws: bool = False
    """Whether it is a KMS key that AWS manages."""

    def __post_init__(self) -> None:
        """Refuse what is not an ARN."""
        if self.arn is not None and self.arn != ANY and not is_arn(self.arn):
            raise AssemblyError(f"{self.arn!r} is not the ARN of a resource", "write an ARN, or *")
        named = self._named()
        if self.account and named not in ("", _OWNED_BY_AWS, self.account.id):
            raise AssemblyError(f"{self.arn} is not in account {self.account.id}", "correct the account")

    @property
    def account_id(self) -> str | None:
        """The account that owns it, or None when that is not known."""
        return self.account.id if self.account else self._named() or None

    @property
    def service(self) -> str:
        """The service in its ARN."""
        return self.arn.split(":")[2] if self.arn and is_arn(self.arn) else ""

    @property
    def is_kms_key(self) -> Verdict:
        """Whether it is a KMS key, which nobody may use unless its key policy says so."""
        return self._is("kms", "key/")

    @property
    def is_role(self) -> Verdict:
        """Whether it is an IAM role."""
        return self._is("iam", "role/")

    @property
    def is_service_linked_role(self) -> Verdict:
        """Whether it is a role that a service owns."""
        return self._is("iam", "role/aws-service-role/")

    def _is(self, service: str, start: str) -> Verdict:
        return None if self.arn is None else self.service == service and self._last.startswith(start)

    @property
    def _last(self) -> str:
        return self.arn.split(":", ARN_PARTS - 1)[-1] if self.arn else ""

    def _named(self) -> str:
        return self.arn.split(":")[4] if self.arn and is_arn(self.arn) else ""


@dataclass(frozen=True)
class Request:
    """One call, of one action on one resource. A call that needs several is one request for each."""

    principal: Principal
    action: str
    """Such as `s3:GetObject`."""
    resource: Resource
    context: Context = field(default_factory=Context)
    region: str | None = None
    """The region that is called; None when it is not known."""
    via: tuple[str, ...] | None = None
    """The services that pass the call on with the caller's credentials, in order; empty for a direct call, None when
    that is not known."""

    def __post_init__(self) -> None:
        """Refuse what is not an action."""
        service, colon, name = self.action.partition(":")
        if not (service and colon and name) or set(self.action) & {"*", "?"}:
            raise AssemblyError(f"{self.action!r} is not an action", "write one such as s3:GetObject")

    @property
    def service(self) -> str:
        """The service that is called, in lower case."""
        return self.action.partition(":")[0].lower()

    @property
    def owner(self) -> Account | None:
        """The account of the resource as far as it is known, from the resource or because it is the principal's."""
        account = self.principal.account
        if self.resource.account:
            return self.resource.account
        mine = account is not None and self.resource.account_id == account.id
        return account if mine or self.resource.arn == ANY else None

    @property
    def same_account(self) -> bool | None:
        """Whether principal and resource are of one account. What AWS itself offers to all counts as of their own."""
        account = self.principal.account
        if account is None:
            return False
        if self.resource.arn == ANY:
            return True
        owner = self.resource.account_id
        return None if owner is None else owner in (account.id, _OWNED_BY_AWS)

    def __str__(self) -> str:
        """In words."""
        return f"{self.action} on {self.resource.arn or 'any resource'} by {self.principal}"
