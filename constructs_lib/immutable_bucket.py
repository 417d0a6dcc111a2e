"""A bucket for records that nobody may change."""

from aws_cdk import Annotations, Aws, Duration, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.removal import removal_policy
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.protection import ProtectionSpec

_MINIMUM_TLS = 1.2


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
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            versioned=True,
            object_lock_default_retention=_lock(lock_days),
            enforce_ssl=True,
            minimum_tls_version=_MINIMUM_TLS,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            # Imported: CDK would write into the log bucket, which is in another stack and has its whole policy already.
            server_access_logs_bucket=s3.Bucket.from_bucket_name(self, "LogBucket", log_bucket.bucket_name),
            server_access_logs_prefix=log_prefix,
            removal_policy=removal_policy(protection, has_snapshots=False),
        )
        # The log bucket's own policy lets the logging service write for every bucket of this account.
        Annotations.of(self.bucket).acknowledge_warning("@aws-cdk/aws-s3:accessLogsPolicyNotAdded")
        Tags.of(self).add("data-classification", classification)

    def grant_add(self, role: iam.Role) -> None:
        """Let the role add objects, and nothing else."""
        role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[self.bucket.arn_for_objects("*")])
        )
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["kms:GenerateDataKey"],
                resources=[self._key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.amazonaws.com"}},
            )
        )
        excuse(
            role,
            rule="AwsSolutions-IAM5[Resource::{reference}/*]",
            reason="the objects are named after what is written; the one action adds, and the bucket is one",
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )


def _lock(days: int | None) -> s3.ObjectLockRetention | None:
    return None if days is None else s3.ObjectLockRetention.compliance(Duration.days(days))
