"""What CloudFormation may make in each account of the platform: a table, one line of reason for each entry.

A stack of the platform that needs another service adds it here. `platform_policies` writes the policies from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.names import BREAK_GLASS_OPERATOR_NAME, SECURITY_SETTINGS_ROLE_NAME
from accounts.services import administrators_of
from accounts.spec import OrganizationSpec
from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import DELEGATION_ROLE_PREFIX, Region

_SSO = "sso.amazonaws.com"


@dataclass(frozen=True)
class _Work:
    """What the stacks of an account are made of."""

    actions: Mapping[str, str]
    """Actions of AWS, and what for."""
    roles: tuple[str, ...] = ()
    """Roles with fixed names. The others begin with the name of their stack."""
    passed_to: tuple[str, ...] = ()
    """Services that a role is handed to, without `.amazonaws.com`."""
    linked_to: tuple[str, ...] = ()
    """Services that get their own role."""
    federates: bool = False
    """Whether workflows of GitHub sign in here."""


_SEE_ORGANIZATION = {
    "organizations:Describe*": "which accounts and units there are",
    "organizations:List*": "which accounts and units there are",
}
_PEOPLE = {
    "sso:*AccountAssignment*": "who has what where",
    "sso:*PermissionSet*": "permission sets and their policies",
    "sso:DescribeInstance": "reads only",
    "sso:List*": "reads only",
    "sso:TagResource": "tags of permission sets",
    "sso:UntagResource": "tags of permission sets",
}

_WORK: Mapping[str, _Work] = {
    "management": _Work(
        {
            **_SEE_ORGANIZATION,
            "budgets:*": "budgets of accounts",
            "ce:*Anomaly*": "monitors of unusual costs",
            "ce:*CostCategory*": "cost categories",
            "ce:*Tag*": "tags of both",
            "organizations:CreatePolicy": "the content of guardrails; the vending engine attaches them",
            "organizations:DeletePolicy": "guardrails that are attached to nothing",
            "organizations:TagResource": "tags of guardrails",
            "organizations:UntagResource": "tags of guardrails",
            "organizations:UpdatePolicy": "the content of guardrails",
        }
    ),
    "security-tooling": _Work(
        {
            **_SEE_ORGANIZATION,
            "access-analyzer:*": "analyzers of external, internal and unused access",
            "cloudformation:*StackInstance*": "stack sets of the baseline",
            "cloudformation:*StackSet*": "stack sets of the baseline",
            "cloudformation:TagResource": "stack sets of the baseline",
            "config:*Aggregat*": "the aggregator of the organization",
            "config:*Tag*": "tags of the aggregator",
            "events:*": "the bus of alarms and its rules",
            "kms:*": "keys of logs and alarms",
            "lambda:*": "the function that sets trail and detectors",
            "logs:*": "its log",
            "s3:*": "the bucket of the baseline's rules",
            "securityhub:*": "hub, aggregator and policies of the organization",
            "sns:*": "alarms",
            "sqs:*": "alarms that could not be delivered",
        },
        roles=(BREAK_GLASS_OPERATOR_NAME, SECURITY_SETTINGS_ROLE_NAME),
        passed_to=("config", "lambda"),
        linked_to=("access-analyzer", "config", "securityhub", "securityhubv2"),
    ),
    "log-archive": _Work(
        {
            **_SEE_ORGANIZATION,
            "kms:*": "the key of the archive",
            "observabilityadmin:*": "the rule that centralizes CloudWatch logs",
            "s3:*": "the buckets of the archive",
        },
        linked_to=("logs-centralization.observabilityadmin", "observabilityadmin"),
    ),
    "network-hub": _Work(
        {
            **_SEE_ORGANIZATION,
            "directconnect:*": "lines from outside",
            "ec2:*": "transit gateway, address pools, VPN",
            "logs:*LogDelivery": "flow logs of the transit gateway",
            "ram:*": "shares the transit gateway",
            "route53:*": "the base zone",
            "s3:GetBucketPolicy": "flow logs of the transit gateway",
        },
        roles=(f"{DELEGATION_ROLE_PREFIX}*",),
        linked_to=("delivery.logs", "directconnect", "ipam", "ram", "s2svpn", "transitgateway"),
    ),
    "shared-services": _Work(
        {
            "codeartifact:*": "packages",
            "cognito-idp:*": "people of products",
            "ecr:*": "images",
            "kms:*": "keys",
            "secretsmanager:*": "secrets of several products",
            "signer:*": "the profile that signs images",
        },
        linked_to=("ecr", "email.cognito-idp"),
    ),
    "ci-cd": _Work(
        {
            "codebuild:*": "runners",
            "codeconnections:*Connection*": "the connection to GitHub",
            "kms:*": "keys of artifacts and signatures",
            "logs:*": "logs of runners",
            "s3:*": "artifacts",
        },
        roles=("cell-pipeline",),
        passed_to=("codebuild",),
        federates=True,
    ),
}


class PlatformAccess(Spec):
    """What CloudFormation may do in one account of the platform."""

    regions: tuple[Region, ...]
    actions: tuple[str, ...]
    roles: tuple[str, ...]
    """Names of roles that stacks may make, with `*`."""
    passed_to: tuple[str, ...]
    linked_to: tuple[str, ...]
    federates: bool
    assigns_itself: bool
    """Whether people are let in by roles that Identity Center makes with the permissions of this account."""


def platform_access_of(spec: OrganizationSpec, account: str) -> PlatformAccess | None:
    """What the stacks of an account need; None when it is no account of the platform."""
    work = _WORK.get(account)
    if work is None:
        return None
    people = account == "management" or administrators_of(spec).get(_SSO) == account
    return PlatformAccess(
        regions=tuple(sorted(spec.governed_regions)),
        actions=tuple(sorted({*work.actions, *(_PEOPLE if people else ())})),
        roles=tuple(sorted({f"{spec.name}-*", *work.roles})),
        passed_to=work.passed_to,
        linked_to=work.linked_to,
        federates=work.federates,
        assigns_itself=account == "management",
    )
