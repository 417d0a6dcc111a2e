"""The log archive, and what looks for intruders."""

from accounts.policies.calls.call import Actor, Call, Place, rows

_NOBODY: tuple[Actor, ...] = ("administrator", "cloudformation", "break-glass", "vending engine", "stack set")
_ADMINISTRATORS: tuple[Actor, ...] = ("administrator", "break-glass")
_BUCKET = "arn:<partition>:s3:::<organization>-flow-logs-<log-archive>-<home-region>"
_KEY = "arn:<partition>:kms:<region>:<account>:key/1"
_DESTROYING = ("s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectVersion")
_SETTING = (
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
)

_ARCHIVE: tuple[Call, ...] = (
    *rows(
        "somebody deletes logs in the log archive",
        *_DESTROYING,
        who=_NOBODY,
        where=("log-archive",),
        resource=f"{_BUCKET}/AWSLogs/1",
        works=False,
    ),
    *rows(
        "somebody deletes a bucket or a key of the log archive",
        "s3:DeleteBucket",
        who=(*_NOBODY, "root"),
        where=("log-archive",),
        resource=_BUCKET,
        works=False,
    ),
    *rows(
        "somebody makes the logs of the archive unreadable",
        "kms:DisableKey",
        "kms:ScheduleKeyDeletion",
        who=_NOBODY,
        where=("log-archive",),
        resource=_KEY,
        works=False,
    ),
    *rows(
        "somebody of another account deletes logs in the log archive",
        *_DESTROYING,
        who=("administrator",),
        where=("management", "cell", "security-tooling", "sandbox", "outside"),
        owner="log-archive",
        resource=f"{_BUCKET}/AWSLogs/1",
        works=False,
    ),
    *rows(
        "an administrator of the management account deletes a bucket of the log archive",
        "s3:DeleteBucket",
        who=("administrator", "root"),
        where=("management",),
        owner="log-archive",
        resource=_BUCKET,
        works=False,
    ),
    *rows(
        "an administrator of the log archive opens or shortens a bucket",
        *_SETTING,
        who=_ADMINISTRATORS,
        where=("log-archive",),
        resource=_BUCKET,
        works=False,
    ),
    *rows(
        "a cell changes a bucket of the log archive",
        "s3:PutBucketPolicy",
        who=("administrator", "cloudformation"),
        where=("cell", "sandbox"),
        owner="log-archive",
        resource=_BUCKET,
        works=False,
    ),
    *rows(
        "the log archive's stack sets its buckets",
        *_SETTING,
        who=("cloudformation", "vending engine"),
        where=("log-archive",),
        resource=_BUCKET,
        works=True,
        vital=True,
    ),
    *rows(
        "AWS delivers logs for an account of the organization",
        "s3:PutObject",
        who=("service",),
        where=("cell",),
        owner="log-archive",
        resource=f"{_BUCKET}/AWSLogs/1",
        works=True,
        vital=True,
    ),
)

_WATCHED: tuple[Place, ...] = ("cell", "sandbox", "security-tooling", "other")
_DETECTION: tuple[Call, ...] = (
    *rows(
        "somebody switches off what looks for intruders",
        "access-analyzer:DeleteAnalyzer",
        "guardduty:DeleteDetector",
        "guardduty:DisassociateFromAdministratorAccount",
        "guardduty:DisassociateMembers",
        "guardduty:StopMonitoringMembers",
        "inspector2:Disable",
        "inspector2:DisassociateMember",
        "macie2:DisableMacie",
        "macie2:DisassociateFromAdministratorAccount",
        "securityhub:BatchDisableStandards",
        "securityhub:DeleteMembers",
        "securityhub:DisableSecurityHub",
        "securityhub:DisableSecurityHubV2",
        "securityhub:DisassociateFromAdministratorAccount",
        who=(*_NOBODY, "root"),
        where=("cell", "security-tooling"),
        works=False,
    ),
    *rows(
        "an administrator blinds what looks for intruders",
        "access-analyzer:CreateArchiveRule",
        "guardduty:CreateFilter",
        "guardduty:CreateIPSet",
        "guardduty:UpdateDetector",
        "inspector2:CreateFilter",
        "macie2:UpdateMacieSession",
        "securityhub:BatchUpdateStandardsControlAssociations",
        "securityhub:CreateAutomationRuleV2",
        "securityhub:UpdateSecurityControl",
        "securityhub:UpdateStandardsControl",
        who=_ADMINISTRATORS,
        where=_WATCHED,
        works=False,
    ),
    *rows(
        "a cell's deployment blinds what looks for intruders",
        "guardduty:UpdateDetector",
        "securityhub:UpdateSecurityControl",
        who=("cloudformation",),
        where=("cell", "sandbox"),
        works=False,
    ),
    *rows(
        "the security tooling's stack adjusts what it looks for",
        "guardduty:CreateFilter",
        "guardduty:UpdateOrganizationConfiguration",
        "inspector2:UpdateOrganizationConfiguration",
        "securityhub:CreateAutomationRule",
        "securityhub:UpdateConfigurationPolicy",
        who=("cloudformation", "vending engine", "stack set"),
        where=("security-tooling",),
        works=True,
        vital=True,
    ),
)

ARCHIVE: tuple[Call, ...] = (*_ARCHIVE, *_DETECTION)
