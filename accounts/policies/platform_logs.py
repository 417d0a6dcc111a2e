"""The platform's log groups, and the rules by which logs of all accounts come together, stay as they are."""

from accounts.policies.exemption import LOG_ARCHIVE, STACK_SETS, VENDING
from accounts.policies.guardrail import ROOT, Guardrail, Statement

_GROUPS = (
    "arn:<partition>:logs:*:*:log-group:/<organization>/*",
    "arn:<partition>:logs:*:*:log-group:/aws/cloudtrail/*",
    "arn:<partition>:logs:*:*:log-group:aws-cloudtrail-logs-*",
    "arn:<partition>:logs:*:<log-archive>:log-group:*",
)

PLATFORM_LOGS = Guardrail(
    name="platform-logs",
    type="SERVICE_CONTROL_POLICY",
    summary="Nobody, root included, deletes a log group of the platform or anything in the log archive's CloudWatch.",
    why="The log archive is where the truth is kept. How long a group is kept and who gets a copy is for the stacks of "
    "the platform.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs_Centralization.html",
    breaks="Nothing in the account of a cell: its own log groups have other names.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="KeepPlatformLogs",
            actions=("logs:DeleteLogGroup", "logs:DeleteLogStream"),
            resources=_GROUPS,
        ),
        Statement(
            sid="SetPlatformLogs",
            actions=(
                "logs:DeleteSubscriptionFilter",
                "logs:DisassociateKmsKey",
                "logs:PutDataProtectionPolicy",
                "logs:PutLogGroupDeletionProtection",
                "logs:PutRetentionPolicy",
            ),
            resources=_GROUPS,
            exempt=(VENDING, STACK_SETS, LOG_ARCHIVE),
        ),
        Statement(
            sid="SetCentralLogs",
            actions=(
                "logs:DeleteAccountPolicy",
                "observabilityadmin:Delete*",
                "observabilityadmin:Stop*",
                "observabilityadmin:Update*",
            ),
            exempt=(VENDING, STACK_SETS, LOG_ARCHIVE),
        ),
    ),
)
