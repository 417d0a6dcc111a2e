"""The hook that refuses to delete or replace what holds data, whoever deploys and with whatever tool."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import Aws, CfnGuardHook, Duration, RemovalPolicy, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.exception import excuse

HOOK_ALIAS = "Cells::Data::Protection"
"""The name of the hook in the account's CloudFormation registry."""

RULES = Path(__file__).parent / "guard" / "protect_data.guard"
"""The rules, in the language of AWS CloudFormation Guard."""

_REPORT_DAYS = 400


@dataclass(frozen=True)
class Rules:
    """The object that the rules are in."""

    bucket: str
    key: str


class GuardHook(Construct):
    """A CloudFormation Guard hook over every stack of the account but the baseline's own. Keeps its reports.

    It sees each deletion (`RESOURCE`, `CLOUD_CONTROL`) and, before anything happens, each change set (`CHANGE_SET`),
    and fails closed. To destroy data on purpose, first deploy the tag `cells:release-data: yes` on the resource: that
    is the first of the two keys of a decommission. The baseline's own stacks (`left_out`, patterns) are left out, or a
    mistake in the rules could never be mended; guardrails keep everybody else from such names. See https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/guard-hooks.html.
    """

    def __init__(self, scope: Construct, id: str, *, rules: Rules, left_out: Sequence[str]) -> None:
        super().__init__(scope, id)
        self._rules = rules
        self.reports = self._build_reports()
        self.role = self._build_role()
        self.hook = self._build_hook(left_out)

    def _build_reports(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Reports",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="ExpireReports",
                    expiration=Duration.days(_REPORT_DAYS),
                    noncurrent_version_expiration=Duration.days(30),
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                )
            ],
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        Tags.of(bucket).add("data-classification", "internal")
        excuse(
            bucket,
            rule="AwsSolutions-S1",
            reason="Holds the hook's own reports; reads of it are in CloudTrail, and a log of a log ends nowhere",
            owner="platform",
            expires="2027-11-30",
        )
        return bucket

    def _build_role(self) -> iam.Role:
        alias = HOOK_ALIAS.replace("::", "-")
        hook_arn = f"arn:{Aws.PARTITION}:cloudformation:{Aws.REGION}:{Aws.ACCOUNT_ID}:type/hook/{alias}*"
        role = iam.Role(
            self,
            "Role",
            description="Lets the data protection hook read its rules and write its reports",
            assumed_by=iam.ServicePrincipal(
                "hooks.cloudformation.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": hook_arn},
                },
            ),
            inline_policies={"ReadRulesWriteReports": iam.PolicyDocument(statements=self._permissions())},
        )
        excuse(
            role,
            rule="AwsSolutions-IAM5[Resource::{reference}/*]",
            reason="Each report has its own key, which the service chooses; the bucket holds nothing else",
            owner="platform",
            expires="2027-11-30",
        )
        return role

    def _permissions(self) -> list[iam.PolicyStatement]:
        bucket = f"arn:{Aws.PARTITION}:s3:::{self._rules.bucket}"
        return [
            iam.PolicyStatement(
                sid="ReadRules",
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=[f"{bucket}/{self._rules.key}"],
            ),
            iam.PolicyStatement(sid="FindThem", actions=["s3:ListBucket"], resources=[bucket, self.reports.bucket_arn]),
            iam.PolicyStatement(
                sid="WriteReports", actions=["s3:PutObject"], resources=[self.reports.arn_for_objects("*")]
            ),
        ]

    def _build_hook(self, left_out: Sequence[str]) -> CfnGuardHook:
        return CfnGuardHook(
            self,
            "Resource",
            alias=HOOK_ALIAS,
            execution_role=self.role.role_arn,
            failure_mode="FAIL",
            hook_status="ENABLED",
            log_bucket=self.reports.bucket_name,
            rule_location=CfnGuardHook.S3LocationProperty(uri=f"s3://{self._rules.bucket}/{self._rules.key}"),
            stack_filters=CfnGuardHook.StackFiltersProperty(
                filtering_criteria="ALL", stack_names=CfnGuardHook.StackNamesProperty(exclude=list(left_out))
            ),
            target_operations=["RESOURCE", "CHANGE_SET", "CLOUD_CONTROL"],
        )
