"""The bucket for the access logs of a cell."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.log_replica import LogReplica
from constructs_lib.log_storage import log_storage
from constructs_lib.specs.landing import LogArchive
from constructs_lib.specs.protection import ProtectionSpec

LOAD_BALANCER_PREFIX = "load-balancer"
"""Where load balancers write: the bucket policy lets them write below it only."""


class LogBucket(Construct):
    """Access logs of the cell's load balancer and buckets, for `retention_days`, and their copies in the log archive.

    Neither service writes to a bucket with a customer key, so it is encrypted by S3. `bucket` has its whole policy
    already and takes no more statements: what a CDK construct of another stack would add either lacks the condition
    on this account or makes two stacks depend on each other.
    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    def __init__(
        self, scope: Construct, id: str, *, retention_days: int, protection: ProtectionSpec, archive: LogArchive
    ) -> None:
        super().__init__(scope, id)
        own = self._build_bucket(retention_days, protection)
        own.add_to_resource_policy(self._load_balancers_write(own))
        own.add_to_resource_policy(self._server_access_logs_write(own))
        self.bucket = s3.Bucket.from_bucket_attributes(
            self, "Bucket", bucket_arn=own.bucket_arn, bucket_name=own.bucket_name
        )
        self.replica = LogReplica(self, "Replica", bucket=own, archive=archive)

    def _build_bucket(self, retention_days: int, protection: ProtectionSpec) -> s3.Bucket:
        return log_storage(
            self,
            "Resource",
            retention_days=retention_days,
            protection=protection,
            why_unlogged="It is the bucket that server access logs go to; logging itself would never end.",
        )

    def _load_balancers_write(self, bucket: s3.Bucket) -> iam.PolicyStatement:
        stack = Stack.of(self)
        load_balancers = stack.format_arn(service="elasticloadbalancing", resource="loadbalancer", resource_name="*")
        return iam.PolicyStatement(
            sid="LoadBalancerLogs",
            principals=[iam.ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com")],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"{LOAD_BALANCER_PREFIX}/AWSLogs/{stack.account}/*")],
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": load_balancers},
            },
        )

    def _server_access_logs_write(self, bucket: s3.Bucket) -> iam.PolicyStatement:
        """Buckets have no account in their ARN, so the condition on the account does the work."""
        return iam.PolicyStatement(
            sid="ServerAccessLogs",
            principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects("*")],
            conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
        )
