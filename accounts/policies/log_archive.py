"""What is in the log archive stays there."""

from accounts.policies.exemption import LOG_ARCHIVE, STACK_SETS, VENDING
from accounts.policies.guardrail import ROOT, Guardrail, Statement

_IN_THE_ARCHIVE = {"StringEquals": {"aws:ResourceAccount": "<log-archive>"}}

LOG_ARCHIVE_BUCKETS = Guardrail(
    name="log-archive",
    type="SERVICE_CONTROL_POLICY",
    summary="Nobody, root included, deletes a log, a bucket or a key of the log archive, or opens it.",
    why="Seven years of logs are worth nothing if the one whom they show can delete them. Retention in the buckets "
    "does the deleting. How buckets are set is for the stack of the log archive.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
    breaks="Cleaning up in the log archive, also by its own stack: buckets are emptied by their life cycle rules.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="KeepArchive",
            actions=(
                "kms:DisableKey",
                "kms:ScheduleKeyDeletion",
                "s3:BypassGovernanceRetention",
                "s3:DeleteBucket",
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
            ),
            when=_IN_THE_ARCHIVE,
        ),
        Statement(
            sid="SetArchive",
            actions=(
                "kms:PutKeyPolicy",
                "s3:DeleteBucketPolicy",
                "s3:PutBucketAcl",
                "s3:PutBucketLogging",
                "s3:PutBucketObjectLockConfiguration",
                "s3:PutBucketOwnershipControls",
                "s3:PutBucketPolicy",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutBucketVersioning",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:PutObjectAcl",
                "s3:PutObjectLegalHold",
                "s3:PutObjectRetention",
                "s3:PutReplicationConfiguration",
            ),
            when=_IN_THE_ARCHIVE,
            exempt=(VENDING, STACK_SETS, LOG_ARCHIVE),
        ),
    ),
)
