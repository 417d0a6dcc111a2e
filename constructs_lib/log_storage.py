"""The bucket under access logs of a cell, whoever writes them."""

from __future__ import annotations

from aws_cdk import Duration, Tags
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.backup_selection import leave_out_of_backups
from constructs_lib.exception import excuse
from constructs_lib.private_bucket import private_bucket
from constructs_lib.specs.protection import ProtectionSpec

_OLD_VERSIONS = Duration.days(7)


def log_storage(
    scope: Construct,
    id: str,
    *,
    retention_days: int,
    protection: ProtectionSpec,
    why_unlogged: str,
    key: kms.IKey | None = None,
) -> s3.Bucket:
    """Add a bucket that keeps logs for `retention_days`, encrypted with `key`, else by S3.

    It is not backed up, because every log is replicated to the log archive, and `why_unlogged` says why nobody logs its
    own access.
    """
    bucket = private_bucket(
        scope,
        id,
        key=key,
        protection=protection,
        rules=[
            s3.LifecycleRule(
                expiration=Duration.days(retention_days),
                noncurrent_version_expiration=_OLD_VERSIONS,
                abort_incomplete_multipart_upload_after=_OLD_VERSIONS,
            )
        ],
        auto_delete_objects=protection.removal != "retain",
    )
    Tags.of(bucket).add("data-classification", "confidential")
    leave_out_of_backups(bucket, protection, reason="every log is replicated to the locked log archive")
    excuse(bucket, rule="AwsSolutions-S1", reason=why_unlogged, owner="platform", expires="2027-11-30")
    return bucket
