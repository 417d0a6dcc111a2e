"""The scan of uploads: who scans, what it writes on a file, and what may be read."""

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_guardduty as guardduty
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold, MonitoringFacade
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.queue import Queue
from constructs_lib.queue_rule import queue_rule
from constructs_lib.specs.virus_scan import VirusScanSpec

STATUS_TAG = "GuardDutyMalwareScanStatus"
"""The tag with what was found: `NO_THREATS_FOUND`, `THREATS_FOUND`, `UNSUPPORTED`, `ACCESS_DENIED` or `FAILED`."""

_SCANNER = "malware-protection-plan.guardduty.amazonaws.com"
_RULES = "DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
_PROOF = "malware-protection-resource-validation-object"
_READ = ["s3:GetObject", "s3:GetObjectVersion"]
_TAGGING = ["s3:PutObjectTagging", "s3:PutObjectVersionTagging"]


class VirusScan(Construct):
    """GuardDuty Malware Protection for one bucket: every new object is scanned and tagged with what was found.

    Roles with the tag `readers` cannot read a file with a threat, nor, with `spec.reads` `clean`, one that nobody has
    scanned: a presigned URL is refused alike, because it stands for the role that signed it. A backup or an auditor,
    whose role has another tag, still reads everything. Nobody of the cell but GuardDuty writes tags on objects.

    A file with a threat stays where it is, unreadable, and expires. GuardDuty scans files of up to 100 GB; what it
    cannot open, such as an encrypted archive, is `UNSUPPORTED` and never `clean`. There is no L2.
    See https://docs.aws.amazon.com/guardduty/latest/ug/gdu-malware-protection-s3.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: VirusScanSpec,
        bucket: s3.Bucket,
        key: kms.IKey,
        readers: tuple[str, str],
    ) -> None:
        super().__init__(scope, id)
        self._bucket = bucket
        self.role = self._build_role(key)
        self.plan = self._build_plan()
        self._refuse_reading(spec, readers)
        self._refuse_tagging(readers)
        bucket.add_lifecycle_rule(
            id="expire-infected",
            expiration=Duration.days(spec.infected_days),
            tag_filters={STATUS_TAG: "THREATS_FOUND"},
        )

    def deliver_results(self, id: str, *, to: Queue) -> events.Rule:
        """Deliver what was found in each object of the bucket into a queue."""
        return queue_rule(
            self,
            id,
            bus=None,
            description="What GuardDuty found in uploads, into a queue",
            pattern=events.EventPattern(
                source=["aws.guardduty"],
                detail_type=["GuardDuty Malware Protection Object Scan Result"],
                detail={"s3ObjectDetails": {"bucketName": [self._bucket.bucket_name]}},
            ),
            to=to,
        )

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm on the first upload with a threat, as the function `scan_results` counts them."""
        facade.monitor_custom(
            alarm_friendly_name="VirusScan",
            human_readable_name="Scanned uploads",
            metric_groups=[
                CustomMetricGroup(
                    title="Uploads",
                    metrics=[
                        CustomMetricWithAlarm(
                            metric=_counted("FilesInfected"),
                            alarm_friendly_name="FilesInfected",
                            add_alarm={
                                "Critical": CustomThreshold(
                                    threshold=0,
                                    comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                                    evaluation_periods=1,
                                    datapoints_to_alarm=1,
                                    treat_missing_data_override=cloudwatch.TreatMissingData.NOT_BREACHING,
                                )
                            },
                        ),
                        _counted("FilesClean"),
                        _counted("FilesNotScanned"),
                    ],
                )
            ],
        )

    def _build_plan(self) -> guardduty.CfnMalwareProtectionPlan:
        return guardduty.CfnMalwareProtectionPlan(
            self,
            "Plan",
            role=self.role.role_arn,
            protected_resource=guardduty.CfnMalwareProtectionPlan.CFNProtectedResourceProperty(
                s3_bucket=guardduty.CfnMalwareProtectionPlan.S3BucketProperty(bucket_name=self._bucket.bucket_name)
            ),
            actions=guardduty.CfnMalwareProtectionPlan.CFNActionsProperty(
                tagging=guardduty.CfnMalwareProtectionPlan.CFNTaggingProperty(status="ENABLED")
            ),
        )

    def _build_role(self, key: kms.IKey) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(_SCANNER),
            description="GuardDuty scans uploads and tags them",
            # Inline, so that the role is whole when GuardDuty tries it, which it does when the plan is made.
            inline_policies={"Scan": iam.PolicyDocument(statements=[*self._read_and_tag(key), *self._be_told()])},
        )
        for rule, reason in {
            "AwsSolutions-IAM5[Resource::{reference}/*]": "uploads are not known in advance; the bucket is one",
            f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:events:{{region}}:{{account}}:rule/{_RULES}]": (
                "GuardDuty names its rule itself, and manages no other"
            ),
        }.items():
            excuse(role, rule=rule, reason=reason, owner="platform", expires="2027-11-30")
        return role

    def _read_and_tag(self, key: kms.IKey) -> list[iam.PolicyStatement]:
        bucket = self._bucket
        return [
            iam.PolicyStatement(
                sid="ReadAndTag",
                actions=[*_READ, *_TAGGING, "s3:GetObjectTagging", "s3:GetObjectVersionTagging"],
                resources=[bucket.arn_for_objects("*")],
            ),
            iam.PolicyStatement(
                sid="ProveThatTheBucketIsOurs",
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects(_PROOF)],
            ),
            iam.PolicyStatement(
                sid="BeToldOfUploads",
                actions=["s3:GetBucketNotification", "s3:ListBucket", "s3:PutBucketNotification"],
                resources=[bucket.bucket_arn],
            ),
            iam.PolicyStatement(
                sid="UseTheKey",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.amazonaws.com"}},
            ),
        ]

    def _be_told(self) -> list[iam.PolicyStatement]:
        rules = [Stack.of(self).format_arn(service="events", resource="rule", resource_name=_RULES)]
        return [
            iam.PolicyStatement(
                sid="ManageItsRule",
                actions=["events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets"],
                resources=rules,
                conditions={"StringEquals": {"events:ManagedBy": _SCANNER}},
            ),
            iam.PolicyStatement(
                sid="SeeItsRule", actions=["events:DescribeRule", "events:ListTargetsByRule"], resources=rules
            ),
        ]

    def _refuse_reading(self, spec: VirusScanSpec, readers: tuple[str, str]) -> None:
        tag = f"s3:ExistingObjectTag/{STATUS_TAG}"
        # Where a tag is not there, StringEquals does not match, and StringNotEquals does.
        unreadable = (
            {"StringNotEquals": {tag: "NO_THREATS_FOUND"}}
            if spec.reads == "clean"
            else {"StringEquals": {tag: "THREATS_FOUND"}}
        )
        name, value = readers
        who = {f"aws:PrincipalTag/{name}": value}
        self._deny(
            "OnlyWhatIsNoThreat",
            _READ,
            {**unreadable, "StringEquals": {**unreadable.get("StringEquals", {}), **who}},
        )

    def _refuse_tagging(self, readers: tuple[str, str]) -> None:
        self._deny(
            "OnlyTheScannerTags",
            [*_TAGGING, "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"],
            {
                "Null": {f"aws:PrincipalTag/{readers[0]}": "false"},
                "ArnNotEquals": {"aws:PrincipalArn": self.role.role_arn},
            },
        )

    def _deny(self, sid: str, actions: list[str], conditions: dict[str, dict[str, str]]) -> None:
        self._bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=actions,
                resources=[self._bucket.arn_for_objects("*")],
                conditions=conditions,
            )
        )


def _counted(name: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="Cell",
        metric_name=name,
        dimensions_map={"service": "virus-scan"},
        statistic=cloudwatch.Stats.SUM,
        period=Duration.minutes(5),
        label=name,
    )
