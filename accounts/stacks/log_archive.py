"""Where the flow logs of every cell end up: an account that no cell can write to except by AWS's log delivery."""

from collections.abc import Sequence

from aws_cdk import Duration, Environment, RemovalPolicy, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.specs.landing import Landing

_KEEP_DAYS = 7 * 365 + 2
_ARCHIVE_AFTER_DAYS = 90
_UNDO_DAYS = 90


class LogArchive(Stack):
    """The log archive account's stack in one region. Stateful: the flow-log bucket is retained.

    SSE-S3 and no key of our own: AWS's delivery needs no grant then, and no mistake with a key makes seven years of
    logs unreadable. The bucket's name is part of the contract with the cells (`Landing.flow_log_bucket_name`).
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        landing: Landing,
        cell_accounts: Sequence[str],
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Log archive: flow logs of every cell",
            termination_protection=True,
        )
        self.flow_logs = self._build_flow_logs(landing)
        if cell_accounts:
            self._let_deliver(sorted(cell_accounts))

    def _build_flow_logs(self, landing: Landing) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "FlowLogs",
            bucket_name=landing.flow_log_bucket_name(self.region),
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[_keep_seven_years()],
            removal_policy=RemovalPolicy.RETAIN,
        )
        Tags.of(bucket).add("data-classification", "confidential")
        excuse(
            bucket,
            rule="AwsSolutions-S1",
            reason="Is itself the log bucket; reads of it are data events of the organization's trail",
            owner="platform",
            expires="2027-11-30",
        )
        return bucket

    def _let_deliver(self, accounts: Sequence[str]) -> None:
        """Let AWS's delivery write, on behalf of these accounts only.

        See https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html.
        """
        delivery = iam.ServicePrincipal("delivery.logs.amazonaws.com")
        source = {
            "StringEquals": {"aws:SourceAccount": list(accounts)},
            "ArnLike": {"aws:SourceArn": self.format_arn(service="logs", account="*", resource="*")},
        }
        with_acl = {"aws:SourceAccount": list(accounts), "s3:x-amz-acl": "bucket-owner-full-control"}
        self.flow_logs.add_to_resource_policy(
            iam.PolicyStatement(
                sid="DeliverFlowLogs",
                principals=[delivery],
                actions=["s3:PutObject"],
                resources=[self.flow_logs.arn_for_objects("*")],
                conditions={**source, "StringEquals": with_acl},
            )
        )
        self.flow_logs.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CheckBeforeDelivery",
                principals=[delivery],
                actions=["s3:GetBucketAcl", "s3:ListBucket"],
                resources=[self.flow_logs.bucket_arn],
                conditions=source,
            )
        )


def _keep_seven_years() -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id="KeepSevenYears",
        transitions=[
            s3.Transition(
                storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
                transition_after=Duration.days(_ARCHIVE_AFTER_DAYS),
            )
        ],
        expiration=Duration.days(_KEEP_DAYS),
        noncurrent_version_expiration=Duration.days(_UNDO_DAYS),
        abort_incomplete_multipart_upload_after=Duration.days(7),
    )
