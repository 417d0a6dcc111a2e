"""boto3 clients of one account and region."""

from functools import cached_property
from typing import TYPE_CHECKING

from botocore.config import Config

if TYPE_CHECKING:
    import boto3
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_ecr import ECRClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_rds import RDSClient
    from types_boto3_route53 import Route53Client
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_ssm import SSMClient
    from types_boto3_sts import STSClient


class Clients:
    """The services of an account in a region. Each client is made on first use and kept."""

    def __init__(self, session: "boto3.Session", *, endpoint: str | None = None) -> None:
        """`endpoint` is the address of an AWS that is not at its usual place."""
        self.session = session
        self.endpoint = endpoint
        self._config = Config(retries={"mode": "standard", "total_max_attempts": 8}, connect_timeout=10)

    @property
    def region(self) -> str:
        """The region."""
        return self.session.region_name

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """AWS CloudFormation."""
        return self.session.client("cloudformation", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def ec2(self) -> "EC2Client":
        """Amazon EC2."""
        return self.session.client("ec2", endpoint_url=self.endpoint, config=self._config)

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
    def sts(self) -> "STSClient":
        """AWS STS."""
        return self.session.client("sts", endpoint_url=self.endpoint, config=self._config)
