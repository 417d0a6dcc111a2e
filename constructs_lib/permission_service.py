"""The permission service of a cell: OpenFGA on Fargate, behind a listener of its own."""

from __future__ import annotations

import jsii
from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
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
from constructs_lib.https_targets import deployment_alarm, deployment_alarm_names, https_target_group, target_metric
from constructs_lib.load_balancer import LoadBalancer
from constructs_lib.network import Network
from constructs_lib.scaled_service import ScaledService
from constructs_lib.specs.service import ServiceSpec

PORT = 8443
"""Where the load balancer listens for the permission service. CloudFront reaches 443 only."""


@jsii.implements(ec2.IConnectable)
class PermissionService(ContainerService):
    """Answers who may do what, to the services that open its door and to nobody else.

    Its listener of the load balancer has the certificate of the cell; the load balancer speaks HTTPS to the tasks on
    `container.port`. An update goes back by itself when new tasks do not become healthy or answer with 5xx. Stateless:
    what it knows is in its database. See https://openfga.dev/docs/best-practices/running-in-production
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: ServiceSpec,
        container: ContainerSetup,
        cluster: ecs.ICluster,
        network: Network,
        load_balancer: LoadBalancer,
        certificate: acm.ICertificate,
        log_key: kms.IKey,
        family: str,
    ) -> None:
        super().__init__(scope, id, spec=spec, container=container, log_key=log_key, family=family, serves=True)
        self._balancer = load_balancer.load_balancer
        self.target_group = https_target_group(self, "TargetGroup", container=container, network=network)
        self.listener = self._build_listener(certificate)
        self._connections = ec2.Connections(
            security_groups=[load_balancer.security_group], default_port=ec2.Port.tcp(PORT)
        )
        self.deployment_alarms = self._build_deployment_alarms(family)
        self.scaled_service = self._build_scaled_service(spec, cluster, network, family)
        self._register(container)

    @property
    def connections(self) -> ec2.Connections:
        """The door: `api.connections.allow_to_default_port(permissions)` opens it."""
        return self._connections

    def metric_server_errors(self) -> cloudwatch.Metric:
        """Responses 5xx of the tasks, in a minute."""
        return self._metric("HTTPCode_Target_5XX_Count", statistic=cloudwatch.Stats.SUM, label="5xx")

    def metric_latency(self) -> cloudwatch.Metric:
        """Seconds until a task answers, 99th percentile."""
        return self._metric("TargetResponseTime", statistic="p99", label="Latency p99")

    def metric_unhealthy_tasks(self) -> cloudwatch.Metric:
        """Tasks that the load balancer sends nothing to, because their health check fails."""
        return self._metric("UnHealthyHostCount", statistic=cloudwatch.Stats.MAXIMUM, label="Unhealthy tasks")

    def metric_requests(self) -> cloudwatch.Metric:
        """Questions that were answered, in a minute."""
        return self._metric("RequestCount", statistic=cloudwatch.Stats.SUM, label="Requests")

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm on CPU, memory, missing and unhealthy tasks, errors and latency.

        Every request of a person waits for a check, so that half a second is slow already.
        """
        facade.add_large_header("Permission service")
        self.scaled_service.monitor(facade, name="Permissions")
        errors, latency, unhealthy = self.metric_server_errors(), self.metric_latency(), self.metric_unhealthy_tasks()
        facade.monitor_custom(
            alarm_friendly_name="PermissionsRequests",
            human_readable_name="Permission checks",
            metric_groups=[
                CustomMetricGroup(title="Requests", metrics=[self.metric_requests()]),
                CustomMetricGroup(
                    title="Errors", metrics=[alarm_above("PermissionsServerErrors", errors, threshold=10, periods=5)]
                ),
                CustomMetricGroup(
                    title="Latency", metrics=[alarm_above("PermissionsLatency", latency, threshold=0.5, periods=10)]
                ),
                CustomMetricGroup(
                    title="Unhealthy tasks",
                    metrics=[alarm_above("PermissionsUnhealthyTasks", unhealthy, threshold=0, periods=5)],
                ),
            ],
        )

    def _metric(self, name: str, *, statistic: str, label: str) -> cloudwatch.Metric:
        return target_metric(self._balancer, self.target_group, name, statistic=statistic, label=label)

    def _build_listener(self, certificate: acm.ICertificate) -> elbv2.ApplicationListener:
        return elbv2.ApplicationListener(
            self,
            "Listener",
            load_balancer=self._balancer,
            port=PORT,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=[certificate],
            ssl_policy=elbv2.SslPolicy.TLS13_RES,
            open=False,
            default_action=elbv2.ListenerAction.forward([self.target_group]),
        )

    def _build_deployment_alarms(self, family: str) -> list[cloudwatch.Alarm]:
        errors, unhealthy = deployment_alarm_names(family)
        of = "permission service"
        return [
            deployment_alarm(self, "ErrorsAlarm", name=errors, of=of, metric=self.metric_server_errors(), threshold=5),
            deployment_alarm(
                self, "UnhealthyAlarm", name=unhealthy, of=of, metric=self.metric_unhealthy_tasks(), threshold=0
            ),
        ]

    def _build_scaled_service(
        self, spec: ServiceSpec, cluster: ecs.ICluster, network: Network, family: str
    ) -> ScaledService:
        scaled = ScaledService(
            self,
            "Service",
            spec=spec,
            task=self.task,
            cluster=cluster,
            network=network,
            deployment_alarms=deployment_alarm_names(family),
            health_check_grace=Duration.seconds(60),
        )
        # A target group belongs to a load balancer only once a listener names it.
        scaled.service.node.add_dependency(self.listener, *self.deployment_alarms)
        return scaled

    def _register(self, container: ContainerSetup) -> None:
        self.target_group.add_target(
            self.service.load_balancer_target(container_name=CONTAINER_NAME, container_port=container.port)
        )
