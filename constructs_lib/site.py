"""The bucket of the single-page application."""

from __future__ import annotations

from aws_cdk import Annotations, Duration, RemovalPolicy, Tags
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.cloudfront_reads import let_cloudfront_read
from constructs_lib.specs.protection import ProtectionSpec

_MINIMUM_TLS = 1.2
_OLD_VERSIONS = Duration.days(30)


class Site(Construct):
    """The files that browsers load: a private bucket that only CloudFront of this account reads.

    Its content is public through CloudFront anyway, so S3's own encryption is enough, and no key of the cell has to
    let CloudFront in. Stateless: a release brings the content again, so the bucket goes with its stack. Where data is
    retained it has to be emptied by hand first; elsewhere the stack empties it.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """

    def __init__(self, scope: Construct, id: str, *, log_bucket: s3.IBucket, protection: ProtectionSpec) -> None:
        super().__init__(scope, id)
        self.bucket = self._build_bucket(log_bucket, protection)
        let_cloudfront_read(self.bucket)
        Tags.of(self.bucket).add("data-classification", "public")

    def _build_bucket(self, log_bucket: s3.IBucket, protection: ProtectionSpec) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Resource",
            encryption=s3.BucketEncryption.S3_MANAGED,
            versioned=True,
            enforce_ssl=True,
            minimum_tls_version=_MINIMUM_TLS,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="expire-old-releases",
                    noncurrent_version_expiration=_OLD_VERSIONS,
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                    expired_object_delete_marker=True,
                )
            ],
            # Imported: the log bucket would take a statement about this bucket into its policy, a cycle between stacks.
            server_access_logs_bucket=s3.Bucket.from_bucket_name(self, "LogBucket", log_bucket.bucket_name),
            server_access_logs_prefix="site/",
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=protection.removal != "retain",
        )
        # The log bucket's own policy lets the logging service write for every bucket of this account.
        Annotations.of(bucket).acknowledge_warning("@aws-cdk/aws-s3:accessLogsPolicyNotAdded")
        return bucket
