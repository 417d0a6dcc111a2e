"""What a person may do in an account, as permission sets of IAM Identity Center."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sso as sso
from constructs import Construct

from accounts.people import PERMISSION_SETS, PermissionSetName
from constructs_lib.exception import excuse


def excuse_instance(construct: Construct) -> None:
    """Say of everything below a construct why it names the instance of Identity Center by its ARN."""
    excuse(
        construct,
        rule="W9002",
        reason="The instance is made by hand, once, and the registry has its ARN: no stack has it to refer to",
        owner="platform",
        expires="2027-11-30",
        apply_to_children=True,
    )


@dataclass(frozen=True)
class _Definition:
    name: str
    description: str
    hours: int
    """How long a session lasts."""
    managed: tuple[str, ...]
    """Policies that AWS manages, by path."""
    statements: tuple[iam.PolicyStatement, ...] = ()


def _definitions() -> Mapping[PermissionSetName, _Definition]:
    return {
        "break-glass": _Definition(
            "BreakGlass",
            "Everything, for an hour, when something is on fire. Its use is told",
            1,
            ("AdministratorAccess",),
        ),
        "deployer": _Definition(
            "Deployer",
            "Deploys through the roles of cdk bootstrap, whose ceiling is the account's execution policy",
            4,
            ("job-function/ViewOnlyAccess", "CloudWatchReadOnlyAccess"),
            (_assume_bootstrap_roles(), _read_bootstrap_version(), _follow_stacks()),
        ),
        "developer": _Definition(
            "Developer",
            "Sees everything but data, and opens a shell in a container",
            8,
            ("job-function/ViewOnlyAccess", "CloudWatchReadOnlyAccess", "AWSXrayReadOnlyAccess"),
            (_open_shell(),),
        ),
        "read-only": _Definition(
            "ReadOnly",
            "Sees everything but data",
            8,
            ("job-function/ViewOnlyAccess", "CloudWatchReadOnlyAccess"),
        ),
        "auditor": _Definition(
            "Auditor",
            "Sees how everything is set, and no data",
            4,
            ("SecurityAudit", "job-function/ViewOnlyAccess"),
        ),
    }


class PermissionSets(Construct):
    """The permission sets of the organization. Each ends its sessions after some hours.

    Multi-factor authentication is a setting of Identity Center itself (`every sign-in`), which no API and no resource
    type has: a condition on `aws:MultiFactorAuthPresent` would lock everybody out, as sessions of Identity Center do
    not carry it. A set that is used in the management account (`prefix`) can be changed only from there.
    See https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance_arn: str,
        names: Collection[PermissionSetName] = PERMISSION_SETS,
        prefix: str = "",
    ) -> None:
        super().__init__(scope, id)
        excuse_instance(self)
        self._sets = {
            name: sso.CfnPermissionSet(
                self,
                definition.name,
                instance_arn=instance_arn,
                name=f"{prefix}{definition.name}",
                description=definition.description,
                session_duration=f"PT{definition.hours}H",
                managed_policies=[f"arn:{Aws.PARTITION}:iam::aws:policy/{policy}" for policy in definition.managed],
                inline_policy=iam.PolicyDocument(statements=list(definition.statements))
                if definition.statements
                else None,
            )
            for name, definition in _definitions().items()
            if name in names
        }

    def arn(self, name: PermissionSetName) -> str:
        """The ARN of a permission set."""
        return self._sets[name].attr_permission_set_arn


def _assume_bootstrap_roles() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="AssumeBootstrapRoles",
        actions=["sts:AssumeRole"],
        resources=[f"arn:{Aws.PARTITION}:iam::*:role/cdk-*"],
        # A policy variable cannot stand for the account inside of an ARN.
        conditions={"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
    )


def _read_bootstrap_version() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="ReadBootstrapVersion",
        actions=["ssm:GetParameter"],
        resources=[f"arn:{Aws.PARTITION}:ssm:*:*:parameter/cdk-bootstrap/*"],
        conditions={"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
    )


def _follow_stacks() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="FollowStacks",
        actions=["cloudformation:Describe*", "cloudformation:GetTemplate", "cloudformation:List*"],
        resources=["*"],
    )


def _open_shell() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="OpenShell",
        actions=["ecs:ExecuteCommand"],
        resources=[f"arn:{Aws.PARTITION}:ecs:*:*:cluster/*", f"arn:{Aws.PARTITION}:ecs:*:*:task/*"],
        conditions={"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
    )
