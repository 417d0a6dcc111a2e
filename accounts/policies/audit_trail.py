"""CloudTrail and AWS Config record without a gap."""

from accounts.policies.exemption import SECURITY_SETTINGS, SECURITY_TOOLING, STACK_SETS, VENDING
from accounts.policies.guardrail import ROOT, Guardrail, Statement

AUDIT_TRAIL = Guardrail(
    name="audit-trail",
    type="SERVICE_CONTROL_POLICY",
    summary="Nobody, root included, stops or deletes CloudTrail or the recorder of AWS Config.",
    why="Without them nobody can say what happened. Not even the platform may stop them; changing what they record is "
    "for the stacks of the platform.",
    reference="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
    breaks="A stack that made a trail or a recorder cannot be rolled back or deleted: keep the resource, mend the "
    "stack. Products cannot write Config rules of their own into the account.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="KeepAuditTrail",
            actions=(
                "cloudtrail:DeleteEventDataStore",
                "cloudtrail:DeleteTrail",
                "cloudtrail:StopEventDataStoreIngestion",
                "cloudtrail:StopLogging",
                "config:DeleteConfigurationRecorder",
                "config:DeleteDeliveryChannel",
                "config:DeleteServiceLinkedConfigurationRecorder",
                "config:StopConfigurationRecorder",
            ),
        ),
        Statement(
            sid="SetAuditTrail",
            actions=(
                "cloudtrail:DeleteServiceLinkedChannel",
                "cloudtrail:DeregisterOrganizationDelegatedAdmin",
                "cloudtrail:PutEventSelectors",
                "cloudtrail:PutInsightSelectors",
                "cloudtrail:UpdateEventDataStore",
                "cloudtrail:UpdateTrail",
                "config:DeleteAggregationAuthorization",
                "config:DeleteConfigRule",
                "config:DeleteConfigurationAggregator",
                "config:DeleteConformancePack",
                "config:DeleteEvaluationResults",
                "config:DeleteOrganization*",
                "config:DeleteRetentionConfiguration",
                "config:DisassociateResourceTypes",
                "config:PutConfigRule",
                "config:PutConfigurationRecorder",
                "config:PutDeliveryChannel",
                "config:PutRetentionConfiguration",
            ),
            exempt=(VENDING, STACK_SETS, SECURITY_TOOLING, SECURITY_SETTINGS),
        ),
    ),
)
