"""A bucket for records that nobody may change."""

from aws_cdk import Duration, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.data_bucket import data_bucket, grant_objects, log_bucket_of
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.protection import ProtectionSpec


class ImmutableBucket(Construct):
    """A versioned bucket, encrypted with a customer key. With `lock_days` its objects are locked in compliance mode.

    Until the lock of an object is over, nobody can delete or overwrite that version of it, the account's root user
    included. Without a lock, as in cells that are thrown away, versions alone keep what was written.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: kms.IKey,
        log_bucket: s3.IBucket,
        log_prefix: str,
        lock_days: int | None,
        protection: ProtectionSpec,
        classification: DataClassification = "restricted",
    ) -> None:
        super().__init__(scope, id)
        self._key = key
        self.bucket = data_bucket(
            self,
            "Bucket",
            key=key,
            log_bucket=log_bucket_of(self, log_bucket),
            log_prefix=log_prefix,
            protection=protection,
            retention=None if lock_days is None else s3.ObjectLockRetention.compliance(Duration.days(lock_days)),
            no_backup="nobody can delete a locked version, root included, so that a copy would protect nothing more"
            if lock_days
            else None,
        )
        Tags.of(self).add("data-classification", classification)

    def grant_add(self, role: iam.Role) -> None:
        """Let the role add objects, and nothing else."""
        grant_objects(
            role,
            self.bucket,
            self._key,
            object_actions=["s3:PutObject"],
            key_actions=["kms:GenerateDataKey"],
            reason="the objects are named after what is written; the one action adds, and the bucket is one",
        )
