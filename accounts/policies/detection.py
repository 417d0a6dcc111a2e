"""What looks for intruders stays on."""

from accounts.policies.exemption import SECURITY_SETTINGS, SECURITY_TOOLING, STACK_SETS, VENDING
from accounts.policies.guardrail import ROOT, Guardrail, Statement

DETECTION = Guardrail(
    name="detection",
    type="SERVICE_CONTROL_POLICY",
    summary="Nobody, root included, switches off GuardDuty, Security Hub, Inspector, Macie or Access Analyzer.",
    why="The first thing that an intruder does is to blind who watches: by switching off, by leaving the "
    "administrator, or, more quietly, by a filter, a trusted address or a disabled standard. Switching off is for "
    "nobody; adjusting is for the stack of the security tooling account.",
    reference="https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_accounts.html",
    breaks="Products cannot suppress a kind of finding in their own account; they can still set the workflow status of "
    "single findings. A stack cannot delete an analyzer that it made.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="KeepDetection",
            actions=(
                "access-analyzer:DeleteAnalyzer",
                "guardduty:DeleteDetector",
                "guardduty:DeleteMembers",
                "guardduty:DeletePublishingDestination",
                "guardduty:DisableOrganizationAdminAccount",
                "guardduty:Disassociate*",
                "guardduty:StopMonitoringMembers",
                "inspector2:Disable*",
                "inspector2:DisassociateMember",
                "macie2:DeleteMember",
                "macie2:Disable*",
                "macie2:Disassociate*",
                "securityhub:BatchDisableStandards",
                "securityhub:DeleteAggregatorV2",
                "securityhub:DeleteFindingAggregator",
                "securityhub:DeleteMembers",
                "securityhub:Disable*",
                "securityhub:Disassociate*",
            ),
        ),
        Statement(
            sid="SetDetection",
            actions=(
                "access-analyzer:CreateArchiveRule",
                "access-analyzer:UpdateAnalyzer",
                "access-analyzer:UpdateArchiveRule",
                "guardduty:CreateFilter",
                "guardduty:CreateIPSet",
                "guardduty:CreateTrustedEntitySet",
                # Each by its name: a plan that scans a bucket is the cell's own, and it may change it.
                "guardduty:UpdateDetector",
                "guardduty:UpdateFilter",
                "guardduty:UpdateIPSet",
                "guardduty:UpdateMalwareScanSettings",
                "guardduty:UpdateMemberDetectors",
                "guardduty:UpdateOrganizationConfiguration",
                "guardduty:UpdatePublishingDestination",
                "guardduty:UpdateThreat*",
                "guardduty:UpdateTrustedEntitySet",
                "inspector2:CreateFilter",
                "inspector2:Update*",
                "macie2:CreateFindingsFilter",
                "macie2:PutClassificationExportConfiguration",
                "macie2:PutFindingsPublicationConfiguration",
                "macie2:Update*",
                "securityhub:BatchUpdateAutomationRules",
                "securityhub:BatchUpdateStandardsControlAssociations",
                "securityhub:CreateAutomationRule*",
                "securityhub:DeleteAutomationRuleV2",
                "securityhub:DeleteConfigurationPolicy",
                "securityhub:DeleteConnector*",
                "securityhub:UpdateAggregatorV2",
                "securityhub:UpdateAutomationRuleV2",
                "securityhub:UpdateConfigurationPolicy",
                "securityhub:UpdateFindingAggregator",
                "securityhub:UpdateOrganizationConfiguration",
                "securityhub:UpdateSecurityControl",
                "securityhub:UpdateSecurityHubConfiguration",
                "securityhub:UpdateStandardsControl",
            ),
            exempt=(VENDING, STACK_SETS, SECURITY_TOOLING, SECURITY_SETTINGS),
        ),
    ),
)
