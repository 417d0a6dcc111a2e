"""The bucket under access logs of a cell, whoever writes them."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Tags
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.backup_selection import leave_out_of_backups
from constructs_lib.exception import excuse
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
    retain = protection.removal == "retain"
    bucket = s3.Bucket(
        scope,
        id,
        encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=key,
        bucket_key_enabled=True if key else None,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                expiration=Duration.days(retention_days),
                noncurrent_version_expiration=_OLD_VERSIONS,
                abort_incomplete_multipart_upload_after=_OLD_VERSIONS,
            )
        ],
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if retain else RemovalPolicy.DESTROY,
        auto_delete_objects=not retain,
    )
    Tags.of(bucket).add("data-classification", "confidential")
    leave_out_of_backups(bucket, protection, reason="every log is replicated to the locked log archive")
    excuse(bucket, rule="AwsSolutions-S1", reason=why_unlogged, owner="platform", expires="2027-11-30")
    return bucket
