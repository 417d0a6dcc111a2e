"""The bucket of assets: large public files, such as 3-D models, whose names never change their content."""

from collections.abc import Sequence

from aws_cdk import Duration, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.cloudfront_reads import let_cloudfront_read
from constructs_lib.data_bucket import data_bucket, log_bucket_of
from constructs_lib.exception import excuse
from constructs_lib.specs.protection import ProtectionSpec

_ABORT_UPLOADS = Duration.days(7)
_UPLOAD_HEADERS = ["content-type", "if-none-match", "x-amz-*"]


class AssetStore(Construct):
    """A private, versioned bucket that CloudFront of this account reads and pages of `origins` upload to.

    A name is written once: the bucket refuses every upload that does not say `If-None-Match: *`, so that a new version
    of a model takes a new name, and a cache never has to be told. What was deleted can be restored for `restore_days`.
    Its content is public through CloudFront anyway, so S3's own encryption is enough, and no key of the cell has to let
    CloudFront in. All keys are below `prefix`, which is the path at the front door too.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        prefix: str,
        origins: Sequence[str],
        restore_days: int,
        log_bucket: s3.IBucket,
        log_prefix: str,
        protection: ProtectionSpec,
    ) -> None:
        super().__init__(scope, id)
        self._objects = f"{prefix}/*"
        self.bucket = data_bucket(
            self,
            "Resource",
            key=None,
            log_bucket=log_bucket_of(self, log_bucket),
            log_prefix=log_prefix,
            protection=protection,
            rules=[
                s3.LifecycleRule(
                    id="expire-deleted",
                    noncurrent_version_expiration=Duration.days(restore_days),
                    abort_incomplete_multipart_upload_after=_ABORT_UPLOADS,
                    expired_object_delete_marker=True,
                )
            ],
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.PUT],
                    allowed_origins=list(origins),
                    allowed_headers=_UPLOAD_HEADERS,
                    exposed_headers=["ETag"],
                    max_age=3000,
                )
            ],
        )
        let_cloudfront_read(self.bucket, objects=self._objects)
        self._refuse_overwriting()
        Tags.of(self).add("data-classification", "public")

    def grant_upload(self, grantee: iam.IGrantable) -> None:
        """Let the grantee sign uploads and read what is there. Nobody of the cell replaces or deletes an asset."""
        principal = grantee.grant_principal
        principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
                resources=[self.bucket.arn_for_objects(self._objects)],
            )
        )
        if isinstance(principal, iam.Role):
            excuse(
                principal,
                rule=f"AwsSolutions-IAM5[Resource::{{reference}}/{self._objects}]",
                reason="the assets of a bucket are not known in advance; the actions are, and the bucket is one",
                owner="platform",
                expires="2027-11-30",
                apply_to_children=True,
            )

    def _refuse_overwriting(self) -> None:
        # The second condition leaves out the parts of an upload, which cannot say it: its completion does.
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ANameIsWrittenOnce",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects("*")],
                conditions={"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}},
            )
        )
