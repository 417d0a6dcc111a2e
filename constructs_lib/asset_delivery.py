"""How the front door serves assets: from their bucket, cached for a year."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.bucket_origin import bucket_origin
from constructs_lib.front_door import FrontDoor
from constructs_lib.path_cache import path_cache

CODE = """\
function handler(event) {
  event.response.headers['cache-control'] = { value: 'public, max-age=31536000, immutable' };
  return event.response;
}
"""
"""CloudFront calls it for what was found only, so that no browser remembers for a year that a name is missing.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-function-restrictions-all.html
"""


class AssetDelivery(Construct):
    """A behavior of the front door for `/<prefix>/*`: the bucket, read with origin access control, GET and HEAD only.

    CloudFront and browsers keep an asset for a year and never ask again: its name never changes its content. Neither
    query nor cookie reaches the bucket. Pages of the site may call the bucket, because they upload to it. Belongs in
    us-east-1, like the front door.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
    """

    def __init__(
        self, scope: Construct, id: str, *, front_door: FrontDoor, bucket: s3.IBucket, prefix: str, name_prefix: str
    ) -> None:
        super().__init__(scope, id)
        front_door.response_headers.let_pages_call(f"https://{bucket.bucket_regional_domain_name}")
        front_door.distribution.add_behavior(
            f"/{prefix}/*",
            self._build_origin(bucket, name_prefix),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=self._build_cache(name_prefix),
            compress=True,
            function_associations=[self._build_headers(name_prefix)],
            response_headers_policy=front_door.response_headers.policy,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        )

    def _build_origin(self, bucket: s3.IBucket, name_prefix: str) -> cloudfront.IOrigin:
        return bucket_origin(
            self,
            bucket,
            name=f"{name_prefix}-assets",
            description="The front door reads the bucket of assets",
            origin_id="Assets",
        )

    def _build_cache(self, name_prefix: str) -> cloudfront.CachePolicy:
        return path_cache(
            self,
            "Cache",
            name=f"{name_prefix}-assets",
            comment="Assets, whose names never change their content, for a year",
            at_least=Duration.days(1),
            by_default=Duration.days(365),
        )

    def _build_headers(self, name_prefix: str) -> cloudfront.FunctionAssociation:
        function = cloudfront.Function(
            self,
            "Headers",
            function_name=f"{name_prefix}-asset-headers",
            comment="Browsers keep assets for a year",
            code=cloudfront.FunctionCode.from_inline(CODE),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )
        return cloudfront.FunctionAssociation(
            function=function, event_type=cloudfront.FunctionEventType.VIEWER_RESPONSE
        )
