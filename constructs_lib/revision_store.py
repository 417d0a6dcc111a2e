"""A bucket for revisions: what is written stays as it was written."""

from aws_cdk import Annotations, Aws, Duration, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.removal import removal_policy
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
        self.bucket = s3.Bucket(
            self,
            "Resource",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=(
                s3.ObjectLockRetention.governance(Duration.days(retention_days)) if locked else None
            ),
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[
                s3.LifecycleRule(id="abort-uploads", abort_incomplete_multipart_upload_after=_ABORT_UPLOADS)
            ],
            # Imported: CDK would write into the log bucket, which is in another stack and has its whole policy already.
            server_access_logs_bucket=s3.Bucket.from_bucket_name(self, "LogBucket", log_bucket.bucket_name),
            server_access_logs_prefix=log_prefix,
            removal_policy=removal_policy(protection, has_snapshots=False),
        )
        Annotations.of(self.bucket).acknowledge_warning("@aws-cdk/aws-s3:accessLogsPolicyNotAdded")
        Tags.of(self).add("data-classification", classification)

    def grant_add_and_read(self, grantee: iam.IGrantable) -> None:
        """Let the grantee add revisions and read every version; not delete one, nor change its lock."""
        principal = grantee.grant_principal
        for statement in (
            iam.PolicyStatement(actions=["s3:ListBucket", "s3:ListBucketVersions"], resources=[self.bucket.bucket_arn]),
            iam.PolicyStatement(
                actions=["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload"],
                resources=[self.bucket.arn_for_objects("*")],
            ),
            iam.PolicyStatement(
                # Both: an upload in parts decrypts what it wrote.
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[self._key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.amazonaws.com"}},
            ),
        ):
            principal.add_to_principal_policy(statement)
        if isinstance(principal, iam.Role):
            excuse(
                principal,
                rule="AwsSolutions-IAM5[Resource::{reference}/*]",
                reason="the objects of a bucket are not known in advance; the actions are, and the bucket is one",
                owner="platform",
                expires="2027-11-30",
                apply_to_children=True,
            )
