"""The way from CloudFront to the API Gateway of a cell, with the key that opens it."""

from __future__ import annotations

from aws_cdk import Aws, Duration, SecretValue
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins

from constructs_lib.rest_api import STAGE

_READ_TIMEOUT = Duration.seconds(30)
"""API Gateway gives up after 29, and says so."""
_KEEPALIVE_TIMEOUT = Duration.seconds(60)


def api_gateway_origin(*, api_id: str, region: str, key_arn: str) -> cloudfront.IOrigin:
    """Return the origin. CloudFront puts the key in the place of an `x-api-key` that a caller sent.

    `region` is the API's. `key_arn` is the secret's copy in the region of the distribution's stack: CloudFormation
    reads no secret of another one.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
    """
    return origins.HttpOrigin(
        f"{api_id}.execute-api.{region}.{Aws.URL_SUFFIX}",
        origin_id="ApiGateway",
        origin_path=f"/{STAGE}",
        custom_headers={"x-api-key": SecretValue.secrets_manager(key_arn).unsafe_unwrap()},
        protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        read_timeout=_READ_TIMEOUT,
        keepalive_timeout=_KEEPALIVE_TIMEOUT,
    )
