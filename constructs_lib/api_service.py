"""The API of a cell: a Fargate service behind the load balancer."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from cdk_monitoring_constructs import CustomMetricGroup, MonitoringFacade
from constructs import Construct

from constructs_lib.alarm_above import alarm_above
from constructs_lib.container import CONTAINER_NAME, ContainerSetup
from constructs_lib.container_service import ContainerService
from constructs_lib.exception import excuse
from constructs_lib.https_targets import (
    MINUTE,
    deployment_alarm,
    deployment_alarm_names,
    https_target_group,
    target_metric,
)
from constructs_lib.load_balancer import LoadBalancer
from constructs_lib.network import Network
from constructs_lib.scaled_service import ScaledService
from constructs_lib.specs.service import ApiSpec
from constructs_lib.traffic_shift import TrafficShift

_LAST_PRIORITY = 50_000
"""The last rule of the listener: whatever no other rule claims goes to the API."""


class ApiService(ContainerService):
    """Serves HTTPS to the load balancer on `container.port`; scales on CPU and on requests per task.

    An update goes back by itself when new tasks do not become healthy, answer with 5xx or drop out of the load
    balancer. `spec.deployment` says how it takes over. Before a service goes back to `rolling`, its last update has to
    have ended with the first target group in charge: deploy once more when it has not. Stateless. See
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: ApiSpec,
        container: ContainerSetup,
        cluster: ecs.ICluster,
        network: Network,
        load_balancer: LoadBalancer,
        log_key: kms.IKey,
        family: str,
    ) -> None:
        super().__init__(scope, id, spec=spec, container=container, log_key=log_key, family=family, serves=True)
        self._spec = spec
        self._load_balancer = load_balancer
        self.target_group = https_target_group(self, "TargetGroup", container=container, network=network)
        self._green = (
            https_target_group(self, "Green", container=container, network=network) if spec.shifts_traffic else None
        )
        self.rule = self._build_rule()
        self.shift = self._build_shift()
        self.deployment_alarms = self._build_deployment_alarms(family)
        self.scaled_service = self._build_scaled_service(cluster, network, family)
        self._register(container)
        self._scale_on_requests()

    @property
    def connections(self) -> ec2.Connections:
        """Who may reach the tasks, and whom they may reach."""
        return self.service.connections

    def metric_server_errors(self) -> cloudwatch.Metric:
        """Responses 5xx of the tasks, in a minute."""
        return self._requests_metric("HTTPCode_Target_5XX_Count", statistic=cloudwatch.Stats.SUM, label="5xx")

    def metric_latency(self) -> cloudwatch.Metric:
        """Seconds until a task answers, 99th percentile."""
        return self._requests_metric("TargetResponseTime", statistic="p99", label="Latency p99")

    def metric_unhealthy_tasks(self) -> cloudwatch.Metric | cloudwatch.MathExpression:
        """Tasks that the load balancer sends nothing to, because their health check fails."""
        blue = self._unhealthy(self.target_group)
        if self._green is None:
            return blue
        return cloudwatch.MathExpression(
            expression="FILL(blue, 0) + FILL(green, 0)",
            using_metrics={"blue": blue, "green": self._unhealthy(self._green)},
            period=MINUTE,
            label="Unhealthy tasks",
        )

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm on CPU, memory, missing and unhealthy tasks, errors and latency."""
        facade.add_large_header("API")
        self.scaled_service.monitor(facade, name="Api")
        facade.monitor_custom(
            alarm_friendly_name="ApiRequests",
            human_readable_name="API requests",
            metric_groups=[
                CustomMetricGroup(
                    title="Errors",
                    metrics=[alarm_above("ApiServerErrors", self.metric_server_errors(), threshold=10, periods=5)],
                ),
                CustomMetricGroup(
                    title="Latency", metrics=[alarm_above("ApiLatency", self.metric_latency(), threshold=2, periods=10)]
                ),
                CustomMetricGroup(
                    title="Unhealthy tasks",
                    metrics=[alarm_above("ApiUnhealthyTasks", self.metric_unhealthy_tasks(), threshold=0, periods=5)],
                ),
            ],
        )

    def _unhealthy(self, group: elbv2.ApplicationTargetGroup) -> cloudwatch.Metric:
        return self._metric("UnHealthyHostCount", group, statistic=cloudwatch.Stats.MAXIMUM, label="Unhealthy tasks")

    def _requests_metric(self, name: str, *, statistic: str, label: str) -> cloudwatch.Metric:
        """A metric of the requests to the tasks, whichever of two target groups has them."""
        return self._metric(name, None if self._green else self.target_group, statistic=statistic, label=label)

    def _metric(
        self, name: str, group: elbv2.ApplicationTargetGroup | None, *, statistic: str, label: str
    ) -> cloudwatch.Metric:
        return target_metric(self._load_balancer.load_balancer, group, name, statistic=statistic, label=label)

    def _build_rule(self) -> elbv2.ApplicationListenerRule:
        return elbv2.ApplicationListenerRule(
            self,
            "Rule",
            listener=self._load_balancer.listener,
            priority=_LAST_PRIORITY,
            conditions=[elbv2.ListenerCondition.path_patterns(["/*"])],
            action=self._forward(),
        )

    def _forward(self) -> elbv2.ListenerAction:
        if self._green is None:
            return elbv2.ListenerAction.forward([self.target_group])
        return elbv2.ListenerAction.weighted_forward(
            [
                elbv2.WeightedTargetGroup(target_group=self.target_group, weight=100),
                elbv2.WeightedTargetGroup(target_group=self._green, weight=0),
            ]
        )

    def _build_shift(self) -> TrafficShift | None:
        if self._green is None:
            return None
        return TrafficShift(self, "Shift", spec=self._spec, blue=self.target_group, green=self._green, rule=self.rule)

    def _build_deployment_alarms(self, family: str) -> list[cloudwatch.Alarm]:
        errors, unhealthy = deployment_alarm_names(family)
        return [
            deployment_alarm(
                self, "ErrorsAlarm", name=errors, of="API", metric=self.metric_server_errors(), threshold=5
            ),
            deployment_alarm(
                self, "UnhealthyAlarm", name=unhealthy, of="API", metric=self.metric_unhealthy_tasks(), threshold=0
            ),
        ]

    def _build_scaled_service(self, cluster: ecs.ICluster, network: Network, family: str) -> ScaledService:
        scaled = ScaledService(
            self,
            "Service",
            spec=self._spec,
            task=self.task,
            cluster=cluster,
            network=network,
            deployment_alarms=deployment_alarm_names(family),
            health_check_grace=Duration.seconds(60),
            shift=self.shift,
        )
        scaled.service.node.add_dependency(*self.deployment_alarms)
        if self.shift is None:  # else the service names the rule itself
            # A target group belongs to a load balancer only once a rule names it.
            scaled.service.node.add_dependency(self.rule)
        else:
            excuse(
                scaled.service,
                rule="W3005",
                reason="The CDK makes a service wait for the rule of its target group, which this one names as well",
                owner="platform",
                expires="2027-11-30",
            )
        return scaled

    def _register(self, container: ContainerSetup) -> None:
        self.target_group.add_target(
            self.service.load_balancer_target(
                container_name=CONTAINER_NAME,
                container_port=container.port,
                alternate_target=self.shift.target if self.shift else None,
            )
        )

    def _scale_on_requests(self) -> None:
        # The metric is that of one target group, and two take turns.
        if self._spec.requests_per_task_per_minute is None or self.shift is not None:
            return
        self.scaled_service.scaling.scale_on_request_count(
            "Requests",
            requests_per_target=self._spec.requests_per_task_per_minute,
            target_group=self.target_group,
            scale_out_cooldown=Duration.minutes(1),
            scale_in_cooldown=Duration.minutes(5),
        )
