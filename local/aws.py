"""boto3 clients of one account and region of the embedded AWS."""

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_ec2 import EC2Client
    from types_boto3_iam import IAMClient
    from types_boto3_organizations import OrganizationsClient
    from types_boto3_rds import RDSClient
    from types_boto3_route53 import Route53Client
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sts import STSClient
    from types_boto3_wafv2 import WAFV2Client


class CloudWatch(Protocol):
    """The calls of Amazon CloudWatch that are used here."""

    def put_composite_alarm(
        self,
        *,
        AlarmName: str,
        AlarmRule: str,
        AlarmDescription: str,
        ActionsEnabled: bool,
        AlarmActions: list[str],
        OKActions: list[str],
        InsufficientDataActions: list[str],
    ) -> None:
        """Create or change a composite alarm."""

    def delete_alarms(self, *, AlarmNames: list[str]) -> None:
        """Delete alarms."""


class Aws:
    """The services of `account` in `region`. Clients are made on first use and kept."""

    def __init__(self, endpoint: str, account: str, region: str) -> None:
        self.account = account
        self.region = region
        self._endpoint = endpoint
        self._config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60)

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session(aws_access_key_id=self.account, aws_secret_access_key="local", region_name=self.region)

    @cached_property
    def cloudwatch(self) -> CloudWatch:
        """Amazon CloudWatch."""
        client: CloudWatch = self._session.client("cloudwatch", endpoint_url=self._endpoint, config=self._config)
        return client

    @cached_property
    def ec2(self) -> "EC2Client":
        """Amazon EC2."""
        return self._session.client("ec2", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def iam(self) -> "IAMClient":
        """AWS IAM."""
        return self._session.client("iam", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def organizations(self) -> "OrganizationsClient":
        """AWS Organizations."""
        return self._session.client("organizations", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def rds(self) -> "RDSClient":
        """Amazon RDS."""
        return self._session.client("rds", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def route53(self) -> "Route53Client":
        """Amazon Route 53."""
        return self._session.client("route53", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def s3(self) -> "S3Client":
        """Amazon S3."""
        return self._session.client("s3", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def secretsmanager(self) -> "SecretsManagerClient":
        """AWS Secrets Manager."""
        return self._session.client("secretsmanager", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def sts(self) -> "STSClient":
        """AWS STS."""
        return self._session.client("sts", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def wafv2(self) -> "WAFV2Client":
        """AWS WAF."""
        return self._session.client("wafv2", endpoint_url=self._endpoint, config=self._config)
