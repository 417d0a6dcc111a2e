"""The buckets of a cell."""

from collections.abc import Sequence

from aws_cdk import Duration, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.data_bucket import data_bucket, grant_objects, log_bucket_of
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.specs.storage import StorageSpec

_ABORT_UPLOADS = Duration.days(7)
_UPLOAD_HEADERS = ["content-md5", "content-type", "x-amz-*"]


class Storage(Construct):
    """Two buckets: `files` for what users upload, `backups` for exports.

    Both are encrypted with the data key, versioned, private, and refuse requests without TLS 1.2; access is logged to
    the cell's log bucket. Pages of `page_origins`, such as `https://crm.example.com`, read and write files by URLs that
    a container has signed; browsers let no other page do that. A bucket that is destroyed has to be emptied first:
    nothing here empties it, `cells destroy` does.

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
        page_origins: Sequence[str],
        classification: DataClassification = "confidential",
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._key = key
        self._protection = protection
        self._log_bucket = log_bucket_of(self, log_bucket)
        self.files = self._build_bucket(
            "Files", prefix="files/", rules=self._file_rules(), cors=[_signed_urls_of(page_origins)]
        )
        self.backups = self._build_bucket(
            "Backups",
            prefix="backups/",
            rules=self._backup_rules(),
            no_backup="exports of what the database and the files bucket hold, which are backed up themselves",
        )
        Tags.of(self).add("data-classification", classification)

    def grant_read_write_files(self, grantee: iam.IGrantable) -> None:
        """Let the grantee list, read, write and delete files; versions stay out of its reach."""
        grant_objects(
            grantee,
            self.files,
            self._key,
            bucket_actions=["s3:ListBucket"],
            object_actions=["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
        )

    def grant_write_backups(self, grantee: iam.IGrantable) -> None:
        """Let the grantee add exports, and nothing else."""
        grant_objects(grantee, self.backups, self._key, object_actions=["s3:PutObject", "s3:AbortMultipartUpload"])

    def _build_bucket(
        self,
        id: str,
        *,
        prefix: str,
        rules: list[s3.LifecycleRule],
        cors: list[s3.CorsRule] | None = None,
        no_backup: str | None = None,
    ) -> s3.Bucket:
        return data_bucket(
            self,
            id,
            key=self._key,
            log_bucket=self._log_bucket,
            log_prefix=prefix,
            protection=self._protection,
            rules=[*self._common_rules(), *rules],
            cors=cors,
            no_backup=no_backup,
        )

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


def _signed_urls_of(origins: Sequence[str]) -> s3.CorsRule:
    """Let browsers send what a signed upload needs and no more: S3 itself checks the signature.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
    """
    return s3.CorsRule(
        id="signed-urls",
        allowed_methods=[s3.HttpMethods.GET, s3.HttpMethods.PUT],
        allowed_origins=list(origins),
        allowed_headers=_UPLOAD_HEADERS,
        exposed_headers=["ETag"],
        max_age=3000,
    )
