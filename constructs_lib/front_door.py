"""The front door of a cell: CloudFront, which passes requests to the API, and serves the site if the cell has one."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_shield as shield
from cdk_monitoring_constructs import CustomMetricGroup, MonitoringFacade
from constructs import Construct

from constructs_lib.alarm_above import alarm_above
from constructs_lib.api_paths import ApiPaths
from constructs_lib.bucket_origin import bucket_origin
from constructs_lib.edge_logs import EdgeLogs
from constructs_lib.exception import excuse
from constructs_lib.path_cache import path_cache
from constructs_lib.response_headers import ResponseHeaders
from constructs_lib.site_paths import SitePaths
from constructs_lib.specs.edge import EdgeSpec
from constructs_lib.specs.landing import LogArchive
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.specs.region import EDGE_REGION
from constructs_lib.vpc_origin import VpcOrigin
from constructs_lib.web_acl import WebAcl

API_PATHS = ("/api/*", "/ws/*", "/health")
"""The paths that go to the load balancer. Everything else is the site, or nothing."""
_WEB_SOCKETS = "/ws/*"
"""REST APIs carry no WebSockets."""

_PERIOD = Duration.minutes(1)
_ENOUGH_REQUESTS = 100
"""Requests in a minute from which on a share of client errors means something."""
_PRICE_CLASSES = {
    "100": cloudfront.PriceClass.PRICE_CLASS_100,
    "200": cloudfront.PriceClass.PRICE_CLASS_200,
    "all": cloudfront.PriceClass.PRICE_CLASS_ALL,
}


@dataclass(frozen=True, kw_only=True)
class _Behaviors:
    """What is behind which path, and the file that `/` stands for."""

    default: cloudfront.BehaviorOptions
    api: cloudfront.BehaviorOptions
    web_sockets: cloudfront.BehaviorOptions
    root: str | None


class FrontDoor(Construct):
    """A CloudFront distribution with its origins, security headers, access logs and DNS records.

    TLS 1.3 only, HTTP/2 and HTTP/3, IPv4 and IPv6. The site comes from a private bucket and is cached; the API comes
    through a VPC origin and is not. Without a site only the API is there, and pages of `cors_origins` may call it.
    Belongs in us-east-1; bucket, zone and load balancer are in the home region.
    Stateless, but for the access logs, which `protection` covers.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Introduction.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: EdgeSpec,
        domain: str,
        origin_domain: str,
        load_balancer: elbv2.IApplicationLoadBalancer,
        site_bucket: s3.IBucket | None,
        certificate: acm.ICertificate,
        zone: route53.IHostedZone,
        web_acl: WebAcl,
        key: kms.IKey,
        name_prefix: str,
        protection: ProtectionSpec,
        log_archive: LogArchive,
        cors_origins: tuple[str, ...] = (),
        api_origin: cloudfront.IOrigin | None = None,
    ) -> None:
        """`api_origin` answers `/api/*` and `/health` in the place of the load balancer, which keeps `/ws/*`."""
        super().__init__(scope, id)
        self._web_acl = web_acl
        self._api_origin = api_origin
        self.response_headers = ResponseHeaders(
            self,
            "ResponseHeaders",
            content_security_policy=spec.content_security_policy,
            name_prefix=name_prefix,
            cors_origins=cors_origins,
        )
        site_paths = None if site_bucket is None else SitePaths(self, "SitePaths", name_prefix=name_prefix)
        self.vpc_origin = VpcOrigin(
            self, "VpcOrigin", load_balancer=load_balancer, origin_domain=origin_domain, name_prefix=name_prefix
        )
        self.distribution = self._build_distribution(
            spec,
            domain,
            certificate,
            self._only_api(cors_origins, name_prefix)
            if site_bucket is None or site_paths is None
            else self._with_site(site_bucket, site_paths, name_prefix),
        )
        self.logs = EdgeLogs(
            self,
            "Logs",
            distribution=self.distribution,
            retention_days=spec.log_retention_days,
            key=key,
            name_prefix=name_prefix,
            protection=protection,
            archive=log_archive,
        )
        self._build_records(domain, zone)
        if spec.shield_advanced:
            self._build_shield(name_prefix)

    def metric_server_errors(self) -> cloudwatch.Metric:
        """Percentage of requests that were answered with 5xx."""
        return self._metric("5xxErrorRate", "5xx")

    def metric_client_errors(self) -> cloudwatch.MathExpression:
        """Percentage of requests that were answered with 4xx, those that the web ACL blocked among them.

        0 while there are few requests: one scanner alone would be most of them.
        """
        return cloudwatch.MathExpression(
            expression=f"IF(requests >= {_ENOUGH_REQUESTS}, errors, 0)",
            using_metrics={"requests": self.metric_requests(), "errors": self._metric("4xxErrorRate", "4xx")},
            period=_PERIOD,
            label="4xx",
        )

    def metric_origin_latency(self) -> cloudwatch.Metric:
        """Milliseconds until an origin sends the first byte, 95th percentile."""
        return self._metric("OriginLatency", "Origin latency p95", statistic="p95")

    def metric_requests(self) -> cloudwatch.Metric:
        """Requests to the front door."""
        return self._metric("Requests", "Requests", statistic=cloudwatch.Stats.SUM)

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm on errors and on slow origins; show what the web ACL did. All of it is measured in us-east-1."""
        facade.add_large_header("Front door").monitor_custom(
            alarm_friendly_name="FrontDoor",
            human_readable_name="Front door",
            metric_groups=[
                CustomMetricGroup(title="Requests", metrics=[self.metric_requests()]),
                CustomMetricGroup(
                    title="Errors (percent)",
                    metrics=[
                        alarm_above("FrontDoorServerErrors", self.metric_server_errors(), threshold=1, periods=5),
                        alarm_above("FrontDoorClientErrors", self.metric_client_errors(), threshold=25, periods=15),
                    ],
                ),
                CustomMetricGroup(
                    title="Latency (milliseconds)",
                    metrics=[
                        alarm_above("FrontDoorOriginLatency", self.metric_origin_latency(), threshold=3000, periods=10)
                    ],
                ),
                CustomMetricGroup(
                    title="Web ACL",
                    metrics=[
                        self._web_acl.metric_allowed_requests(),
                        self._web_acl.metric_counted_requests(),
                        self._web_acl.metric_blocked_requests(),
                    ],
                ),
            ],
        )
        self.logs.replica.monitor(facade)

    def _metric(self, name: str, label: str, *, statistic: str = cloudwatch.Stats.AVERAGE) -> cloudwatch.Metric:
        # The metrics of the CDK lack the second dimension and stay empty: https://github.com/aws/aws-cdk/issues/19245
        return cloudwatch.Metric(
            namespace="AWS/CloudFront",
            metric_name=name,
            dimensions_map={"DistributionId": self.distribution.distribution_id, "Region": "Global"},
            statistic=statistic,
            period=_PERIOD,
            label=label,
            region=EDGE_REGION,
        )

    def _with_site(self, bucket: s3.IBucket, paths: SitePaths, name_prefix: str) -> _Behaviors:
        site = self._site_behavior(self._site_origin(bucket, name_prefix), paths, name_prefix)
        return _Behaviors(
            default=site,
            api=self._api_behavior(self._api_origin),
            web_sockets=self._api_behavior(),
            root="index.html",
        )

    def _only_api(self, origins: tuple[str, ...], name_prefix: str) -> _Behaviors:
        paths = ApiPaths(self, "ApiPaths", origins=origins, name_prefix=name_prefix)
        return _Behaviors(
            default=self._api_behavior(function=paths.closed),
            api=self._api_behavior(self._api_origin, function=paths.callers),
            web_sockets=self._api_behavior(function=paths.callers),
            root=None,
        )

    def _build_distribution(
        self, spec: EdgeSpec, domain: str, certificate: acm.ICertificate, behaviors: _Behaviors
    ) -> cloudfront.Distribution:
        distribution = cloudfront.Distribution(
            self,
            "Resource",
            comment="Front door of a product cell",
            domain_names=[domain],
            certificate=certificate,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_3_2025,
            ssl_support_method=cloudfront.SSLMethod.SNI,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            enable_ipv6=True,
            price_class=_PRICE_CLASSES[spec.price_class],
            web_acl_id=self._web_acl.arn,
            default_root_object=behaviors.root,
            default_behavior=behaviors.default,
            additional_behaviors={
                path: behaviors.web_sockets if path == _WEB_SOCKETS else behaviors.api for path in API_PATHS
            },
            # Origin latency is one of them. They are billed for each distribution, not for each request.
            publish_additional_metrics=True,
        )
        excuse(
            distribution,
            rule="AwsSolutions-CFR1",
            reason="The web ACL blocks countries if the product asks for it: a rule there can count before it blocks.",
            owner="platform",
            expires="2027-11-30",
        )
        excuse(
            distribution,
            rule="AwsSolutions-CFR3",
            reason="Access logs go the second way, by a delivery of CloudWatch Logs, which this rule does not see.",
            owner="platform",
            expires="2027-11-30",
        )
        return distribution

    def _site_origin(self, bucket: s3.IBucket, name_prefix: str) -> cloudfront.IOrigin:
        return bucket_origin(
            self,
            bucket,
            name=f"{name_prefix}-site",
            description="The front door reads the bucket of the site",
            origin_id="Site",
            id_prefix="Site",
        )

    def _site_behavior(
        self, origin: cloudfront.IOrigin, paths: SitePaths, name_prefix: str
    ) -> cloudfront.BehaviorOptions:
        cache = path_cache(
            self,
            "SiteCache",
            name=f"{name_prefix}-site",
            comment="The site, as long as its files say, an hour where they say nothing",
            at_least=Duration.seconds(0),
            by_default=Duration.hours(1),
        )
        return cloudfront.BehaviorOptions(
            origin=origin,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=cache,
            compress=True,
            function_associations=[paths.association],
            response_headers_policy=self.response_headers.policy,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        )

    def _api_behavior(
        self, origin: cloudfront.IOrigin | None = None, *, function: cloudfront.FunctionAssociation | None = None
    ) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origin or self.vpc_origin.origin,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            compress=True,
            function_associations=None if function is None else [function],
            # The load balancer's certificate has the name of the origin, and API Gateway finds an API by its host.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=self.response_headers.policy,
            # A redirect would come after a credential has crossed the network in the clear.
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        )

    def _build_records(self, domain: str, zone: route53.IHostedZone) -> None:
        alias = route53.RecordTarget.from_alias(targets.CloudFrontTarget(self.distribution))
        route53.ARecord(self, "Ipv4Record", zone=zone, record_name=domain, target=alias)
        route53.AaaaRecord(self, "Ipv6Record", zone=zone, record_name=domain, target=alias)
        # It tells browsers of HTTP/3 before they connect.
        route53.HttpsRecord(self, "HttpsRecord", zone=zone, record_name=domain, target=alias)

    def _build_shield(self, name_prefix: str) -> None:
        # There is no L2. https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html
        shield.CfnProtection(
            self,
            "Shield",
            name=f"{name_prefix}-front-door",
            resource_arn=self.distribution.distribution_arn,
        )
