"""The boto3 clients of the vending engine: those of the management account, and the way into its members."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypedDict, TypeVar, cast

from accounts.vending.members import Credentials, Members
from accounts.vending.patience import Patience

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_iam import IAMClient
    from types_boto3_organizations import OrganizationsClient
    from types_boto3_s3 import S3Client
    from types_boto3_sts import STSClient
    from types_boto3_sts.type_defs import GetCallerIdentityResponseTypeDef

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class AlternateContact(TypedDict):
    """A contact as the API has it."""

    Name: str
    Title: str
    EmailAddress: str
    PhoneNumber: str


class ContactAnswer(TypedDict):
    """What GetAlternateContact answers."""

    AlternateContact: AlternateContact


class AccountClient(Protocol):
    """What is used of AWS Account Management; its type stubs are not installed."""

    def get_alternate_contact(self, *, AlternateContactType: str, AccountId: str = ...) -> ContactAnswer:
        """Read a contact. The management account must not give its own id."""

    def put_alternate_contact(
        self,
        *,
        AlternateContactType: str,
        Name: str,
        Title: str,
        EmailAddress: str,
        PhoneNumber: str,
        AccountId: str = ...,
    ) -> object:
        """Write a contact. The management account must not give its own id."""

    def delete_alternate_contact(self, *, AlternateContactType: str, AccountId: str = ...) -> object:
        """Take a contact away. The management account must not give its own id."""

    def put_account_name(self, *, AccountName: str, AccountId: str = ...) -> object:
        """Rename an account. The management account must not give its own id."""


class VendingClients:
    """The services that the engine calls. Each client is made on first use and kept."""

    def __init__(
        self,
        session: boto3.Session,
        endpoint: str | None = None,
        *,
        patience: Patience | None = None,
        workers: int = 8,
    ) -> None:
        """`endpoint` is the address of an AWS that is not at its usual place; `workers` calls go at once."""
        self._session = session
        self.endpoint = endpoint
        self._opening = threading.Lock()
        self.patience = patience or Patience()
        self.workers = workers

    def map(self, function: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
        """The answers for all items in their order, a few of them asked for at once."""
        if self.workers == 1:
            return [function(item) for item in items]
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(function, items))

    def open(self, service: str, region: str | None = None, credentials: Credentials | None = None) -> object:
        """A new client: of the management account, or of the account that temporary credentials belong to."""
        keys = credentials.options() if credentials else {}
        with self._opening:
            return self._session.client(
                service,  # type: ignore[call-overload]  # the stubs know the installed services only
                region_name=region,
                endpoint_url=self.endpoint,
                config=self._config,
                **keys,
            )

    @cached_property
    def members(self) -> Members:
        """The accounts of the organization, each entered by its access role."""
        return Members(self)

    @cached_property
    def organizations(self) -> OrganizationsClient:
        """AWS Organizations."""
        return cast("OrganizationsClient", self.open("organizations"))

    @cached_property
    def account(self) -> AccountClient:
        """AWS Account Management."""
        return cast(AccountClient, self.open("account"))

    def cloudformation(self, region: str) -> CloudFormationClient:
        """AWS CloudFormation in a region: its stack sets are administered in one, and its stacks are there."""
        return cast("CloudFormationClient", self.open("cloudformation", region))

    @cached_property
    def iam(self) -> IAMClient:
        """AWS IAM, for central root access."""
        return cast("IAMClient", self.open("iam"))

    @cached_property
    def sts(self) -> STSClient:
        """AWS STS, for the account of the credentials and for the roles of other accounts."""
        return cast("STSClient", self.open("sts"))

    @cached_property
    def s3(self) -> S3Client:
        """Amazon S3, for a store in a bucket."""
        return cast("S3Client", self.open("s3"))

    @cached_property
    def _identity(self) -> GetCallerIdentityResponseTypeDef:
        return self.sts.get_caller_identity()

    @cached_property
    def caller(self) -> str:
        """The account of the credentials."""
        return self._identity["Account"]

    @property
    def partition(self) -> str:
        """The partition of the credentials, such as `aws`."""
        return self._identity["Arn"].split(":")[1]

    @cached_property
    def _config(self) -> Config:
        from botocore.config import Config

        return Config(
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=16,
            connect_timeout=10,
            read_timeout=60,
        )
