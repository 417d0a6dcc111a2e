"""What AWS Config recorded in all accounts and regions, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_config as config
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.exception import excuse


class ConfigAggregator(Construct):
    """Collects the inventory and the compliance of every account of the organization, in the governed regions.

    See https://docs.aws.amazon.com/config/latest/developerguide/set-up-aggregator-cli.html
    """

    def __init__(self, scope: Construct, id: str, *, name: str, regions: Sequence[str]) -> None:
        super().__init__(scope, id)
        self.role = self._build_role()
        self.aggregator = config.CfnConfigurationAggregator(
            self,
            "Resource",
            configuration_aggregator_name=name,
            organization_aggregation_source=config.CfnConfigurationAggregator.OrganizationAggregationSourceProperty(
                role_arn=self.role.role_arn, aws_regions=list(regions)
            ),
        )

    def _build_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("config.amazonaws.com"),
            description="Lets AWS Config see which accounts are in the organization",
            inline_policies={
                "SeeOrganization": iam.PolicyDocument(
                    statements=[
                        iam.PolicyStatement(
                            sid="SeeOrganization",
                            actions=[
                                "organizations:DescribeOrganization",
                                "organizations:ListAWSServiceAccessForOrganization",
                                "organizations:ListAccounts",
                            ],
                            resources=["*"],
                        )
                    ]
                )
            },
        )
        excuse(
            role,
            rule="AwsSolutions-IAM5[Resource::*]",
            reason="Reading the list of accounts takes no resource",
            owner="platform",
            expires="2027-11-30",
        )
        return role
