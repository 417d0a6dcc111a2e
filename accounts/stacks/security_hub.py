"""Security Hub: findings of all accounts and regions in one place, and the standards that all are judged by."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_securityhub as securityhub
from constructs import Construct

STANDARDS = (
    "standards/aws-foundational-security-best-practices/v/1.0.0",
    "standards/cis-aws-foundations-benchmark/v/5.0.0",
)
"""The standards that are on in every account. See
https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html."""


class SecurityHub(Construct):
    """Security Hub of the delegated administrator in the home region, with central configuration.

    One policy at the root turns the same standards on in every account and region. The other governed regions are
    linked, so that their findings come here. `HubV2` and `AggregatorV2` do the same for the newer Security Hub, which
    the organization's policy of that type turns on in the members.
    See https://docs.aws.amazon.com/securityhub/latest/userguide/central-configuration-intro.html
    """

    def __init__(
        self, scope: Construct, id: str, *, organization: str, root_id: str, linked_regions: Sequence[str]
    ) -> None:
        super().__init__(scope, id)
        self.hub = securityhub.CfnHub(
            self,
            "Hub",
            auto_enable_controls=True,
            control_finding_generator="SECURITY_CONTROL",
            enable_default_standards=False,
        )
        self.hub_v2 = securityhub.CfnHubV2(self, "HubV2")
        self._link(linked_regions)
        self.policy = self._build_policy(organization)
        securityhub.CfnPolicyAssociation(
            self,
            "Everywhere",
            configuration_policy_id=self.policy.attr_id,
            target_id=root_id,
            target_type="ROOT",
        )

    def _link(self, regions: Sequence[str]) -> None:
        """Central configuration wants a finding aggregator; with a single region it links what may come."""
        self.findings = securityhub.CfnFindingAggregator(
            self,
            "Findings",
            region_linking_mode="SPECIFIED_REGIONS" if regions else "ALL_REGIONS",
            regions=list(regions) or None,
        )
        self.findings.add_resource_dependency(self.hub)
        if regions:
            aggregator = securityhub.CfnAggregatorV2(
                self, "FindingsV2", region_linking_mode="SPECIFIED_REGIONS", linked_regions=list(regions)
            )
            aggregator.add_resource_dependency(self.hub_v2)

    def _build_policy(self, organization: str) -> securityhub.CfnConfigurationPolicy:
        central = securityhub.CfnOrganizationConfiguration(
            self,
            "Central",
            # With central configuration the policy decides, and AWS wants these two off.
            auto_enable=False,
            auto_enable_standards="NONE",
            configuration_type="CENTRAL",
        )
        central.add_resource_dependency(self.findings)
        types = securityhub.CfnConfigurationPolicy
        policy = types(
            self,
            "Policy",
            name=f"{organization}-baseline",
            description="The standards that every account is judged by",
            configuration_policy=types.PolicyProperty(
                security_hub=types.SecurityHubPolicyProperty(
                    service_enabled=True,
                    enabled_standard_identifiers=[
                        f"arn:{Aws.PARTITION}:securityhub:{Aws.REGION}::{standard}" for standard in STANDARDS
                    ],
                    security_controls_configuration=types.SecurityControlsConfigurationProperty(
                        disabled_security_control_identifiers=[]
                    ),
                )
            ),
        )
        policy.add_resource_dependency(central)
        return policy
