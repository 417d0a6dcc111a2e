"""What CloudFront remembers of files: by their path alone."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct


def path_cache(
    scope: Construct, id: str, *, name: str, comment: str, at_least: Duration, by_default: Duration
) -> cloudfront.CachePolicy:
    """Add a cache policy for files of a bucket: for a year at most, and neither cookie, header nor query reaches it.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html
    """
    return cloudfront.CachePolicy(
        scope,
        id,
        cache_policy_name=name,
        comment=comment,
        min_ttl=at_least,
        default_ttl=by_default,
        max_ttl=Duration.days(365),
        cookie_behavior=cloudfront.CacheCookieBehavior.none(),
        header_behavior=cloudfront.CacheHeaderBehavior.none(),
        query_string_behavior=cloudfront.CacheQueryStringBehavior.none(),
        enable_accept_encoding_brotli=True,
        enable_accept_encoding_gzip=True,
    )
