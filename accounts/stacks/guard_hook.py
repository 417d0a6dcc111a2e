"""The hook that refuses to delete or replace what holds data, whoever deploys and with whatever tool."""

from pathlib import Path

from aws_cdk import CfnGuardHook, Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from constructs_lib.exception import excuse

HOOK_ALIAS = "Cells::Data::Protection"
"""The name of the hook in the account's CloudFormation registry."""

RULES = Path(__file__).parent / "guard" / "protect_data.guard"
"""The rules, in the language of AWS CloudFormation Guard."""

_REPORT_DAYS = 400


class GuardHook(Construct):
    """A CloudFormation Guard hook over every stack of the account but the baseline's own. Keeps its reports.

    It sees each deletion (`RESOURCE`, `CLOUD_CONTROL`) and, before anything happens, each change set (`CHANGE_SET`),
    and fails closed. To destroy data on purpose, first deploy the tag `cells:release-data: yes` on the resource: that
    is the first of the two keys of a decommission. The baseline's own stack is left out, or a mistake in the rules
    could never be mended. See https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/guard-hooks.html.
    """

    def __init__(self, scope: Construct, id: str, *, baseline_stack: str) -> None:
        super().__init__(scope, id)
        self.rules = assets.Asset(self, "Rules", path=str(RULES))
        self.reports = self._build_reports()
        self.role = self._build_role()
        self.hook = self._build_hook(baseline_stack)

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
        stack = Stack.of(self)
        alias = HOOK_ALIAS.replace("::", "-")
        hook_arn = stack.format_arn(service="cloudformation", resource="type/hook", resource_name=f"{alias}*")
        role = iam.Role(
            self,
            "Role",
            description="Lets the data protection hook read its rules and write its reports",
            assumed_by=iam.ServicePrincipal(
                "hooks.cloudformation.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
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
        rules = self.rules.bucket
        return [
            iam.PolicyStatement(
                sid="ReadRules",
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=[rules.arn_for_objects(self.rules.s3_object_key)],
            ),
            iam.PolicyStatement(
                sid="FindThem", actions=["s3:ListBucket"], resources=[rules.bucket_arn, self.reports.bucket_arn]
            ),
            iam.PolicyStatement(
                sid="WriteReports", actions=["s3:PutObject"], resources=[self.reports.arn_for_objects("*")]
            ),
        ]

    def _build_hook(self, baseline_stack: str) -> CfnGuardHook:
        return CfnGuardHook(
            self,
            "Resource",
            alias=HOOK_ALIAS,
            execution_role=self.role.role_arn,
            failure_mode="FAIL",
            hook_status="ENABLED",
            log_bucket=self.reports.bucket_name,
            rule_location=CfnGuardHook.S3LocationProperty(uri=self.rules.s3_object_url),
            stack_filters=CfnGuardHook.StackFiltersProperty(
                filtering_criteria="ALL", stack_names=CfnGuardHook.StackNamesProperty(exclude=[baseline_stack])
            ),
            target_operations=["RESOURCE", "CHANGE_SET", "CLOUD_CONTROL"],
        )
