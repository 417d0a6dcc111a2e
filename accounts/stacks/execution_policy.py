"""What CloudFormation may do when it executes a cell, instead of AdministratorAccess.

`cdk bootstrap --cloudformation-execution-policies` gets its ARN. What it denies holds also when somebody attaches a
wider policy beside it.

| statement | why |
|---|---|
| MakeTheCell | the services that a cell is made of, in governed regions only |
| MakeBoundedRoles | a role or a policy of a role, only where the role has the boundary |
| KeepRoles | everything about roles that cannot widen them |
| MakePolicies | managed policies, which only bounded roles can have |
| PassRoles | a role is handed to the services that run parts of a cell, and to nothing else |
| MakeServiceLinkedRoles | AWS's own roles for those services |
| ReadOutputs | references between layers read the outputs of the other stack |
| NoUnboundedRoles, NoUnbounding | no role without the boundary, also when a wider policy is attached by mistake |
| NoUsers | people and pipelines come by federation |
| NoTouchingTheBaseline… | boundary, execution policy, deployment and bootstrap roles, the hook with its rules |
| NoOrganization, NoSilence | as in the boundary |
| NoOpenAccount | the account-wide blocks stay closed |
"""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import DefaultStackSynthesizer as Bootstrap
from aws_cdk import aws_iam as iam
from constructs import Construct

from accounts.names import (
    AUDITOR_ROLE_NAME,
    BASELINE_STACKS,
    BREAK_GLASS_ROLE_NAME,
)
from constructs_lib.exception import excuse_each
from constructs_lib.specs.landing import (
    BACKUP_ROLE_NAME,
    BACKUP_VAULT_NAME,
    DEPLOYMENT_ROLE_NAME,
    EXECUTION_POLICY_NAME,
    PERMISSION_BOUNDARY_NAME,
    Landing,
)

SERVICES = {
    "acm": "certificates",
    "amplify": "frontends that Amplify hosts",
    "apigateway": "HTTP APIs of modules",
    "appconfig": "feature flags",
    "application-autoscaling": "services and database readers",
    "application-signals": "service level objectives",
    "backup": "backup plans and vaults",
    "budgets": "the budget of the cell",
    "chatbot": "alarms to Slack",
    "cloudfront": "the front door",
    "cloudwatch": "alarms and dashboards",
    "cognito-idp": "users of a product",
    "dynamodb": "tables of modules",
    "ec2": "the network",
    "ecr": "reads image manifests",
    "ecs": "cluster, services and tasks",
    "elasticache": "cache and queues",
    "elasticloadbalancing": "the load balancer",
    "es": "search domains",
    "events": "schedules and event rules",
    "firehose": "log delivery of the web ACL",
    "kms": "keys",
    "lambda": "functions of modules and custom resources",
    "logs": "log groups and deliveries",
    "rds": "the database",
    "route53": "the zone of the cell",
    "s3": "buckets",
    "scheduler": "schedules",
    "secretsmanager": "secrets",
    "servicediscovery": "names between services",
    "ses": "sender identities",
    "sns": "topics",
    "sqs": "queues",
    "ssm": "the cell record",
    "states": "workflows",
    "synthetics": "canaries",
    "wafv2": "the web ACL",
    "xray": "where traces go",
}
"""The services that a cell is made of, and for what. A module that needs another one adds it here."""

PARTS = {
    "guardduty:*MalwareProtectionPlan": "scans of uploads; not the detector, which looks for intruders",
    "guardduty:TagResource": "tags of a scan",
    "guardduty:UntagResource": "tags of a scan",
    "shield:*Protection": "Shield Advanced for the front door; never a subscription, which binds for a year",
    "shield:*Resource": "tags of a protection",
}
"""Actions of services that a cell may use a part of only."""

_PASSED_TO = (
    "amplify",
    "apigateway",
    "application-autoscaling",
    "backup",
    "chatbot",
    "cognito-idp",
    "delivery.logs",
    "ecs",
    "ecs-tasks",
    "events",
    "firehose",
    "lambda",
    "malware-protection-plan.guardduty",
    "monitoring.rds",
    "rds",
    "s3",
    "scheduler",
    "states",
    "synthetics",
    "vpc-flow-logs",
)
_LINKED_TO = (
    "backup",
    "cloudfront",
    "ecs",
    "ecs.application-autoscaling",
    "elasticache",
    "elasticloadbalancing",
    "events",
    "management.chatbot",
    "ops.apigateway",
    "rds",
    "rds.application-autoscaling",
    "transitgateway",
    "vpcorigin.cloudfront",
    "wafv2",
)

_USERS = (
    "iam:*AccessKey*",
    "iam:*LoginProfile",
    "iam:*MFADevice",
    "iam:*OpenIDConnectProvider*",
    "iam:*SAMLProvider",
    "iam:*ServiceSpecificCredential",
    "iam:AddUserToGroup",
    "iam:CreateGroup",
    "iam:CreateUser",
)
_SILENCE = (
    "access-analyzer:Delete*",
    "cloudtrail:*",
    "config:*",
    "guardduty:*Administrator*",
    "guardduty:*Detector*",
    "guardduty:*Filter*",
    "guardduty:*IPSet*",
    "guardduty:*Member*",
    "guardduty:*Organization*",
    "guardduty:*PublishingDestination*",
    "guardduty:*ScanSettings",
    "guardduty:*Threat*",
    "guardduty:*Trusted*",
    "guardduty:Archive*",
    "inspector2:*",
    "macie2:*",
    "securityhub:*",
)
_OPEN_ACCOUNT = (
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:DisableImageBlockPublicAccess",
    "ec2:DisableSnapshotBlockPublicAccess",
    "s3:PutAccountPublicAccessBlock",
)
_PLATFORM_ROLES = (
    AUDITOR_ROLE_NAME,
    BREAK_GLASS_ROLE_NAME,
    DEPLOYMENT_ROLE_NAME,
    "OrganizationAccountAccessRole",
    f"{BASELINE_STACKS}*",
    "cdk-*",
    "stacksets-exec-*",
)
_HOOK = ("cloudformation:*Type", "cloudformation:SetTypeConfiguration", "cloudformation:SetTypeDefaultVersion")


class ExecutionPolicy(Construct):
    """The managed policy `cell-cloudformation-execution`.

    Whole services are allowed, because CloudFormation creates, reads, updates, tags and deletes each resource type with
    dozens of actions that change with every release; the denials, the boundary and the hook are what hold.
    See https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html.
    """

    def __init__(self, scope: Construct, id: str, *, landing: Landing, boundary: iam.IManagedPolicy) -> None:
        super().__init__(scope, id)
        self._landing = landing
        self._partition, self._account = Aws.PARTITION, Aws.ACCOUNT_ID  # each costs a call to Node
        self._boundary_arn = self._arn("policy", PERMISSION_BOUNDARY_NAME)
        self.policy = self._build_policy()
        self.policy.node.add_dependency(boundary)
        self._excuse_wildcards()

    def _build_policy(self) -> iam.ManagedPolicy:
        return iam.ManagedPolicy(
            self,
            "Resource",
            managed_policy_name=EXECUTION_POLICY_NAME,
            description="What CloudFormation may do when it executes a cell",
            statements=[
                self._make_the_cell(),
                *self._roles(),
                self._hand_over("PassRoles", "iam:PassRole", "iam:PassedToService", _PASSED_TO),
                self._hand_over(
                    "MakeServiceLinkedRoles", "iam:CreateServiceLinkedRole", "iam:AWSServiceName", _LINKED_TO
                ),
                iam.PolicyStatement(
                    sid="ReadOutputs", actions=["cloudformation:DescribeStacks"], resources=[self._stack_arn("*")]
                ),
                self._no_unbounded_roles(),
                _deny("NoUnbounding", ["iam:DeleteRolePermissionsBoundary"]),
                _deny("NoUsers", _USERS),
                *self._no_touching_the_baseline(),
                _deny("NoOrganization", ["account:*", "organizations:*", "sso:*"]),
                _deny("NoSilence", _SILENCE),
                _deny("NoOpenAccount", _OPEN_ACCOUNT),
            ],
        )

    def _make_the_cell(self) -> iam.PolicyStatement:
        # Global services count as us-east-1, which is always governed.
        return iam.PolicyStatement(
            sid="MakeTheCell",
            actions=[*(f"{service}:*" for service in SERVICES), *PARTS],
            resources=["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": list(self._landing.governed_regions)}},
        )

    def _roles(self) -> list[iam.PolicyStatement]:
        roles = [self._arn("role", "*")]
        return [
            iam.PolicyStatement(
                sid="MakeBoundedRoles",
                actions=[
                    "iam:AttachRolePolicy",
                    "iam:CreateRole",
                    "iam:DeleteRolePolicy",
                    "iam:DetachRolePolicy",
                    "iam:PutRolePermissionsBoundary",
                    "iam:PutRolePolicy",
                ],
                resources=roles,
                conditions={"StringEquals": {"iam:PermissionsBoundary": self._boundary_arn}},
            ),
            iam.PolicyStatement(
                sid="KeepRoles",
                actions=[
                    "iam:DeleteRole",
                    "iam:GetRole*",
                    "iam:ListAttachedRolePolicies",
                    "iam:ListInstanceProfilesForRole",
                    "iam:ListRole*",
                    "iam:TagRole",
                    "iam:UntagRole",
                    "iam:UpdateAssumeRolePolicy",
                    "iam:UpdateRole*",
                ],
                resources=roles,
            ),
            iam.PolicyStatement(
                sid="MakePolicies",
                actions=[
                    "iam:*PolicyVersion*",
                    "iam:CreatePolicy",
                    "iam:DeletePolicy",
                    "iam:GetPolicy",
                    "iam:ListEntitiesForPolicy",
                    "iam:TagPolicy",
                    "iam:UntagPolicy",
                ],
                resources=[self._arn("policy", "*")],
            ),
        ]

    def _hand_over(self, sid: str, action: str, key: str, services: tuple[str, ...]) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid=sid,
            actions=[action],
            resources=[self._arn("role", "*")],
            conditions={"StringEquals": {key: [f"{service}.amazonaws.com" for service in services]}},
        )

    def _no_unbounded_roles(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid="NoUnboundedRoles",
            effect=iam.Effect.DENY,
            actions=["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
            resources=["*"],
            conditions={"StringNotEquals": {"iam:PermissionsBoundary": self._boundary_arn}},
        )

    def _no_touching_the_baseline(self) -> list[iam.PolicyStatement]:
        return [
            iam.PolicyStatement(
                sid="NoTouchingTheBaselineRoles",
                effect=iam.Effect.DENY,
                not_actions=["iam:Get*", "iam:List*"],
                resources=[
                    self._boundary_arn,
                    self._arn("policy", EXECUTION_POLICY_NAME),
                    *(self._arn("role", name) for name in _PLATFORM_ROLES),
                ],
            ),
            # A cell hands it over for its restore tests. Only AWS Backup can become it.
            iam.PolicyStatement(
                sid="NoTouchingTheBackupRole",
                effect=iam.Effect.DENY,
                not_actions=["iam:Get*", "iam:List*", "iam:PassRole"],
                resources=[self._arn("role", BACKUP_ROLE_NAME)],
            ),
            _deny("NoTouchingTheHook", _HOOK),
            iam.PolicyStatement(
                sid="NoTouchingTheBaselineStore",
                effect=iam.Effect.DENY,
                not_actions=["backup:List*", "cloudformation:Describe*", "s3:Get*", "s3:List*"],
                resources=[
                    self._stack_arn(f"{BASELINE_STACKS}*"),
                    f"arn:{self._partition}:events:*:{self._account}:rule/{BASELINE_STACKS}*",
                    f"arn:{self._partition}:backup:*:{self._account}:backup-vault:{BACKUP_VAULT_NAME}",
                    f"arn:{self._partition}:s3:::cdk-{Bootstrap.DEFAULT_QUALIFIER}-assets-*",
                    f"arn:{self._partition}:s3:::{BASELINE_STACKS.lower()}*",
                ],
            ),
        ]

    def _excuse_wildcards(self) -> None:
        reasons = {f"Action::{service}:*": f"A cell is made of it: {use}" for service, use in SERVICES.items()}
        reasons |= {
            f"Action::{action}": f"A part of what a cell is made of: {use}"
            for action, use in PARTS.items()
            if "*" in action
        }
        reasons |= {
            "Action::iam:*PolicyVersion*": "The versions of a policy that only bounded roles can have",
            "Action::iam:GetRole*": "Reads only",
            "Action::iam:ListRole*": "Reads only",
            "Action::iam:UpdateRole*": "Description and session length, which give no permission",
            "Resource::*": "Resources of a cell have no names before they are made; the account is the wall",
            "Resource::arn:<AWS::Partition>:cloudformation:*:{account}:stack/*": "Reads outputs of the cell's layers",
            "Resource::arn:<AWS::Partition>:iam::{account}:policy/*": "Protected ones are denied by name",
            "Resource::arn:<AWS::Partition>:iam::{account}:role/*": "Bounded roles only; protected ones are denied",
        }
        rules = {f"AwsSolutions-IAM5[{finding}]": reason for finding, reason in reasons.items()}
        excuse_each(self.policy, rules, owner="platform", expires="2027-11-30")

    def _arn(self, resource: str, name: str) -> str:
        return f"arn:{self._partition}:iam::{self._account}:{resource}/{name}"

    def _stack_arn(self, name: str) -> str:
        path = name if name == "*" else f"{name}/*"
        return f"arn:{self._partition}:cloudformation:*:{self._account}:stack/{path}"


def _deny(sid: str, actions: Sequence[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, effect=iam.Effect.DENY, actions=list(actions), resources=["*"])
