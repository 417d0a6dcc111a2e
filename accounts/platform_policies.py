"""The two managed policies of every platform account: what CloudFormation may do, and what its roles may never do.

They are there before the account is bootstrapped: the accounts that bring the baseline to all others cannot wait for
it. So the vending engine makes them, and AdministratorAccess is in no bootstrap.

| statement of `platform-cloudformation-execution` | why |
|---|---|
| MakeThePlatform | the services that the stacks of this account are made of, in governed regions only |
| ReadTheBootstrap | code and version of what is deployed; outputs of stacks beside it |
| MakeBoundedRoles, KeepRoles | roles of its stacks, by name, each with the boundary; no managed policy is attached |
| PassRoles, MakeServiceLinkedRoles | to the services that run parts of the platform, and to nothing else |
| FederateWorkflows | CI/CD only: the provider by which GitHub's workflows sign in |
| LetPeopleIn | management only: the roles that Identity Center makes where people are assigned |
| NoUsers | people and pipelines come by federation |
| NoUnboundedRoles, NoUnbounding | no role without the boundary, also when a wider policy is attached by mistake |
| NoTouchingTheBaseline… | break-glass, vending, bootstrap and deployment roles, both boundaries, the hook |
| NoOrganization | accounts, attachments and administrators are the vending engine's |
| NoSilence | trail, detectors and recorders stay on |

| statement of `platform-permission-boundary` | why |
|---|---|
| WhatItsPoliciesSay | a boundary gives nothing |
| NoIdentities | code of the platform makes and changes no role, user or policy: it cannot step out of what it has |
| NoOrganization | as above |
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from accounts.names import (
    AUDITOR_ROLE_NAME,
    BASELINE_STACKS,
    BREAK_GLASS_ROLE_NAME,
    PLATFORM_BOUNDARY_NAME,
    PLATFORM_EXECUTION_POLICY_NAME,
)
from accounts.platform_access import PlatformAccess
from constructs_lib.specs.landing import (
    BACKUP_ROLE_NAME,
    BACKUP_VAULT_NAME,
    DEPLOYMENT_ROLE_NAME,
    EXECUTION_POLICY_NAME,
    PERMISSION_BOUNDARY_NAME,
    VENDING_ROLE_NAME,
)

_QUALIFIER = "hnb659fds"
_GITHUB = "token.actions.githubusercontent.com"
_DIGITS = 16

_USERS = (
    "iam:*AccessKey*",
    "iam:*Group",
    "iam:*GroupPolicy",
    "iam:*LoginProfile",
    "iam:*MFADevice",
    "iam:*ServiceSpecificCredential",
    "iam:*UserPolicy",
    "iam:CreateUser",
)
_IDENTITIES = (
    "iam:Add*",
    "iam:Attach*",
    "iam:CreateAccessKey",
    "iam:CreateGroup",
    "iam:CreateInstanceProfile",
    "iam:CreateLoginProfile",
    "iam:CreateOpenIDConnectProvider",
    "iam:CreatePolicy*",
    "iam:CreateRole",
    "iam:CreateSAMLProvider",
    "iam:CreateServiceSpecificCredential",
    "iam:CreateUser",
    "iam:Delete*",
    "iam:Detach*",
    "iam:Put*",
    "iam:Remove*",
    "iam:Set*",
    "iam:Update*",
    "iam:Upload*",
)
_ORGANIZATION = (
    "account:*",
    "organizations:AttachPolicy",
    "organizations:CloseAccount",
    "organizations:CreateAccount",
    "organizations:DeleteOrganization*",
    "organizations:DeregisterDelegatedAdministrator",
    "organizations:DetachPolicy",
    "organizations:Disable*",
    "organizations:Enable*",
    "organizations:InviteAccountToOrganization",
    "organizations:LeaveOrganization",
    "organizations:MoveAccount",
    "organizations:RegisterDelegatedAdministrator",
    "organizations:RemoveAccountFromOrganization",
)
_SILENCE = ("cloudtrail:*", "config:*DeliveryChannel*", "config:*Recorder*", "guardduty:*", "inspector2:*", "macie2:*")
_HOOK = ("cloudformation:*Type", "cloudformation:SetTypeConfiguration", "cloudformation:SetTypeDefaultVersion")
_PLATFORM_ROLES = (
    AUDITOR_ROLE_NAME,
    BACKUP_ROLE_NAME,
    BREAK_GLASS_ROLE_NAME,
    DEPLOYMENT_ROLE_NAME,
    VENDING_ROLE_NAME,
    f"{BASELINE_STACKS}*",
    "cdk-*",
    "stacksets-exec-*",
)
_POLICIES = (
    EXECUTION_POLICY_NAME,
    PERMISSION_BOUNDARY_NAME,
    PLATFORM_BOUNDARY_NAME,
    PLATFORM_EXECUTION_POLICY_NAME,
)

Document = dict[str, JsonValue]
"""A policy as IAM has it."""


def platform_policies(access: PlatformAccess, *, account: str, partition: str) -> Mapping[str, Document]:
    """Both policies of an account, by name, in the order in which they are made."""
    written = _Written(access, account, partition)
    return {
        PLATFORM_BOUNDARY_NAME: _document(written.boundary()),
        PLATFORM_EXECUTION_POLICY_NAME: _document(written.execution()),
    }


def platform_policies_digest(access: PlatformAccess) -> str:
    """Equal for equal policies, whatever the account."""
    policies = platform_policies(access, account="<account>", partition="<partition>")
    return hashlib.sha256(json.dumps(policies).encode()).hexdigest()[:_DIGITS]


class _Written:
    def __init__(self, access: PlatformAccess, account: str, partition: str) -> None:
        self._access = access
        self._account = account
        self._partition = partition
        self._bounded: JsonValue = {"iam:PermissionsBoundary": self._iam(f"policy/{PLATFORM_BOUNDARY_NAME}")}

    def boundary(self) -> Iterator[Document]:
        yield _statement("WhatItsPoliciesSay", "Allow", ["*"], ["*"])
        yield _statement("NoIdentities", "Deny", _IDENTITIES, ["*"])
        yield _statement("NoOrganization", "Deny", _ORGANIZATION, ["*"])

    def execution(self) -> Iterator[Document]:
        yield from self._make()
        yield from self._roles()
        yield from self._let_in()
        yield _statement("NoUsers", "Deny", _USERS, ["*"])
        yield from self._no_unbounded_roles()
        yield from self._no_touching_the_baseline()
        yield _statement("NoOrganization", "Deny", _ORGANIZATION, ["*"])
        yield _statement("NoSilence", "Deny", _SILENCE, ["*"])

    def _make(self) -> Iterator[Document]:
        regions: JsonValue = {"StringEquals": {"aws:RequestedRegion": list(self._access.regions)}}
        yield _statement("MakeThePlatform", "Allow", self._access.actions, ["*"], regions)
        yield _statement(
            "ReadTheBootstrap",
            "Allow",
            ["cloudformation:DescribeStacks", "s3:GetObject", "ssm:GetParameters"],
            [
                f"arn:{self._partition}:cloudformation:*:{self._account}:stack/*",
                self._assets,
                f"arn:{self._partition}:ssm:*:{self._account}:parameter/cdk-bootstrap/*",
            ],
        )

    def _roles(self) -> Iterator[Document]:
        roles = [self._iam(f"role/{name}") for name in self._access.roles]
        yield _statement(
            "MakeBoundedRoles",
            "Allow",
            ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
            roles,
            {"StringEquals": self._bounded},
        )
        yield _statement(
            "KeepRoles",
            "Allow",
            [
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
            roles,
        )
        if self._access.passed_to:
            services = _principals(self._access.passed_to)
            yield _statement(
                "PassRoles", "Allow", ["iam:PassRole"], roles, {"StringEquals": {"iam:PassedToService": services}}
            )
        if self._access.linked_to:
            yield _statement(
                "MakeServiceLinkedRoles",
                "Allow",
                ["iam:CreateServiceLinkedRole"],
                [self._iam("role/aws-service-role/*")],
                {"StringEquals": {"iam:AWSServiceName": _principals(self._access.linked_to)}},
            )

    def _let_in(self) -> Iterator[Document]:
        if self._access.federates:
            provider = self._iam(f"oidc-provider/{_GITHUB}")
            yield _statement("FederateWorkflows", "Allow", ["iam:*OpenIDConnectProvider*"], [provider])
        if self._access.assigns_itself:
            yield _statement(
                "LetPeopleIn",
                "Allow",
                [
                    "iam:AttachRolePolicy",
                    "iam:CreateRole",
                    "iam:CreateSAMLProvider",
                    "iam:Get*",
                    "iam:ListRolePolicies",
                    "iam:PutRolePolicy",
                ],
                [self._iam("role/aws-reserved/sso.amazonaws.com/*"), self._iam("saml-provider/AWSSSO_*")],
            )

    def _no_unbounded_roles(self) -> Iterator[Document]:
        yield {
            "Sid": "NoUnboundedRoles",
            "Effect": "Deny",
            "Action": ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
            # Nobody but Identity Center makes roles below this path.
            "NotResource": self._iam("role/aws-reserved/sso.amazonaws.com/*"),
            "Condition": {"StringNotEquals": self._bounded},
        }
        yield _statement("NoUnbounding", "Deny", ["iam:DeleteRolePermissionsBoundary"], ["*"])

    def _no_touching_the_baseline(self) -> Iterator[Document]:
        yield {
            "Sid": "NoTouchingTheBaselineRoles",
            "Effect": "Deny",
            "NotAction": ["iam:Get*", "iam:List*"],
            "Resource": [
                *(self._iam(f"policy/{name}") for name in _POLICIES),
                *(self._iam(f"role/{name}") for name in _PLATFORM_ROLES),
            ],
        }
        yield _statement("NoTouchingTheHook", "Deny", _HOOK, ["*"])
        yield {
            "Sid": "NoTouchingTheBaselineStore",
            "Effect": "Deny",
            "NotAction": ["backup:List*", "cloudformation:Describe*", "s3:Get*", "s3:List*"],
            "Resource": [
                f"arn:{self._partition}:backup:*:{self._account}:backup-vault:{BACKUP_VAULT_NAME}",
                f"arn:{self._partition}:cloudformation:*:{self._account}:stack/{BASELINE_STACKS}*/*",
                f"arn:{self._partition}:events:*:{self._account}:rule/{BASELINE_STACKS}*",
                self._assets,
                f"arn:{self._partition}:s3:::{BASELINE_STACKS.lower()}*",
            ],
        }

    @property
    def _assets(self) -> str:
        return f"arn:{self._partition}:s3:::cdk-{_QUALIFIER}-assets-*"

    def _iam(self, resource: str) -> str:
        return f"arn:{self._partition}:iam::{self._account}:{resource}"


def _principals(services: Sequence[str]) -> list[JsonValue]:
    return [f"{service}.amazonaws.com" for service in services]


def _statement(
    sid: str, effect: str, actions: Sequence[str], resources: Sequence[str], condition: JsonValue = None
) -> Document:
    found: Document = {"Sid": sid, "Effect": effect, "Action": list(actions), "Resource": list(resources)}
    return {**found, "Condition": condition} if condition else found


def _document(statements: Iterator[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
