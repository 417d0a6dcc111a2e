"""A bucket behind the front door, that nobody else reads."""

from __future__ import annotations

from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct


def bucket_origin(
    scope: Construct, bucket: s3.IBucket, *, name: str, description: str, origin_id: str, id_prefix: str = ""
) -> cloudfront.IOrigin:
    """An origin that reads a bucket of another stack by signed requests. `name` is unique in the account.

    The policy of the bucket is its own stack's. See
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    # Imported: the CDK would write the distribution into the policy of a bucket of the stack that is used here.
    imported = s3.Bucket.from_bucket_attributes(
        scope,
        f"{id_prefix}Bucket",
        bucket_arn=bucket.bucket_arn,
        bucket_name=bucket.bucket_name,
        bucket_regional_domain_name=bucket.bucket_regional_domain_name,
    )
    access = cloudfront.S3OriginAccessControl(
        scope,
        f"{id_prefix}Access",
        origin_access_control_name=name,
        description=description,
        signing=cloudfront.Signing.SIGV4_ALWAYS,
    )
    return origins.S3BucketOrigin.with_origin_access_control(
        imported, origin_access_control=access, origin_id=origin_id
    )
