"""The worker of a cell: a Fargate service that nobody calls."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from cdk_monitoring_constructs import MonitoringFacade
from constructs import Construct

from constructs_lib.container import ContainerSetup
from constructs_lib.container_service import ContainerService
from constructs_lib.network import Network
from constructs_lib.scaled_service import ScaledService
from constructs_lib.specs.service import ServiceSpec

_MINUTE = Duration.minutes(1)


class WorkerService(ContainerService):
    """Works through queues; scales on CPU, and on waiting jobs per task when `queue_depth` and the spec say so.

    It is reached by nobody. An update goes back by itself when new tasks do not stay up or run out of memory.
    Stateless. See https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-step-scaling-policies.html
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
        log_key: kms.IKey,
        family: str,
        queue_depth: cloudwatch.IMetric | None,
    ) -> None:
        super().__init__(scope, id, spec=spec, container=container, log_key=log_key, family=family, serves=False)
        self._spec = spec
        alarm_name = f"{family}-deployment-memory"
        self.scaled_service = self._build_scaled_service(cluster, network, alarm_name)
        self.deployment_alarm = self._build_deployment_alarm(alarm_name)
        if queue_depth is not None and spec.queue_depth_per_task is not None:
            self._scale_on_queue_depth(queue_depth, spec.queue_depth_per_task)

    @property
    def connections(self) -> ec2.Connections:
        """Whom the tasks may reach. Nobody reaches them."""
        return self.service.connections

    def metric_backlog_per_task(self, queue_depth: cloudwatch.IMetric) -> cloudwatch.MathExpression:
        """Waiting jobs per running task; all of them when no task runs."""
        return cloudwatch.MathExpression(
            expression="jobs / IF(tasks > 0, tasks, 1)",
            using_metrics={"jobs": queue_depth, "tasks": self.scaled_service.metric_running_tasks()},
            period=_MINUTE,
            label="Waiting jobs per task",
        )

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm on CPU, memory and missing tasks."""
        facade.add_large_header("Worker")
        self.scaled_service.monitor(facade, name="Worker")

    def _build_scaled_service(self, cluster: ecs.ICluster, network: Network, alarm_name: str) -> ScaledService:
        return ScaledService(
            self,
            "Service",
            spec=self._spec,
            task=self.task,
            cluster=cluster,
            network=network,
            deployment_alarms=[alarm_name],
        )

    def _build_deployment_alarm(self, name: str) -> cloudwatch.Alarm:
        # The metric needs the service and the service needs the alarm: only a name from the plan has no cycle.
        return cloudwatch.Alarm(
            self,
            "MemoryAlarm",
            alarm_name=name,
            alarm_description="An update of the worker that raises this alarm is rolled back",
            metric=self.service.metric_memory_utilization(period=_MINUTE, statistic=cloudwatch.Stats.MAXIMUM),
            threshold=95,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=3,
            datapoints_to_alarm=3,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _scale_on_queue_depth(self, queue_depth: cloudwatch.IMetric, per_task: int) -> None:
        """Steps, because the L2 construct knows no target tracking on a calculated metric.

        They only add tasks. Taking them away is left to the target on CPU: steps that remove would work against it.
        """
        self.scaled_service.scaling.scale_on_metric(
            "Backlog",
            metric=self.metric_backlog_per_task(queue_depth),
            adjustment_type=scaling.AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
            min_adjustment_magnitude=1,
            scaling_steps=[
                scaling.ScalingInterval(upper=per_task, change=0),
                scaling.ScalingInterval(lower=per_task, change=50),
                scaling.ScalingInterval(lower=2 * per_task, change=100),
                scaling.ScalingInterval(lower=4 * per_task, change=200),
            ],
            cooldown=Duration.minutes(2),
            evaluation_periods=2,
        )
