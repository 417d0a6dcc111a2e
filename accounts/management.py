"""What may be deployed to the management account. No guardrail binds it, so that as little as possible is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from constructs_lib.specs.errors import InputError

ALLOWED: Mapping[str, frozenset[str]] = {
    "OrganizationPolicies": frozenset({"AWS::Organizations::Policy"}),
    "Cost": frozenset(
        {
            "AWS::Budgets::Budget",
            "AWS::CE::AnomalyMonitor",
            "AWS::CE::AnomalySubscription",
            "AWS::CE::CostCategory",
        }
    ),
    "CostBudgets-*": frozenset({"AWS::Budgets::Budget"}),
    "ManagementBaseline": frozenset(
        {
            "AWS::Budgets::Budget",
            "AWS::CloudFormation::GuardHook",
            "AWS::IAM::ManagedPolicy",
            "AWS::IAM::Role",
            "AWS::IAM::ServiceLinkedRole",
            "AWS::S3::Bucket",
            "AWS::S3::BucketPolicy",
        }
    ),
    "ManagementBaseline-*": frozenset(
        {
            "AWS::Backup::BackupVault",
            "AWS::CloudFormation::GuardHook",
            "AWS::Config::ConfigurationRecorder",
            "AWS::Config::DeliveryChannel",
            "AWS::Events::Rule",
            "AWS::IAM::Policy",
            "AWS::IAM::Role",
            "AWS::KMS::Key",
            "AWS::S3::Bucket",
            "AWS::S3::BucketPolicy",
        }
    ),
    "PeopleManagement": frozenset({"AWS::SSO::Assignment", "AWS::SSO::PermissionSet"}),
}
"""The stacks that may be there by id, and the types of resources that each may have."""


def refuse_foreign(stacks: Iterable[str]) -> None:
    """Raise InputError when one of the stacks that are for the management account is not on the list."""
    for stack in stacks:
        if _types_of(stack) is None:
            raise InputError(
                f"the stack {stack} is for the management account, and nothing but {', '.join(ALLOWED)} may be there",
                hint="put it into another account: guardrails do not bind the management account",
            )


def foreign_types(stack: str, types: Iterable[str]) -> tuple[str, ...]:
    """The types of resources that a stack of the management account may not have, sorted."""
    return tuple(sorted(set(types) - (_types_of(stack) or frozenset())))


def _types_of(stack: str) -> frozenset[str] | None:
    return next((types for pattern, types in ALLOWED.items() if fnmatchcase(stack, pattern)), None)
