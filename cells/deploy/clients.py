"""boto3 clients of one account and region."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol, TypedDict, cast, overload

from botocore.config import Config

if TYPE_CHECKING:
    from datetime import datetime

    import boto3
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_ecr import ECRClient
    from types_boto3_ecs import ECSClient
    from types_boto3_kms import KMSClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_rds import RDSClient
    from types_boto3_route53 import Route53Client
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_ssm import SSMClient
    from types_boto3_sts import STSClient


class TagFilter(TypedDict):
    """A tag and the values that it may have."""

    Key: str
    Values: list[str]


class TaggedResource(TypedDict):
    """A resource that the tagging API found."""

    ResourceARN: str


class TaggedPage(TypedDict):
    """One page of its answer."""

    ResourceTagMappingList: list[TaggedResource]


class TaggedPages(Protocol):
    """Its pages."""

    def paginate(self, *, TagFilters: Iterable[TagFilter]) -> Iterator[TaggedPage]:
        """All pages of resources with these tags."""


class TaggingClient(Protocol):
    """What is used of the Resource Groups Tagging API; its type stubs are not installed."""

    def get_paginator(self, operation_name: str) -> TaggedPages:
        """The pages of an operation."""


class RecoveryPointEnd(TypedDict, total=False):
    """When a copy is deleted; empty when it is not."""

    DeleteAt: "datetime"


class RecoveryPoint(TypedDict, total=False):
    """A copy that AWS Backup made."""

    ResourceType: str
    CalculatedLifecycle: RecoveryPointEnd


class RecoveryPointPage(TypedDict):
    """One page of what a vault holds."""

    RecoveryPoints: list[RecoveryPoint]


class RecoveryPointPages(Protocol):
    """Its pages."""

    def paginate(self, *, BackupVaultName: str) -> Iterator[RecoveryPointPage]:
        """All pages of a vault."""


class BackupVault(TypedDict):
    """A vault."""

    BackupVaultName: str


class BackupVaultPage(TypedDict):
    """Some of the vaults of an account in a region."""

    BackupVaultList: list[BackupVault]


class BackupVaultPages(Protocol):
    """All of them."""

    def paginate(self) -> Iterator[BackupVaultPage]:
        """All pages of vaults."""


class BackupClient(Protocol):
    """What is used of AWS Backup; its type stubs are not installed."""

    @overload
    def get_paginator(self, operation_name: Literal["list_backup_vaults"]) -> BackupVaultPages: ...

    @overload
    def get_paginator(self, operation_name: Literal["list_recovery_points_by_backup_vault"]) -> RecoveryPointPages: ...


class Clients:
    """The services of an account in a region. Each client is made on first use and kept."""

    def __init__(self, session: "boto3.Session", *, endpoint: str | None = None) -> None:
        """`endpoint` is the address of an AWS that is not at its usual place."""
        self.session = session
        self.endpoint = endpoint
        self._config = Config(retries={"mode": "standard", "total_max_attempts": 8}, connect_timeout=10)

    @cached_property
    def backup(self) -> BackupClient:
        """AWS Backup."""
        client: object = self.session.client("backup", endpoint_url=self.endpoint, config=self._config)
        return cast(BackupClient, client)  # no type stubs for it are installed

    @property
    def region(self) -> str:
        """The region."""
        return self.session.region_name

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """AWS CloudFormation."""
        return self.session.client("cloudformation", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def cloudfront(self) -> "CloudFrontClient":
        """Amazon CloudFront."""
        return self.session.client("cloudfront", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def ec2(self) -> "EC2Client":
        """Amazon EC2."""
        return self.session.client("ec2", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def ecs(self) -> "ECSClient":
        """Amazon ECS."""
        return self.session.client("ecs", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def kms(self) -> "KMSClient":
        """AWS KMS."""
        return self.session.client("kms", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def ecr(self) -> "ECRClient":
        """Amazon ECR."""
        return self.session.client("ecr", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """Amazon CloudWatch Logs."""
        return self.session.client("logs", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def rds(self) -> "RDSClient":
        """Amazon RDS."""
        return self.session.client("rds", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def route53(self) -> "Route53Client":
        """Amazon Route 53."""
        return self.session.client("route53", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def s3(self) -> "S3Client":
        """Amazon S3."""
        return self.session.client("s3", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def secretsmanager(self) -> "SecretsManagerClient":
        """AWS Secrets Manager."""
        return self.session.client("secretsmanager", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def ssm(self) -> "SSMClient":
        """AWS Systems Manager."""
        return self.session.client("ssm", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def tagging(self) -> TaggingClient:
        """Resource Groups Tagging API."""
        client: object = self.session.client(
            "resourcegroupstaggingapi", endpoint_url=self.endpoint, config=self._config
        )
        return cast(TaggingClient, client)  # no type stubs for it are installed

    @cached_property
    def sts(self) -> "STSClient":
        """AWS STS."""
        return self.session.client("sts", endpoint_url=self.endpoint, config=self._config)
