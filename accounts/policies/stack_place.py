"""Where the stack is that holds the content of policies: the stacks and the vending engine meet in its name."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.spec import OrganizationSpec

STACK_ID = "OrganizationPolicies"
"""What `npx cdk deploy` calls it."""


@dataclass(frozen=True)
class PolicyStack:
    """A stack of the management account."""

    name: str
    region: str


def policy_stack(spec: OrganizationSpec) -> PolicyStack:
    """In the home region: CloudFormation has AWS::Organizations::Policy in every region."""
    return PolicyStack(f"{spec.name}-organization-policies", spec.home_region)
