"""What every bucket of a cell has: encryption, versions, TLS, and nothing public."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.removal import removal_policy
from constructs_lib.specs.protection import ProtectionSpec

_MINIMUM_TLS = 1.2


def private_bucket(
    scope: Construct,
    id: str,
    *,
    key: kms.IKey | None,
    protection: ProtectionSpec,
    rules: Sequence[s3.LifecycleRule] = (),
    cors: Sequence[s3.CorsRule] | None = None,
    log_bucket: s3.IBucket | None = None,
    log_prefix: str | None = None,
    object_lock: bool | None = None,
    retention: s3.ObjectLockRetention | None = None,
    auto_delete_objects: bool | None = None,
) -> s3.Bucket:
    """Add a bucket that is encrypted with `key`, else by S3, and refuses requests without TLS 1.2.

    See https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html.
    """
    return s3.Bucket(
        scope,
        id,
        encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=key,
        bucket_key_enabled=True if key else None,
        versioned=True,
        object_lock_enabled=object_lock,
        object_lock_default_retention=retention,
        enforce_ssl=True,
        minimum_tls_version=_MINIMUM_TLS,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        lifecycle_rules=list(rules),
        cors=list(cors) if cors else None,
        server_access_logs_bucket=log_bucket,
        server_access_logs_prefix=log_prefix,
        removal_policy=removal_policy(protection, has_snapshots=False),
        auto_delete_objects=auto_delete_objects,
    )
