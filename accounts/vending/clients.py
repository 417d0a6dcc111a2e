"""The boto3 clients of the vending engine, all of the management account."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypedDict, TypeVar, cast

from accounts.vending.patience import Patience

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_iam import IAMClient
    from types_boto3_organizations import OrganizationsClient
    from types_boto3_s3 import S3Client
    from types_boto3_sts import STSClient

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
        self.patience = patience or Patience()
        self.workers = workers

    def map(self, function: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
        """The answers for all items in their order, a few of them asked for at once."""
        if self.workers == 1:
            return [function(item) for item in items]
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(function, items))

    @cached_property
    def organizations(self) -> OrganizationsClient:
        """AWS Organizations."""
        return self._session.client("organizations", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def account(self) -> AccountClient:
        """AWS Account Management."""
        client: object = self._session.client("account", endpoint_url=self.endpoint, config=self._config)
        return cast(AccountClient, client)  # no type stubs for it are installed

    def cloudformation(self, region: str) -> CloudFormationClient:
        """AWS CloudFormation, whose stack sets have a region that they are administered in."""
        return self._session.client(
            "cloudformation", region_name=region, endpoint_url=self.endpoint, config=self._config
        )

    @cached_property
    def iam(self) -> IAMClient:
        """AWS IAM, for central root access."""
        return self._session.client("iam", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def sts(self) -> STSClient:
        """AWS STS, for the account of the credentials."""
        return self._session.client("sts", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def s3(self) -> S3Client:
        """Amazon S3, for a store in a bucket."""
        return self._session.client("s3", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def caller(self) -> str:
        """The account of the credentials."""
        return self.sts.get_caller_identity()["Account"]

    @cached_property
    def _config(self) -> Config:
        from botocore.config import Config

        return Config(
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=16,
            connect_timeout=10,
            read_timeout=60,
        )
