"""The rule by which the log groups of all accounts come together in the log archive."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_kms as kms
from aws_cdk import aws_observabilityadmin as observability
from constructs import Construct


class CentralLogs(Construct):
    """Copies every log group of the organization's governed regions into this account and region.

    A copy goes on living when its source is deleted. Groups that are encrypted with a customer key are copied too, and
    every new copy is encrypted with `key`. The account has to be the delegated administrator of
    `observabilityadmin.amazonaws.com`.
    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs_Centralization.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        rule_name: str,
        organization_id: str,
        source_regions: Sequence[str],
        account: str,
        region: str,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        types = observability.CfnOrganizationCentralizationRule
        self.rule = types(
            self,
            "Resource",
            rule_name=rule_name,
            rule=types.CentralizationRuleProperty(
                source=types.CentralizationRuleSourceProperty(
                    regions=list(source_regions),
                    scope=f"OrganizationId = '{organization_id}'",
                    source_logs_configuration=types.SourceLogsConfigurationProperty(
                        encrypted_log_group_strategy="ALLOW", log_group_selection_criteria="*"
                    ),
                ),
                destination=types.CentralizationRuleDestinationProperty(
                    account=account,
                    region=region,
                    destination_logs_configuration=types.DestinationLogsConfigurationProperty(
                        logs_encryption_configuration=types.LogsEncryptionConfigurationProperty(
                            encryption_strategy="CUSTOMER_MANAGED",
                            encryption_conflict_resolution_strategy="ALLOW",
                            kms_key_arn=key.key_arn,
                        )
                    ),
                ),
            ),
        )
