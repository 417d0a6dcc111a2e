"""A bucket of the log archive."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Tags
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from accounts.archive import ArchiveSpec
from constructs_lib.exception import excuse

_COLD_AFTER_DAYS = 90
_UNDO_DAYS = 90
_UPLOAD_DAYS = 7


class ArchiveBucket(Construct):
    """Logs of one kind, kept for seven years, in a bucket of a fixed name that other accounts know. Retained.

    With a `key` S3 encrypts with it, without one with its own (SSE-S3), which delivery needs no grant for. `locked`
    puts every object under the lock of the archive (`spec`); AWS Config cannot deliver to a locked bucket.
    See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        spec: ArchiveSpec,
        locked: bool = True,
        key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = s3.Bucket(
            self,
            "Resource",
            bucket_name=bucket_name,
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=True if key else None,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            object_lock_enabled=True if locked else None,
            object_lock_default_retention=_retention(spec) if locked else None,
            lifecycle_rules=[_keep(spec)],
            removal_policy=RemovalPolicy.RETAIN,
        )
        Tags.of(self.bucket).add("data-classification", "confidential")
        excuse(
            self.bucket,
            rule="AwsSolutions-S1",
            reason="Is itself a log bucket; reads of it are data events of the organization's trail",
            owner="platform",
            expires="2027-11-30",
        )


def _retention(spec: ArchiveSpec) -> s3.ObjectLockRetention:
    length = Duration.days(spec.days)
    compliance = spec.lock_mode == "COMPLIANCE"
    return s3.ObjectLockRetention.compliance(length) if compliance else s3.ObjectLockRetention.governance(length)


def _keep(spec: ArchiveSpec) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id="KeepSevenYears",
        transitions=[
            s3.Transition(
                storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
                transition_after=Duration.days(_COLD_AFTER_DAYS),
            )
        ],
        expiration=Duration.days(spec.keep_days),
        noncurrent_version_expiration=Duration.days(_UNDO_DAYS),
        abort_incomplete_multipart_upload_after=Duration.days(_UPLOAD_DAYS),
    )
