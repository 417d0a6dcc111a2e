"""The ceiling of everything that runs in a cell: a role has what its policies and this boundary both allow.

| statement | why |
|---|---|
| UseTheDataOfTheCell | what modules read and write, and back up: stores, queues, topics, secrets, keys |
| RunTheCell | tasks, functions, logs, metrics, traces, images, parameters, network interfaces |
| PassRolesToTasks | the migrations function starts a task; a role is never passed to anything else |
| DelegateTheZone | the cell's zone writes its NS record in the network hub, through the role made for that |
| NoIdentities | running code makes no user, role, key or policy, so it cannot step out of this boundary |
| NoOrganization | nobody leaves the organization or changes the account from inside |
| NoSilence | who breaks in cannot switch off what would show it |
| NoTouchingTheBaseline | templates and code of the cell are in the bootstrap, the hook's reports are evidence |
| NoDestruction | running code deletes objects and messages, but never the store, its key or its recovery points |
"""

from aws_cdk import Aws
from aws_cdk import DefaultStackSynthesizer as Bootstrap
from aws_cdk import aws_iam as iam
from constructs import Construct

from accounts.names import BASELINE_STACKS
from constructs_lib.exception import excuse_each
from constructs_lib.specs.identity import DELEGATION_ROLE_PREFIX
from constructs_lib.specs.landing import PERMISSION_BOUNDARY_NAME, Landing
from constructs_lib.specs.search import SEARCH_ROLE_PATH

_DATA = (
    "dynamodb:*",
    "elasticache:Connect",
    "es:ESHttp*",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "kms:Sign",
    "kms:Verify",
    "rds-data:*",
    "rds-db:connect",
    "rds:*Snapshot*",
    "rds:*TagsForResource",
    "rds:AddTagsToResource",
    "rds:Describe*",
    "s3:*",
    "secretsmanager:*",
    "sns:*",
    "sqs:*",
)
_RUN = (
    "application-autoscaling:*",
    "appconfig:*",
    "backup:*",
    "bedrock:InvokeModel*",
    "cloudformation:DescribeStacks",
    "cloudfront:CreateInvalidation",
    "cloudwatch:*",
    "cognito-idp:*",
    "ec2:*NetworkInterface*",
    "ec2:*PrivateIpAddresses",
    "ec2:*SecurityGroupEgress",
    "ec2:*SecurityGroupIngress",
    "ec2:Describe*",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "ecs:*",
    "elasticloadbalancing:DeregisterTargets",
    "elasticloadbalancing:Describe*",
    "elasticloadbalancing:ModifyRule",
    "elasticloadbalancing:RegisterTargets",
    "events:*",
    "lambda:InvokeFunction",
    "logs:*",
    "scheduler:*",
    "ses:Send*",
    "ssm:*",
    "ssmmessages:*",
    "states:*",
    "sts:GetCallerIdentity",
    "xray:*",
)
_IDENTITIES = (
    "iam:Add*",
    "iam:Attach*",
    "iam:Create*",
    "iam:Deactivate*",
    "iam:Delete*",
    "iam:Detach*",
    "iam:Put*",
    "iam:Remove*",
    "iam:Set*",
    "iam:Tag*",
    "iam:Untag*",
    "iam:Update*",
    "iam:Upload*",
)
_SILENCE = (
    "access-analyzer:Delete*",
    "cloudtrail:Delete*",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:Stop*",
    "cloudtrail:Update*",
    "config:Delete*",
    "config:Put*",
    "config:Stop*",
    "ec2:DeleteFlowLogs",
    "guardduty:Delete*",
    "guardduty:Disassociate*",
    "guardduty:Update*",
    "logs:DeleteLogGroup",
    "logs:DeleteLogStream",
    "logs:DeleteDelivery*",
    "securityhub:Delete*",
    "securityhub:Disable*",
    "securityhub:BatchDisableStandards",
    "securityhub:Disassociate*",
)
_DESTRUCTION = (
    "backup:Delete*",
    "backup:DisassociateRecoveryPoint*",
    "backup:PutBackupVaultAccessPolicy",
    "backup:PutBackupVaultLockConfiguration",
    "backup:UpdateRecoveryPointLifecycle",
    "dynamodb:DeleteBackup",
    "dynamodb:DeleteTable*",
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "rds:DeleteDBCluster",
    "rds:DeleteDBInstance",
    "rds:DeleteGlobalCluster",
    "s3:DeleteBucket",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutBucketAcl",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutReplicationConfiguration",
    "secretsmanager:DeleteSecret",
    "sqs:DeleteQueue",
)


class PermissionBoundary(Construct):
    """The managed policy `cell-permission-boundary`, which bounds every role that a cell creates.

    It allows by service and leaves the narrow grants to each role's own policy: a boundary gives nothing by itself.
    See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html.
    """

    def __init__(self, scope: Construct, id: str, *, landing: Landing) -> None:
        super().__init__(scope, id)
        self._landing = landing
        self.policy = iam.ManagedPolicy(
            self,
            "Resource",
            managed_policy_name=PERMISSION_BOUNDARY_NAME,
            description="The most that any role of a cell can be allowed to do",
            statements=[
                self._in_governed_regions("UseTheDataOfTheCell", _DATA),
                self._in_governed_regions("RunTheCell", _RUN),
                self._pass_roles_to_tasks(),
                self._delegate_the_zone(),
                self._administer_search(),
                _deny("NoIdentities", _IDENTITIES),
                _deny("NoOrganization", ("account:*", "organizations:*")),
                _deny("NoSilence", _SILENCE),
                self._no_touching_the_baseline(),
                _deny("NoDestruction", _DESTRUCTION),
            ],
        )
        self._excuse_wildcards()

    def _excuse_wildcards(self) -> None:
        reason = "A boundary gives nothing: it is the ceiling over narrow grants, and the account is the wall"
        roles = "arn:<AWS::Partition>:iam::{account}:role/*"
        findings = [f"Action::{action}" for action in (*_DATA, *_RUN) if "*" in action]
        hub = f"arn:<AWS::Partition>:iam::{{other}}:role/{DELEGATION_ROLE_PREFIX}*"
        search = f"arn:<AWS::Partition>:iam::{{account}}:role{SEARCH_ROLE_PATH}*"
        findings += ["Resource::*", f"Resource::{roles}", f"Resource::{hub}", f"Resource::{search}"]
        rules = {f"AwsSolutions-IAM5[{finding}]": reason for finding in findings}
        excuse_each(self.policy, rules, owner="platform", expires="2027-11-30")

    def _in_governed_regions(self, sid: str, actions: tuple[str, ...]) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid=sid,
            actions=list(actions),
            resources=["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": list(self._landing.governed_regions)}},
        )

    def _pass_roles_to_tasks(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid="PassRolesToTasks",
            actions=["iam:PassRole"],
            resources=[f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/*"],
            conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        )

    def _delegate_the_zone(self) -> iam.PolicyStatement:
        # Which cell writes which record is the trust policy of the role in the hub: it names the account of its cell.
        hub = self._landing.network_hub_account
        return iam.PolicyStatement(
            sid="DelegateTheZone",
            actions=["sts:AssumeRole"],
            resources=[f"arn:{Aws.PARTITION}:iam::{hub}:role/{DELEGATION_ROLE_PREFIX}*"],
        )

    def _administer_search(self) -> iam.PolicyStatement:
        # A search domain knows one administrator by its ARN, before the roles of the containers are there.
        return iam.PolicyStatement(
            sid="AdministerSearch",
            actions=["sts:AssumeRole"],
            resources=[f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role{SEARCH_ROLE_PATH}*"],
        )

    def _no_touching_the_baseline(self) -> iam.PolicyStatement:
        assets = f"arn:{Aws.PARTITION}:s3:::cdk-{Bootstrap.DEFAULT_QUALIFIER}-assets-*"
        return iam.PolicyStatement(
            sid="NoTouchingTheBaseline",
            effect=iam.Effect.DENY,
            not_actions=["s3:Get*", "s3:List*"],
            resources=[assets, f"arn:{Aws.PARTITION}:s3:::{BASELINE_STACKS.lower()}*"],
        )


def _deny(sid: str, actions: tuple[str, ...]) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, effect=iam.Effect.DENY, actions=list(actions), resources=["*"])
