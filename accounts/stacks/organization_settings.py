"""What the security tooling account sets for the organization and CloudFormation has no safe type for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from aws_cdk import ArnFormat, CustomResource, Duration, FileSystem, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from accounts.names import SECURITY_SETTINGS_ROLE_NAME
from constructs_lib.exception import excuse
from constructs_lib.function import python_function, write_logs

_CODE = Path(__file__).parents[1] / "lambdas" / "organization_settings"
_NOT_CODE = ["__pycache__", "*.pyc"]

PROTECTION_PLANS = (
    "S3_DATA_EVENTS",
    "EKS_AUDIT_LOGS",
    "EBS_MALWARE_PROTECTION",
    "RDS_LOGIN_EVENTS",
    "LAMBDA_NETWORK_LOGS",
    "RUNTIME_MONITORING",
)
"""The plans of GuardDuty that are on everywhere. See
https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html."""


class OrganizationSettings(Construct):
    """A function that makes the organization's trail and its detectors, as a delegated administrator.

    Guardrails let its role, which has a fixed name for that, change trails and detectors, and nobody else. What it made
    stays when its resource leaves the stack: no guardrail lets anybody delete it.

    CloudFormation cannot make a trail for an organization here: it starts what it made by name, and the trail belongs
    to the management account. GuardDuty has no type for what is enabled in an organization, and naming its
    administrator already makes the detector that `AWS::GuardDuty::Detector` would make.
    See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-delegated-administrator.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        organization: str,
        trail_name: str,
        regions: Sequence[str],
        log_key: kms.IKey,
        log_retention: logs.RetentionDays,
    ) -> None:
        super().__init__(scope, id)
        self._trail_name = trail_name
        self._regions = regions
        self.log_group = self._build_log_group(organization, log_key, log_retention)
        self.role = self._build_role()
        self.function = self._build_function()

    def _build_log_group(self, organization: str, key: kms.IKey, retention: logs.RetentionDays) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "LogGroup",
            log_group_name=f"/{organization}/organization-settings",
            encryption_key=key,
            retention=retention,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )

    def _build_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            role_name=SECURITY_SETTINGS_ROLE_NAME,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="Sets the trail and the detectors of the organization",
        )
        for statement in (*self._trail_statements(), *self._detector_statements()):
            role.add_to_principal_policy(statement)
        for rule, reason in (
            ("*", "These calls of CloudTrail, GuardDuty and Organizations take no resource"),
            (
                "arn:<AWS::Partition>:guardduty:*:{account}:detector/*",
                "AWS chooses the id of a detector; the condition holds the regions",
            ),
            (
                "arn:<AWS::Partition>:cloudtrail:*:*:trail/<name>".replace("<name>", self._trail_name),
                "The trail belongs to the management account and is seen from every region",
            ),
        ):
            excuse(
                role,
                rule=f"AwsSolutions-IAM5[Resource::{rule}]",
                reason=reason,
                owner="platform",
                expires="2027-11-30",
                apply_to_children=True,
            )
        return role

    def _trail_statements(self) -> list[iam.PolicyStatement]:
        stack = Stack.of(self)
        trail = stack.format_arn(
            service="cloudtrail", region="*", account="*", resource="trail", resource_name=self._trail_name
        )
        linked = stack.format_arn(
            service="iam",
            region="",
            resource="role",
            resource_name="aws-service-role/cloudtrail.amazonaws.com/AWSServiceRoleForCloudTrail",
        )
        return [
            iam.PolicyStatement(
                sid="SetTrail",
                actions=[
                    "cloudtrail:CreateTrail",
                    "cloudtrail:PutEventSelectors",
                    "cloudtrail:StartLogging",
                    "cloudtrail:UpdateTrail",
                ],
                resources=[trail],
            ),
            iam.PolicyStatement(sid="FindTrail", actions=["cloudtrail:DescribeTrails"], resources=["*"]),
            iam.PolicyStatement(
                sid="SeeOrganization",
                actions=[
                    "organizations:DescribeOrganization",
                    "organizations:ListAWSServiceAccessForOrganization",
                    "organizations:ListAccounts",
                    "organizations:ListDelegatedAdministrators",
                ],
                resources=["*"],
            ),
            iam.PolicyStatement(
                sid="LinkTrail",
                actions=["iam:CreateServiceLinkedRole", "iam:GetRole"],
                resources=[linked],
            ),
        ]

    def _detector_statements(self) -> list[iam.PolicyStatement]:
        stack = Stack.of(self)
        regions = {"StringEquals": {"aws:RequestedRegion": list(self._regions)}}
        detectors = stack.format_arn(
            service="guardduty",
            region="*",
            resource="detector",
            resource_name="*",
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        return [
            iam.PolicyStatement(
                sid="FindDetector",
                actions=["guardduty:CreateDetector", "guardduty:ListDetectors"],
                resources=["*"],
                conditions=regions,
            ),
            iam.PolicyStatement(
                sid="SetDetector",
                actions=["guardduty:UpdateDetector", "guardduty:UpdateOrganizationConfiguration"],
                resources=[detectors],
                conditions=regions,
            ),
            write_logs(self.log_group),
        ]

    def _build_function(self) -> lambda_.Function:
        return python_function(
            self,
            description="Sets the trail and the detectors of the organization",
            code=_CODE,
            role=self.role,
            log_group=self.log_group,
            timeout=Duration.minutes(2),
        )

    def add_trail(self, *, bucket_name: str, key_arn: str, watched_buckets: Sequence[str]) -> CustomResource:
        """Add the trail of all accounts and regions into a bucket, with the files signed.

        Of the `watched_buckets` it records who reads or deletes an object; not who writes one: the trail's own delivery
        would be recorded, delivered and recorded again.
        """
        return self._add(
            "Trail",
            "Custom::OrganizationTrail",
            {
                "Name": self._trail_name,
                "Bucket": bucket_name,
                "Key": key_arn,
                "Selectors": json.dumps(_selectors(watched_buckets), separators=(",", ":")),
            },
        )

    def add_detectors(self) -> list[CustomResource]:
        """Add GuardDuty in every region, on for every account that is or will be in the organization."""
        return [
            self._add(
                f"Detector-{region}",
                "Custom::OrganizationDetector",
                {"Region": region, "Plans": list(PROTECTION_PLANS)},
            )
            for region in self._regions
        ]

    def _add(self, id: str, type: str, properties: dict[str, str | list[str]]) -> CustomResource:
        resource = CustomResource(
            self,
            id,
            service_token=self.function.function_arn,
            resource_type=type,
            removal_policy=RemovalPolicy.RETAIN,
            service_timeout=Duration.minutes(5),
            # New code runs again.
            properties={**properties, "Code": FileSystem.fingerprint(str(_CODE), exclude=_NOT_CODE)},
        )
        resource.node.add_dependency(self.role)
        return resource


def _selectors(bucket_arns: Sequence[str]) -> list[dict[str, object]]:
    data: list[dict[str, object]] = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        {"Field": "resources.ARN", "StartsWith": [f"{arn}/" for arn in bucket_arns]},
        {"Field": "eventName", "NotEquals": ["PutObject", "ReplicateObject"]},
    ]
    return [
        {"Name": "Management", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
        {"Name": "LogArchive", "FieldSelectors": data},
    ]
