"""Copies of the access logs of a cell in the log archive, where nobody of the cell can change them."""

from __future__ import annotations

from typing import cast

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold, MonitoringFacade
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.specs.errors import CellsError
from constructs_lib.specs.landing import ACCESS_LOG_ROLE_PATH, LogArchive

_RULE = "to-log-archive"
_PERIOD = Duration.minutes(15)


class LogReplica(Construct):
    """Replicates a versioned bucket to the log archive, by a role that can do nothing else.

    What is written from now on is copied, usually within minutes, and the copy belongs to the archive. Deletions are
    not: the life cycle of the bucket ends nothing in the archive. `key` is the one that the bucket is encrypted with;
    without it only what S3 encrypts by itself is copied.
    See https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
    """

    def __init__(
        self, scope: Construct, id: str, *, bucket: s3.Bucket, archive: LogArchive, key: kms.IKey | None = None
    ) -> None:
        super().__init__(scope, id)
        self._bucket, self._archive, self._key = bucket, archive, key
        self._archive_arn = self._arn("s3", archive.bucket_name)
        self.role = self._build_role()
        self._replicate()

    def metric_failures(self) -> cloudwatch.Metric:
        """Objects that could not be copied, in 15 minutes."""
        return cloudwatch.Metric(
            namespace="AWS/S3",
            metric_name="OperationsFailedReplication",
            dimensions_map={
                "SourceBucket": self._bucket.bucket_name,
                "DestinationBucket": self._archive.bucket_name,
                "RuleId": _RULE,
            },
            statistic=cloudwatch.Stats.SUM,
            period=_PERIOD,
            label="Not copied",
        )

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm when a log could not be copied: S3 does not try again by itself."""
        alarmed = CustomMetricWithAlarm(
            metric=self.metric_failures(),
            alarm_friendly_name="LogsNotArchived",
            add_alarm={
                "Warning": CustomThreshold(
                    threshold=0,
                    comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                    evaluation_periods=1,
                    datapoints_to_alarm=1,
                    treat_missing_data_override=cloudwatch.TreatMissingData.NOT_BREACHING,
                )
            },
        )
        facade.monitor_custom(
            alarm_friendly_name="LogReplica",
            human_readable_name="Access logs in the log archive",
            metric_groups=[CustomMetricGroup(title="Not copied", metrics=[alarmed])],
        )

    def _build_role(self) -> iam.Role:
        """The archive lets in what is below this path. S3 names no source in the trust policy that it could be held to.

        See https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
        """
        role = iam.Role(
            self,
            "Role",
            path=ACCESS_LOG_ROLE_PATH,
            assumed_by=iam.ServicePrincipal("s3.amazonaws.com"),
            description="Copies access logs to the log archive",
        )
        for statement in (*self._read(), *self._write()):
            role.add_to_policy(statement)
        self._excuse_wildcards(role)
        return role

    def _read(self) -> list[iam.PolicyStatement]:
        bucket = self._bucket
        statements = [
            iam.PolicyStatement(
                actions=["s3:GetReplicationConfiguration", "s3:ListBucket"], resources=[bucket.bucket_arn]
            ),
            iam.PolicyStatement(
                actions=[
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionTagging",
                ],
                resources=[bucket.arn_for_objects("*")],
            ),
        ]
        if self._key:
            statements.append(
                _use_key(self._key.key_arn, ["kms:Decrypt"], region=Stack.of(self).region, bucket_arn=bucket.bucket_arn)
            )
        return statements

    def _write(self) -> list[iam.PolicyStatement]:
        statements = [
            iam.PolicyStatement(
                actions=["s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"],
                resources=[f"{self._archive_arn}/*"],
            )
        ]
        if self._key:
            statements.append(self._encrypt())
        return statements

    def _encrypt(self) -> iam.PolicyStatement:
        """Which key it is, the archive decides: any of its keys, for the one bucket."""
        keys = self._arn("kms", "key/*", account=self._archive.account, region=self._archive.region)
        return _use_key(
            keys, ["kms:Encrypt", "kms:GenerateDataKey"], region=self._archive.region, bucket_arn=self._archive_arn
        )

    def _replicate(self) -> None:
        # Not by the rules of the L2: they refuse a new owner with the same account, and pending accounts share one.
        resource = cast(s3.CfnBucket, self._bucket.node.default_child)
        resource.replication_configuration = s3.CfnBucket.ReplicationConfigurationProperty(
            role=self.role.role_arn,
            rules=[
                s3.CfnBucket.ReplicationRuleProperty(
                    id=_RULE,
                    status="Enabled",
                    priority=1,
                    filter=s3.CfnBucket.ReplicationRuleFilterProperty(prefix=""),
                    delete_marker_replication=s3.CfnBucket.DeleteMarkerReplicationProperty(status="Disabled"),
                    source_selection_criteria=self._encrypted_too(),
                    destination=s3.CfnBucket.ReplicationDestinationProperty(
                        bucket=self._archive_arn,
                        account=self._archive.account,
                        access_control_translation=s3.CfnBucket.AccessControlTranslationProperty(owner="Destination"),
                        encryption_configuration=self._archive_key(),
                        metrics=s3.CfnBucket.MetricsProperty(status="Enabled"),
                    ),
                )
            ],
        )

    def _encrypted_too(self) -> s3.CfnBucket.SourceSelectionCriteriaProperty | None:
        if self._key is None:
            return None
        return s3.CfnBucket.SourceSelectionCriteriaProperty(
            sse_kms_encrypted_objects=s3.CfnBucket.SseKmsEncryptedObjectsProperty(status="Enabled")
        )

    def _archive_key(self) -> s3.CfnBucket.EncryptionConfigurationProperty | None:
        if self._key is None:
            return None
        archive = self._archive
        if archive.key_alias is None:
            raise CellsError(
                f"{self.node.path} copies what a key encrypts, but {archive.bucket_name} has none",
                hint="give the archive's key_alias",
            )
        alias = self._arn("kms", archive.key_alias, account=archive.account, region=archive.region)
        return s3.CfnBucket.EncryptionConfigurationProperty(replica_kms_key_id=alias)

    def _arn(self, service: str, resource: str, *, account: str = "", region: str = "") -> str:
        return Stack.of(self).format_arn(
            service=service,
            account=account,
            region=region,
            resource=resource,
            arn_format=ArnFormat.NO_RESOURCE_NAME,
        )

    def _excuse_wildcards(self, role: iam.Role) -> None:
        archive, stack = self._archive, Stack.of(self)
        region = "{region}" if archive.region == stack.region else archive.region
        account = "{account}" if archive.account == stack.account else "{other}"
        bucket = archive.bucket_name.replace(archive.account, account).replace(archive.region, region)
        reasons = {
            "{reference}/*": "Logs are named by those who write them; the actions only read, and the bucket is one",
            f"arn:<AWS::Partition>:s3:::{bucket}/*": "A copy has the name of its log; the actions only add copies",
        }
        if self._key:
            keys = f"arn:<AWS::Partition>:kms:{region}:{account}:key/*"
            reasons[keys] = "The id of the archive's key is not known here; it encrypts for the one bucket only"
        for finding, reason in reasons.items():
            excuse(
                role,
                rule=f"AwsSolutions-IAM5[Resource::{finding}]",
                reason=reason,
                owner="platform",
                expires="2027-11-30",
                apply_to_children=True,
            )


def _use_key(key_arn: str, actions: list[str], *, region: str, bucket_arn: str) -> iam.PolicyStatement:
    """Through S3, for one bucket: S3 asks for one object, or for the whole bucket where it has a bucket key."""
    return iam.PolicyStatement(
        actions=actions,
        resources=[key_arn],
        conditions={
            "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]},
        },
    )
