"""Who reaches what: IAM Access Analyzer for the whole organization."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_accessanalyzer as analyzer
from constructs import Construct

_UNUSED_DAYS = 90
_INTERNAL_TYPES = (
    "AWS::DynamoDB::Table",
    "AWS::RDS::DBClusterSnapshot",
    "AWS::RDS::DBSnapshot",
    "AWS::S3::Bucket",
)


class ExternalAccess(Construct):
    """Finds what somebody outside the organization reaches. Each region has its own.

    See https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.analyzer = analyzer.CfnAnalyzer(self, "Resource", type="ORGANIZATION")


class UnusedAccess(Construct):
    """Finds roles and permissions that nobody has used for 90 days. IAM is global: once is enough."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.analyzer = analyzer.CfnAnalyzer(
            self,
            "Resource",
            type="ORGANIZATION_UNUSED_ACCESS",
            analyzer_configuration=analyzer.CfnAnalyzer.AnalyzerConfigurationProperty(
                unused_access_configuration=analyzer.CfnAnalyzer.UnusedAccessConfigurationProperty(
                    unused_access_age=_UNUSED_DAYS
                )
            ),
        )


class InternalAccess(Construct):
    """Finds who inside the organization reaches the buckets, tables and snapshots of some accounts.

    It is billed for each resource that it watches, so that the accounts are named.
    See https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-internal-access.html
    """

    def __init__(self, scope: Construct, id: str, *, accounts: Sequence[str]) -> None:
        super().__init__(scope, id)
        types = analyzer.CfnAnalyzer
        self.analyzer = types(
            self,
            "Resource",
            type="ORGANIZATION_INTERNAL_ACCESS",
            analyzer_configuration=types.AnalyzerConfigurationProperty(
                internal_access_configuration=types.InternalAccessConfigurationProperty(
                    internal_access_analysis_rule=types.InternalAccessAnalysisRuleProperty(
                        inclusions=[
                            types.InternalAccessAnalysisRuleCriteriaProperty(
                                account_ids=list(accounts), resource_types=list(_INTERNAL_TYPES)
                            )
                        ]
                    )
                )
            ),
        )
