"""The content of every guardrail, in the management account. What a policy is attached to is the vending engine's."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import CfnTag, Environment, RemovalPolicy, Stack
from aws_cdk import aws_organizations as organizations
from constructs import Construct

from accounts.platform import Platform
from accounts.policies import stack_place
from accounts.policies.declared import DeclaredPolicy, declared_policies
from accounts.policies.registry import GUARDRAILS
from constructs_lib.exception import excuse


def policy_stack(scope: Construct, platform: Platform) -> OrganizationPolicies:
    """The policies of the declared organization. Raises InputError when guardrails do not fit."""
    place = stack_place.policy_stack(platform.spec)
    return OrganizationPolicies(
        scope,
        stack_place.STACK_ID,
        stack_name=place.name,
        env=Environment(account=platform.account("management"), region=place.region),
        policies=declared_policies(platform.spec, platform.registry, platform.topology, GUARDRAILS),
    )


_NEWER_THAN_THE_VALIDATOR = ("GUARDDUTY_POLICY",)


class OrganizationPolicies(Stack):
    """One `AWS::Organizations::Policy` for each declared policy, each retained and attached to nothing.

    A policy is never changed: another content has another name and another logical id. So a deployment adds policies
    beside those that are in force, and changes nothing that binds an account.
    See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-organizations-policy.html.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        policies: Sequence[DeclaredPolicy],
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Guardrails: the content of every organization policy; `cells org apply` attaches them",
            termination_protection=True,
        )
        self.policies = [self._build_policy(policy) for policy in policies]
        # AWS Organizations takes one change at a time.
        for before, after in zip(self.policies, self.policies[1:], strict=False):
            after.add_resource_dependency(before)

    def _build_policy(self, declared: DeclaredPolicy) -> organizations.CfnPolicy:
        policy = organizations.CfnPolicy(
            self,
            "".join(part.capitalize() for part in declared.name.split("-")),
            name=declared.name,
            type=declared.type,
            description=declared.description,
            content=declared.policy.content,
            tags=[CfnTag(key=key, value=value) for key, value in declared.tags.items()],
        )
        policy.apply_removal_policy(RemovalPolicy.RETAIN)
        if declared.type in _NEWER_THAN_THE_VALIDATOR:
            excuse(
                policy,
                rule="W3030",
                reason="CloudFormation takes the type; the list of the validator is older",
                owner="platform",
                expires="2027-11-30",
            )
        return policy
