"""The buckets of a cell."""

from aws_cdk import Annotations, Aws, Duration, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.removal import removal_policy
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.specs.storage import StorageSpec

_MINIMUM_TLS = 1.2
_ABORT_UPLOADS = Duration.days(7)


class Storage(Construct):
    """Two buckets: `files` for what users upload, `backups` for exports.

    Both are encrypted with the data key, versioned, private, and refuse requests without TLS 1.2; access is logged to
    the cell's log bucket. A bucket that is destroyed has to be emptied first: nothing here empties it, `cells destroy`
    does.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: StorageSpec,
        key: kms.IKey,
        log_bucket: s3.IBucket,
        protection: ProtectionSpec,
        classification: DataClassification = "confidential",
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._key = key
        self._protection = protection
        # Imported: CDK would write into the log bucket, which is in another stack and has its whole policy already.
        self._log_bucket = s3.Bucket.from_bucket_name(self, "LogBucket", log_bucket.bucket_name)
        self.files = self._build_bucket("Files", prefix="files/", rules=self._file_rules())
        self.backups = self._build_bucket("Backups", prefix="backups/", rules=self._backup_rules())
        Tags.of(self).add("data-classification", classification)

    def grant_read_write_files(self, grantee: iam.IGrantable) -> None:
        """Let the grantee list, read, write and delete files; versions stay out of its reach."""
        self._grant(
            grantee,
            self.files,
            bucket_actions=["s3:ListBucket"],
            object_actions=["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
        )

    def grant_write_backups(self, grantee: iam.IGrantable) -> None:
        """Let the grantee add exports, and nothing else."""
        self._grant(
            grantee, self.backups, bucket_actions=[], object_actions=["s3:PutObject", "s3:AbortMultipartUpload"]
        )

    def _grant(
        self, grantee: iam.IGrantable, bucket: s3.Bucket, *, bucket_actions: list[str], object_actions: list[str]
    ) -> None:
        # Not the grants of the CDK: their wildcard actions reach old versions and the bucket's settings.
        principal = grantee.grant_principal
        if bucket_actions:
            principal.add_to_principal_policy(
                iam.PolicyStatement(actions=bucket_actions, resources=[bucket.bucket_arn])
            )
        principal.add_to_principal_policy(
            iam.PolicyStatement(actions=object_actions, resources=[bucket.arn_for_objects("*")])
        )
        principal.add_to_principal_policy(
            iam.PolicyStatement(
                # Both: an upload in parts decrypts what it wrote.
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[self._key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.amazonaws.com"}},
            )
        )
        if isinstance(principal, iam.Role):
            excuse(
                principal,
                rule="AwsSolutions-IAM5[Resource::{reference}/*]",
                reason="the objects of a bucket are not known in advance; the actions are, and the bucket is one",
                owner="platform",
                expires="2027-11-30",
                apply_to_children=True,
            )

    def _build_bucket(self, id: str, *, prefix: str, rules: list[s3.LifecycleRule]) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            id,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self._key,
            bucket_key_enabled=True,
            versioned=True,
            enforce_ssl=True,
            minimum_tls_version=_MINIMUM_TLS,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            event_bridge_enabled=False,
            lifecycle_rules=[*self._common_rules(), *rules],
            server_access_logs_bucket=self._log_bucket,
            server_access_logs_prefix=prefix,
            removal_policy=removal_policy(self._protection, has_snapshots=False),
        )
        # The log bucket's own policy lets the logging service write for every bucket of this account.
        Annotations.of(bucket).acknowledge_warning("@aws-cdk/aws-s3:accessLogsPolicyNotAdded")
        return bucket

    def _common_rules(self) -> list[s3.LifecycleRule]:
        return [
            s3.LifecycleRule(id="abort-uploads", abort_incomplete_multipart_upload_after=_ABORT_UPLOADS),
            s3.LifecycleRule(
                id="expire-noncurrent-versions",
                noncurrent_version_expiration=Duration.days(self._spec.noncurrent_version_days),
                expired_object_delete_marker=True,
            ),
        ]

    def _file_rules(self) -> list[s3.LifecycleRule]:
        if self._spec.archive_after_days is None:
            return []
        tiering = s3.Transition(
            storage_class=s3.StorageClass.INTELLIGENT_TIERING,
            transition_after=Duration.days(self._spec.archive_after_days),
        )
        return [s3.LifecycleRule(id="tier", transitions=[tiering])]

    def _backup_rules(self) -> list[s3.LifecycleRule]:
        return [
            s3.LifecycleRule(id="expire-backups", expiration=Duration.days(self._spec.backup_retention_days)),
        ]
