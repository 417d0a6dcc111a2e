"""Who is exempt from guardrails: exact roles, which nobody but the platform can make or change.

An exemption by role is as strong as the guardrail over that role. Whoever can make a role that a pattern fits has the
exemption too, so that everything here is among what the guardrail `platform-roles` keeps. A role that a service owns
needs none: SCPs do not bind it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exemption:
    """A role, or the roles of one owner."""

    who: str
    """In words, for the docs."""
    role: str
    """The ARN, with placeholders."""


def _role(name: str, account: str = "*") -> str:
    return f"arn:<partition>:iam::{account}:role/{name}"


VENDING = Exemption("the vending engine, in any account", _role("<vending-role>"))
"""From the management account. It makes an account what it is, and mends it."""

STACK_SETS = Exemption("the organization's stack sets, in any account", _role("stacksets-exec-*"))
"""What StackSets with service-managed permissions deploy the baseline with; a service-linked role makes them. See
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-enable-trusted-access.html."""

BASELINE = Exemption("the roles of the account baseline itself", _role("<baseline-stacks>*"))
"""Such as the role by which the data protection hook reads its rules."""

BREAK_GLASS = Exemption("the break-glass role, in any account", _role("<break-glass-role>"))
"""For when everything else has failed. Its use is alarmed."""

CELL_DEPLOYMENT = Exemption("CloudFormation, when it deploys through CDK", _role("cdk-<bootstrap>-cfn-exec-role-*"))
"""The execution policy of the account baseline is its ceiling."""

LOG_ARCHIVE = Exemption(
    "CloudFormation in the log archive", _role("cdk-<bootstrap>-cfn-exec-role-<log-archive>-*", "<log-archive>")
)
SECURITY_TOOLING = Exemption(
    "CloudFormation in the security tooling account",
    _role("cdk-<bootstrap>-cfn-exec-role-<security-tooling>-*", "<security-tooling>"),
)
SECURITY_SETTINGS = Exemption(
    "what sets trail and detectors in the security tooling account",
    _role("<security-settings-role>", "<security-tooling>"),
)
"""A function of that account's stack, for what CloudFormation cannot set."""
NETWORK_HUB = Exemption(
    "CloudFormation in the network hub", _role("cdk-<bootstrap>-cfn-exec-role-<network-hub>-*", "<network-hub>")
)
CI_CD = Exemption("CloudFormation in the CI/CD account", _role("cdk-<bootstrap>-cfn-exec-role-<ci-cd>-*", "<ci-cd>"))

EXEMPTIONS: tuple[Exemption, ...] = (
    VENDING,
    STACK_SETS,
    BASELINE,
    BREAK_GLASS,
    CELL_DEPLOYMENT,
    LOG_ARCHIVE,
    SECURITY_TOOLING,
    SECURITY_SETTINGS,
    NETWORK_HUB,
    CI_CD,
)
"""All of them."""
