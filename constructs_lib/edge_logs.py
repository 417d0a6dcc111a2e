"""The access logs of CloudFront: who asked a cell for what."""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.log_replica import LogReplica
from constructs_lib.log_storage import log_storage
from constructs_lib.specs.landing import LogArchive
from constructs_lib.specs.protection import ProtectionSpec

_DELIVERY = "delivery.logs.amazonaws.com"
# No cookies, no query string and no referrer, which may carry credentials.
_FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(User-Agent)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
    "c-country",
)


class EdgeLogs(Construct):
    """Access logs of a distribution as JSON, in an encrypted bucket of us-east-1, for `retention_days`.

    CloudFront's second kind of standard logs: it needs no access control lists, writes to a bucket with a customer
    key, and lets one choose the fields. What it writes is copied to the log archive.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        distribution: cloudfront.IDistribution,
        retention_days: int,
        key: kms.IKey,
        name_prefix: str,
        protection: ProtectionSpec,
        archive: LogArchive,
    ) -> None:
        super().__init__(scope, id)
        self._source_name = f"{name_prefix}-front-door"
        self.bucket = self._build_bucket(retention_days, key, protection)
        self._let_delivery_write(key)
        self.delivery = self._build_delivery(distribution)
        self.replica = LogReplica(self, "Replica", bucket=self.bucket, archive=archive, key=key)

    def _build_bucket(self, retention_days: int, key: kms.IKey, protection: ProtectionSpec) -> s3.Bucket:
        return log_storage(
            self,
            "Bucket",
            retention_days=retention_days,
            protection=protection,
            why_unlogged="It is the bucket that access logs go to, "
            "and us-east-1 has no other to log its own access in.",
            key=key,
        )

    def _let_delivery_write(self, key: kms.IKey) -> None:
        """Let this delivery write and use the key, and no other.

        See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
        """
        stack = Stack.of(self)
        source = stack.format_arn(
            service="logs",
            resource="delivery-source",
            resource_name=self._source_name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        account, source_arn = {"aws:SourceAccount": stack.account}, {"aws:SourceArn": source}
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AccessLogs",
                principals=[iam.ServicePrincipal(_DELIVERY)],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects("*")],
                conditions={
                    "StringEquals": {**account, "s3:x-amz-acl": "bucket-owner-full-control"},
                    "ArnLike": source_arn,
                },
            )
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AccessLogs",
                principals=[iam.ServicePrincipal(_DELIVERY)],
                actions=["kms:GenerateDataKey*", "kms:Decrypt"],
                resources=["*"],
                conditions={"StringEquals": account, "ArnLike": source_arn},
            )
        )

    def _build_delivery(self, distribution: cloudfront.IDistribution) -> logs.CfnDelivery:
        source = logs.CfnDeliverySource(
            self,
            "Source",
            name=self._source_name,
            log_type="ACCESS_LOGS",
            resource_arn=distribution.distribution_arn,
        )
        destination = logs.CfnDeliveryDestination(
            self,
            "Destination",
            name=self._source_name,
            output_format="json",
            destination_resource_arn=self.bucket.bucket_arn,
        )
        delivery = logs.CfnDelivery(
            self,
            "Delivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.attr_arn,
            record_fields=list(_FIELDS),
        )
        delivery.node.add_dependency(source, self.bucket)
        return delivery
