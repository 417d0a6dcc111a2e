"""The load balancer in front of a cell's services. Nobody reaches it but CloudFront, through its VPC origin."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from cdk_monitoring_constructs import CustomMetricGroup, MonitoringFacade
from constructs import Construct

from constructs_lib.alarm_above import alarm_above
from constructs_lib.log_bucket import LOAD_BALANCER_PREFIX
from constructs_lib.network import Network
from constructs_lib.specs.prefix_list import origin_facing_prefix_list
from constructs_lib.specs.protection import ProtectionSpec

_HTTPS = 443
_PERIOD = Duration.minutes(1)


class LoadBalancer(Construct):
    """An internal Application Load Balancer with one HTTPS listener, under the name `origin_domain`.

    TLS 1.2 with forward secrecy or TLS 1.3. A request that no service claims is answered with 404. Headers that are
    not valid are dropped and ambiguous requests refused. Stateless: it can be built again.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: Network,
        certificate: acm.ICertificate,
        log_bucket: s3.IBucket,
        origin_domain: str,
        zone: route53.IHostedZone,
        protection: ProtectionSpec,
    ) -> None:
        super().__init__(scope, id)
        self.security_group = self._build_security_group(network)
        self.load_balancer = self._build_load_balancer(network, protection)
        self._log_access_to(log_bucket)
        self.listener = self._build_listener(certificate)
        self.record = self._build_record(origin_domain, zone)

    @property
    def connections(self) -> ec2.Connections:
        """Who may reach it, and whom it may reach: nobody, until a service opens its door."""
        return self.load_balancer.connections

    def metric_server_errors(self) -> cloudwatch.Metric:
        """Responses 5xx that the load balancer made itself, because no target answered."""
        return self.load_balancer.metrics.http_code_elb(
            elbv2.HttpCodeElb.ELB_5XX_COUNT, period=_PERIOD, label="5xx of the load balancer"
        )

    def metric_target_errors(self) -> cloudwatch.Metric:
        """Responses 5xx of the services."""
        return self.load_balancer.metrics.http_code_target(
            elbv2.HttpCodeTarget.TARGET_5XX_COUNT, period=_PERIOD, label="5xx of the services"
        )

    def metric_latency(self) -> cloudwatch.Metric:
        """Seconds until a service answers, 99th percentile."""
        return self.load_balancer.metrics.target_response_time(period=_PERIOD, statistic="p99", label="Latency p99")

    def metric_requests(self) -> cloudwatch.Metric:
        """Requests that were answered."""
        return self.load_balancer.metrics.request_count(period=_PERIOD, label="Requests")

    def metric_rejected_connections(self) -> cloudwatch.Metric:
        """Connections refused because the load balancer was full."""
        return self.load_balancer.metrics.rejected_connection_count(period=_PERIOD, label="Rejected connections")

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm on errors, latency and refused connections. Unhealthy targets belong to the service that owns them."""
        facade.add_large_header("Load balancer").monitor_custom(
            alarm_friendly_name="LoadBalancer",
            human_readable_name="Load balancer",
            metric_groups=[
                CustomMetricGroup(title="Requests", metrics=[self.metric_requests()]),
                CustomMetricGroup(
                    title="Errors",
                    metrics=[
                        alarm_above("LoadBalancerServerErrors", self.metric_server_errors(), threshold=10, periods=5),
                        alarm_above("LoadBalancerTargetErrors", self.metric_target_errors(), threshold=10, periods=5),
                    ],
                ),
                CustomMetricGroup(
                    title="Latency",
                    metrics=[alarm_above("LoadBalancerLatency", self.metric_latency(), threshold=2, periods=10)],
                ),
                CustomMetricGroup(
                    title="Rejected connections",
                    metrics=[
                        alarm_above("LoadBalancerRejected", self.metric_rejected_connections(), threshold=0, periods=1)
                    ],
                ),
            ],
        )

    def _build_security_group(self, network: Network) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=network.vpc,
            description="HTTPS from the VPC origin of CloudFront to the load balancer",
            allow_all_outbound=False,
        )
        # Packets of a VPC origin carry CloudFront's addresses, not those of its interfaces in the VPC: a rule for the
        # VPC's range lets none of them in. The security group that CloudFront makes for the interfaces exists only
        # after the origin, which needs this load balancer first. No other distribution gets here: an internal load
        # balancer has no public address, and only this account can make an origin of it.
        group.add_ingress_rule(
            ec2.Peer.prefix_list(origin_facing_prefix_list(Stack.of(self).region)),
            ec2.Port.tcp(_HTTPS),
            "HTTPS from the VPC origin of CloudFront",
        )
        return group

    def _build_load_balancer(self, network: Network, protection: ProtectionSpec) -> elbv2.ApplicationLoadBalancer:
        return elbv2.ApplicationLoadBalancer(
            self,
            "Resource",
            vpc=network.vpc,
            vpc_subnets=network.app_subnets,
            internet_facing=False,
            security_group=self.security_group,
            deletion_protection=protection.deletion_protection,
            drop_invalid_header_fields=True,
            desync_mitigation_mode=elbv2.DesyncMitigationMode.STRICTEST,
            http2_enabled=True,
        )

    def _log_access_to(self, bucket: s3.IBucket) -> None:
        """Not `log_access_logs`, which would write to the policy of a bucket in another stack."""
        self.load_balancer.set_attribute("access_logs.s3.enabled", "true")
        self.load_balancer.set_attribute("access_logs.s3.bucket", bucket.bucket_name)
        self.load_balancer.set_attribute("access_logs.s3.prefix", LOAD_BALANCER_PREFIX)

    def _build_listener(self, certificate: acm.ICertificate) -> elbv2.ApplicationListener:
        return self.load_balancer.add_listener(
            "Https",
            port=_HTTPS,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=[certificate],
            ssl_policy=elbv2.SslPolicy.TLS13_RES,
            open=False,
            default_action=elbv2.ListenerAction.fixed_response(
                404, content_type="text/plain", message_body="not found"
            ),
        )

    def _build_record(self, origin_domain: str, zone: route53.IHostedZone) -> route53.ARecord:
        return route53.ARecord(
            self,
            "Record",
            zone=zone,
            record_name=origin_domain,
            target=route53.RecordTarget.from_alias(targets.LoadBalancerTarget(self.load_balancer)),
        )
