"""A bucket for revisions: what is written stays as it was written."""

from aws_cdk import Duration, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.data_bucket import data_bucket, grant_objects, log_bucket_of
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.protection import ProtectionSpec

_ABORT_UPLOADS = Duration.days(7)


class RevisionStore(Construct):
    """A versioned bucket under S3 Object Lock. Nobody who writes to it can change or remove a version.

    In a protected cell every version is locked for `retention_days` (1 or more) in governance mode: only a principal
    with `s3:BypassGovernanceRetention`, which no role of a cell has, removes one earlier, as a court or the law on
    personal data may ask. A disposable cell has the lock but no retention, so that it can be emptied. Access is logged
    under `log_prefix`. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        retention_days: int,
        key: kms.IKey,
        log_bucket: s3.IBucket,
        log_prefix: str,
        protection: ProtectionSpec,
        classification: DataClassification = "confidential",
    ) -> None:
        super().__init__(scope, id)
        self._key = key
        locked = protection.removal == "retain"
        self.bucket = data_bucket(
            self,
            "Resource",
            key=key,
            log_bucket=log_bucket_of(self, log_bucket),
            log_prefix=log_prefix,
            protection=protection,
            rules=[s3.LifecycleRule(id="abort-uploads", abort_incomplete_multipart_upload_after=_ABORT_UPLOADS)],
            object_lock=True,
            retention=s3.ObjectLockRetention.governance(Duration.days(retention_days)) if locked else None,
        )
        Tags.of(self).add("data-classification", classification)

    def grant_add_and_read(self, grantee: iam.IGrantable) -> None:
        """Let the grantee add revisions and read every version; not delete one, nor change its lock."""
        grant_objects(
            grantee,
            self.bucket,
            self._key,
            bucket_actions=["s3:ListBucket", "s3:ListBucketVersions"],
            object_actions=["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload"],
        )
