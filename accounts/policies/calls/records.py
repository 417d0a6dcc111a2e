"""Trails, recorders and logs."""

from accounts.policies.calls.call import WORKING, Actor, Call, rows

_NOBODY: tuple[Actor, ...] = ("administrator", "cloudformation", "break-glass", "vending engine", "stack set")
_ADMINISTRATORS: tuple[Actor, ...] = ("administrator", "break-glass")
_GROUP = "arn:<partition>:logs:<region>:<account>:log-group:"
_LOGS_OF_PLATFORM = ("/<organization>/audit", "/aws/cloudtrail/organization", "aws-cloudtrail-logs-1")

TRAILS: tuple[Call, ...] = (
    *rows(
        "somebody stops or deletes the trail or the recorder",
        "cloudtrail:DeleteEventDataStore",
        "cloudtrail:DeleteTrail",
        "cloudtrail:StopEventDataStoreIngestion",
        "cloudtrail:StopLogging",
        "config:DeleteConfigurationRecorder",
        "config:DeleteDeliveryChannel",
        "config:DeleteServiceLinkedConfigurationRecorder",
        "config:StopConfigurationRecorder",
        who=(*_NOBODY, "root"),
        where=("cell", "security-tooling", "log-archive"),
        works=False,
    ),
    *rows(
        "an administrator stops the trail",
        "cloudtrail:StopLogging",
        who=("administrator",),
        where=("network-hub", "shared-services", "ci-cd", "sandbox", "other", "onboarding", "suspended"),
        works=False,
    ),
    *rows(
        "an administrator changes what is recorded",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:PutInsightSelectors",
        "cloudtrail:DeleteServiceLinkedChannel",
        "cloudtrail:DeregisterOrganizationDelegatedAdmin",
        "cloudtrail:UpdateEventDataStore",
        "config:DeleteAggregationAuthorization",
        "config:DeleteConfigurationAggregator",
        "config:DeleteConformancePack",
        "config:DeleteEvaluationResults",
        "config:DeleteOrganizationConfigRule",
        "config:DeleteOrganizationConformancePack",
        "config:PutRetentionConfiguration",
        "cloudtrail:UpdateTrail",
        "config:DeleteConfigRule",
        "config:DeleteRetentionConfiguration",
        "config:DisassociateResourceTypes",
        "config:PutConfigRule",
        "config:PutConfigurationRecorder",
        "config:PutDeliveryChannel",
        who=_ADMINISTRATORS,
        where=WORKING,
        works=False,
    ),
    *rows(
        "the security tooling's stack sets trail and aggregator",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:UpdateTrail",
        "config:DeleteConfigurationAggregator",
        who=("cloudformation",),
        where=("security-tooling",),
        works=True,
        vital=True,
    ),
    *rows(
        "the security tooling's function sets the organization's trail",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:UpdateTrail",
        who=("security settings",),
        where=("security-tooling",),
        works=True,
        vital=True,
    ),
    *rows(
        "a role of that name in another account sets the trail",
        "cloudtrail:UpdateTrail",
        who=("security settings",),
        where=("cell", "sandbox"),
        works=False,
    ),
    *rows(
        "a cell's deployment changes what is recorded",
        "cloudtrail:UpdateTrail",
        "config:PutConfigurationRecorder",
        who=("cloudformation",),
        where=("cell", "log-archive"),
        works=False,
    ),
    *rows(
        "the vending engine sets the recorder",
        "config:PutConfigurationRecorder",
        who=("vending engine",),
        where=("cell", "onboarding"),
        works=True,
        vital=True,
    ),
)

LOGS: tuple[Call, ...] = (
    *rows(
        "somebody deletes the flow log of a network",
        "ec2:DeleteFlowLogs",
        who=("administrator", "break-glass", "task"),
        where=WORKING,
        works=False,
    ),
    *rows(
        "the vending engine removes a default network with its flow log",
        "ec2:DeleteFlowLogs",
        who=("vending engine",),
        where=("onboarding", "cell"),
        works=True,
    ),
    *(
        call
        for name in _LOGS_OF_PLATFORM
        for call in rows(
            f"somebody deletes the log group {name}",
            "logs:DeleteLogGroup",
            "logs:DeleteLogStream",
            who=_NOBODY,
            where=("cell", "security-tooling"),
            resource=f"{_GROUP}{name}",
            works=False,
        )
    ),
    *(
        call
        for name in _LOGS_OF_PLATFORM
        for call in rows(
            f"an administrator shortens or masks the log group {name}",
            "logs:DeleteSubscriptionFilter",
            "logs:PutDataProtectionPolicy",
            "logs:DisassociateKmsKey",
            "logs:PutLogGroupDeletionProtection",
            "logs:PutRetentionPolicy",
            who=_ADMINISTRATORS,
            where=("cell", "security-tooling"),
            resource=f"{_GROUP}{name}",
            works=False,
        )
    ),
    *rows(
        "the baseline sets how long its logs are kept",
        "logs:PutRetentionPolicy",
        who=("stack set", "vending engine"),
        where=("cell", "onboarding"),
        resource=f"{_GROUP}/<organization>/audit",
        works=True,
        vital=True,
    ),
    *rows(
        "somebody deletes central logs in the log archive",
        "logs:DeleteLogGroup",
        "logs:DeleteLogStream",
        who=_NOBODY,
        where=("log-archive",),
        resource=f"{_GROUP}/aws/ecs/acme-crm-prod",
        works=False,
    ),
    *rows(
        "the log archive's stack sets how long central logs are kept",
        "logs:PutRetentionPolicy",
        "logs:PutSubscriptionFilter",
        who=("cloudformation",),
        where=("log-archive",),
        resource=f"{_GROUP}/aws/ecs/acme-crm-prod",
        works=True,
        vital=True,
    ),
    *rows(
        "an administrator stops the gathering of logs",
        "observabilityadmin:DeleteCentralizationRuleForOrganization",
        "observabilityadmin:StopTelemetryEvaluation",
        "logs:DeleteAccountPolicy",
        "observabilityadmin:UpdateCentralizationRuleForOrganization",
        who=(*_ADMINISTRATORS, "cloudformation"),
        where=("cell", "security-tooling", "other"),
        works=False,
    ),
    *rows(
        "the log archive's stack changes the gathering of logs",
        "observabilityadmin:UpdateCentralizationRuleForOrganization",
        who=("cloudformation", "vending engine", "stack set"),
        where=("log-archive",),
        works=True,
        vital=True,
    ),
    *rows(
        "an administrator deletes and shortens a cell's own log group",
        "logs:DeleteLogGroup",
        "logs:PutRetentionPolicy",
        who=("administrator",),
        where=("cell", "sandbox"),
        resource=f"{_GROUP}/aws/ecs/acme-crm-prod",
        works=True,
    ),
)

_VAULT = "arn:<partition>:backup:<region>:<account>:backup-vault:<backup-vault>"
_POINT = "arn:<partition>:backup:<region>:<account>:recovery-point:1EB3B5E7-9EB0-435A-A80B-108B488B0D45"
_SNAPSHOT = "arn:<partition>:rds:<region>:<account>:cluster-snapshot:awsbackup:job-1"
RECOVERY_POINTS: tuple[Call, ...] = (
    *(
        call
        for resource in (_POINT, _SNAPSHOT)
        for call in rows(
            "somebody deletes a copy of a cell's data, or shortens how long it is kept",
            "backup:DeleteRecoveryPoint",
            "backup:DisassociateRecoveryPoint",
            "backup:DisassociateRecoveryPointFromParent",
            "backup:UpdateRecoveryPointLifecycle",
            who=(*_NOBODY, "root", "task"),
            where=("cell",),
            resource=resource,
            works=False,
        )
    ),
    *rows(
        "somebody opens, unlocks or deletes the vault of the platform",
        "backup:DeleteBackupVault",
        "backup:DeleteBackupVaultAccessPolicy",
        "backup:DeleteBackupVaultLockConfiguration",
        "backup:DeleteBackupVaultNotifications",
        "backup:PutBackupVaultAccessPolicy",
        "backup:PutBackupVaultLockConfiguration",
        who=("administrator", "cloudformation", "break-glass", "vending engine", "root", "task"),
        where=("cell",),
        resource=_VAULT,
        works=False,
    ),
    *rows(
        "the baseline sets the lock and the policy of its vault",
        "backup:PutBackupVaultAccessPolicy",
        "backup:PutBackupVaultLockConfiguration",
        who=("stack set",),
        where=("cell",),
        resource=_VAULT,
        works=True,
        vital=True,
    ),
    *rows(
        "an administrator restores, and empties a vault of his own",
        "backup:DeleteBackupVault",
        "backup:StartRestoreJob",
        who=("administrator",),
        where=("cell",),
        resource="arn:<partition>:backup:<region>:<account>:backup-vault:own",
        works=True,
    ),
)

RECORDS: tuple[Call, ...] = (*TRAILS, *LOGS, *RECOVERY_POINTS)
