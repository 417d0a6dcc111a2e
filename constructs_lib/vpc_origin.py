"""The way from CloudFront to the load balancer, which no public address leads to."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

_READ_TIMEOUT = Duration.seconds(60)
_KEEPALIVE_TIMEOUT = Duration.seconds(60)


class VpcOrigin(Construct):
    """A VPC origin, HTTPS with TLS 1.2 only, under a name that the load balancer's certificate has.

    CloudFront answers 409 to any change of an origin that a distribution uses, a tag included: whoever tags the
    stack leaves `AWS::CloudFront::VpcOrigin` out, and a change takes a new construct id and name.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        load_balancer: elbv2.IApplicationLoadBalancer,
        origin_domain: str,
        name_prefix: str,
    ) -> None:
        super().__init__(scope, id)
        self.resource = cloudfront.VpcOrigin(
            self,
            "Resource",
            endpoint=cloudfront.VpcOriginEndpoint.application_load_balancer(load_balancer),
            vpc_origin_name=f"{name_prefix}-load-balancer",
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            https_port=443,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        )
        self.origin = origins.VpcOrigin.with_vpc_origin(
            self.resource,
            domain_name=origin_domain,
            origin_id="LoadBalancer",
            read_timeout=_READ_TIMEOUT,
            keepalive_timeout=_KEEPALIVE_TIMEOUT,
        )
