"""Lets CloudFront of this account read a private bucket."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3


def let_cloudfront_read(bucket: s3.Bucket, *, objects: str = "*") -> None:
    """Let the distributions of this account read the objects whose keys match `objects`.

    Not the policy of the CDK, which names the distribution: bucket and distribution would need each other. The account
    is the cell, so its distributions are the cell's. `s3:ListBucket` turns the answer for a file that is not there from
    403 into 404; nothing is listed, because no query string reaches the bucket.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    stack = Stack.of(bucket)
    distributions = stack.format_arn(service="cloudfront", region="", resource="distribution", resource_name="*")
    for sid, action, resource in (
        ("CloudFrontReads", "s3:GetObject", bucket.arn_for_objects(objects)),
        ("CloudFrontKnowsWhatIsMissing", "s3:ListBucket", bucket.bucket_arn),
    ):
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=[action],
                resources=[resource],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": distributions},
                },
            )
        )
