"""A canary: asks the front door from outside, whether anybody else does or not."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_synthetics as synthetics
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold, MonitoringFacade
from constructs import Construct

from constructs_lib.data_bucket import data_bucket, grant_objects, log_bucket_of
from constructs_lib.exception import excuse
from constructs_lib.handler import LAMBDAS
from constructs_lib.specs.protection import ProtectionSpec

RUNTIME = synthetics.Runtime("syn-python-selenium-14.0", synthetics.RuntimeFamily.PYTHON)
"""The newest of Python as of 2026-11. AWS tells by mail 60 days before it takes one away.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_python_selenium.html
"""

_KEPT = Duration.days(31)
_FAILED_RUNS = 2


class Canary(Construct):
    """Gets `url` every few minutes, over the internet, outside of any VPC. Alarms when two runs in a row fail.

    What a run leaves behind, its log with it, goes to an encrypted bucket and is deleted after 31 days. The role may
    not make a log group: Lambda would make one that keeps everything for ever, under a name that nobody knows before.
    Stateless, though the bucket stays where data is retained.
    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        url: str,
        every: Duration,
        key: kms.IKey,
        log_bucket: s3.IBucket,
        protection: ProtectionSpec,
    ) -> None:
        super().__init__(scope, id)
        self._every = every
        self.bucket = data_bucket(
            self,
            "Artifacts",
            key=key,
            log_bucket=log_bucket_of(self, log_bucket),
            log_prefix="canary/",
            protection=protection,
            no_backup="what a run leaves behind is deleted after 31 days and says nothing of the product's data",
            rules=[
                s3.LifecycleRule(
                    id="expire-runs",
                    expiration=_KEPT,
                    noncurrent_version_expiration=Duration.days(1),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )
        self.role = self._build_role(key)
        self.canary = self._build_canary(name, url)

    def metric_success(self) -> cloudwatch.Metric:
        """Percentage of runs that found the front door well."""
        return self.canary.metric_success_percent(period=self._every, statistic=cloudwatch.Stats.AVERAGE)

    def metric_duration(self) -> cloudwatch.Metric:
        """Milliseconds of a run, the start of its runtime with it."""
        return self.canary.metric_duration(period=self._every, statistic=cloudwatch.Stats.AVERAGE)

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm when the front door is not well. A check that does not report is no good news either."""
        success = CustomMetricWithAlarm(
            metric=self.metric_success(),
            alarm_friendly_name="Canary",
            add_alarm={
                "Critical": CustomThreshold(
                    threshold=100,
                    comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                    evaluation_periods=_FAILED_RUNS,
                    datapoints_to_alarm=_FAILED_RUNS,
                    treat_missing_data_override=cloudwatch.TreatMissingData.BREACHING,
                )
            },
        )
        facade.add_large_header("From outside").monitor_custom(
            alarm_friendly_name="Canary",
            human_readable_name="Canary",
            metric_groups=[
                CustomMetricGroup(title="Checks that succeed (percent)", metrics=[success]),
                CustomMetricGroup(title="Duration (milliseconds)", metrics=[self.metric_duration()]),
            ],
        )

    def _build_role(self, key: kms.IKey) -> iam.Role:
        """What a canary needs, without log groups.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_Roles.html
        """
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="Checks the front door from outside",
        )
        grant_objects(
            role,
            self.bucket,
            key,
            object_actions=["s3:PutObject"],
            bucket_actions=["s3:GetBucketLocation"],
            reason="Synthetics names what a run leaves behind; the role only adds to the one bucket",
        )
        role.add_to_principal_policy(iam.PolicyStatement(actions=["s3:ListAllMyBuckets"], resources=["*"]))
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["cloudwatch:PutMetricData"],
                resources=["*"],
                conditions={"StringEquals": {"cloudwatch:namespace": "CloudWatchSynthetics"}},
            )
        )
        excuse(
            role,
            rule="AwsSolutions-IAM5[Resource::*]",
            reason="metrics have no ARN and are bound to one namespace; the list of buckets has no ARN and only reads",
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )
        return role

    def _build_canary(self, name: str, url: str) -> synthetics.Canary:
        canary = synthetics.Canary(
            self,
            "Resource",
            canary_name=name,
            runtime=RUNTIME,
            test=synthetics.Test.custom(
                handler="health_check.handler",
                code=synthetics.Code.from_asset(str(LAMBDAS / "health_check"), exclude=["**/__pycache__", "*.pyc"]),
            ),
            schedule=synthetics.Schedule.rate(self._every),
            timeout=Duration.seconds(60),
            environment_variables={"HEALTH_URL": url},
            artifacts_bucket_location=synthetics.ArtifactsBucketLocation(bucket=self.bucket),
            role=self.role,
            success_retention_period=_KEPT,
            failure_retention_period=_KEPT,
            provisioned_resource_cleanup=True,
        )
        # It starts when it is there, so its role has to be whole before.
        canary.node.add_dependency(self.role.node.find_child("DefaultPolicy"))
        return canary
