"""API Gateway between the front door and the API of a cell: throttled, logged, and closed to all but CloudFront."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from cdk_monitoring_constructs import CustomMetricGroup, MonitoringFacade
from constructs import Construct

from constructs_lib.alarm_above import alarm_above
from constructs_lib.exception import excuse
from constructs_lib.load_balancer import LoadBalancer
from constructs_lib.network import Network
from constructs_lib.rest_api import RestApi
from constructs_lib.rest_api_backend import LoadBalancerBackend
from constructs_lib.secret import CellSecret
from constructs_lib.specs.gateway import GatewaySpec
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.specs.rest_api import RestApiSpec, RouteSpec
from constructs_lib.specs.secret import SecretSpec

_ROUTES = tuple(RouteSpec(method="ANY", path=path) for path in ("/api", "/api/{rest+}", "/health"))
"""What the front door asks for: its other paths do not come here."""
_HEADERS = {
    # The one header that says that CloudFront asks; the services and their logs have no use for it.
    "x-api-key": "'withheld'",
    "x-request-id": "context.requestId",
}
_THROTTLED = "ApiRequestsThrottled"


class ApiGateway(Construct):
    """A regional REST API that passes every request of CloudFront to the load balancer, by a VPC link.

    CloudFront shows a key in `x-api-key` (`ApiGatewayOrigin`); without one the answer is 403, and costs nothing. The
    service sees the same path, query, body and `Authorization`, and the request's number in `x-request-id`.

    Each key is a generated secret with a copy where CloudFront's stack can read it. Stateless: key and API can be made
    anew, together.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: GatewaySpec,
        network: Network,
        load_balancer: LoadBalancer,
        origin_domain: str,
        name_prefix: str,
        edge_region: str,
        secret_key: kms.IKey,
        protection: ProtectionSpec,
        log_key: kms.IKey,
        log_retention_days: int,
        beside: RestApi | None = None,
    ) -> None:
        """CloudFront's stack is in `edge_region`. `beside` is another REST API of the cell, if it has one."""
        super().__init__(scope, id)
        backend = LoadBalancerBackend(
            self,
            "Backend",
            network=network,
            load_balancer=load_balancer,
            origin_domain=origin_domain,
            name=f"{name_prefix}-api",
            headers=_HEADERS,
        )
        self.rest_api = RestApi(
            self,
            "Api",
            name="api",
            description="What the front door asks of the API",
            spec=self._routes(spec, log_retention_days),
            backend=backend,
            log_key=log_key,
            beside=beside,
        )
        elsewhere = () if edge_region == Stack.of(self).region else (edge_region,)
        self.keys = {number: self._build_key(number, secret_key, protection, elsewhere) for number in spec.keys}
        """The secrets of the keys that are taken, each with its number."""
        excuse(
            self.rest_api.stage,
            rule="AwsSolutions-APIG3",
            reason="the front door's web ACL saw the request; what comes past it has no key and is refused",
            owner="platform",
            expires="2027-11-30",
        )
        self._throttled = self._count_throttled()

    def metric_throttled(self) -> cloudwatch.Metric:
        """Requests that were over the limits, and that no service saw. A service's own 429 is none of them."""
        return self._throttled.metric(statistic=cloudwatch.Stats.SUM, period=Duration.minutes(1), label="Throttled")

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm on errors, latency and throttling."""
        self.rest_api.monitor(facade)
        facade.monitor_custom(
            alarm_friendly_name="ApiGateway",
            human_readable_name="API Gateway",
            metric_groups=[
                CustomMetricGroup(
                    title="Throttled",
                    metrics=[alarm_above("ApiGatewayThrottled", self.metric_throttled(), threshold=10, periods=5)],
                )
            ],
        )

    def _routes(self, spec: GatewaySpec, log_retention_days: int) -> RestApiSpec:
        return RestApiSpec(
            routes=_ROUTES,
            reach="front door",
            requests_per_second=spec.requests_per_second,
            burst=spec.burst,
            log_retention_days=log_retention_days,
        )

    def _build_key(
        self, number: int, encryption: kms.IKey, protection: ProtectionSpec, elsewhere: tuple[str, ...]
    ) -> CellSecret:
        secret = CellSecret(
            self,
            f"Secret{number}",
            spec=SecretSpec(
                name=f"gateway/key-{number}",
                kind="generated",
                description=f"The key by which API Gateway knows the front door, number {number}",
            ),
            key=encryption,
            protection=protection,
            replica_regions=elsewhere,
        )
        self.rest_api.add_key(f"Key{number}", secret=secret)
        return secret

    def _count_throttled(self) -> logs.MetricFilter:
        """API Gateway counts what it throttles among all 4xx. Only what it refused itself has no latency behind it."""
        return logs.MetricFilter(
            self,
            "Throttled",
            log_group=self.rest_api.log_group,
            filter_pattern=logs.FilterPattern.all(
                logs.FilterPattern.string_value("$.status", "=", "429"),
                logs.FilterPattern.string_value("$.integrationLatency", "=", "-"),
            ),
            metric_namespace="Cell",
            metric_name=_THROTTLED,
            metric_value="1",
        )
