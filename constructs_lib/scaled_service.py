"""A Fargate service that scales, is updated without a gap, and goes back when an update is bad."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from cdk_monitoring_constructs import (
    CustomMetricGroup,
    CustomMetricWithAlarm,
    CustomThreshold,
    MonitoringFacade,
    UsageThreshold,
)
from constructs import Construct

from constructs_lib.container import Task
from constructs_lib.exception import excuse
from constructs_lib.network import Network
from constructs_lib.specs.service import ServiceSpec
from constructs_lib.traffic_shift import TrafficShift

_HTTPS = 443
_MINUTE = Duration.minutes(1)


class ScaledService(Construct):
    """An ECS service in the app subnets, with its security group and auto-scaling on CPU.

    New tasks are healthy before old ones stop. Tasks that do not start, or one of `deployment_alarms`, bring the old
    version back. With a `shift`, new tasks are a second set, and requests are moved to it. The service has no desired
    count: registering it for auto-scaling lifts it to `spec.min_tasks` at once, and a count in the template would undo
    the auto-scaling of a busy day at every update. See
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: ServiceSpec,
        task: Task,
        cluster: ecs.ICluster,
        network: Network,
        deployment_alarms: Sequence[str],
        health_check_grace: Duration | None = None,
        shift: TrafficShift | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._cluster = cluster
        self._shift = shift
        self.security_group = self._build_security_group(network)
        self.service = self._build_service(task, network, deployment_alarms, health_check_grace)
        self.scaling = self._build_scaling()
        self._excuse(task)

    def metric_running_tasks(self) -> cloudwatch.Metric:
        """Tasks that run, from Container Insights."""
        return cloudwatch.Metric(
            namespace="ECS/ContainerInsights",
            metric_name="RunningTaskCount",
            dimensions_map={
                "ClusterName": self._cluster.cluster_name,
                "ServiceName": self.service.service_name,
            },
            statistic=cloudwatch.Stats.AVERAGE,
            period=_MINUTE,
            label="Running tasks",
        )

    def monitor(self, facade: MonitoringFacade, *, name: str) -> None:
        """Alarm on CPU, memory and missing tasks. `name` is a constant such as `Api`."""
        facade.monitor_simple_fargate_service(
            fargate_service=self.service,
            alarm_friendly_name=name,
            human_readable_name=name,
            min_auto_scaling_task_count=self._spec.min_tasks,
            max_auto_scaling_task_count=self._spec.max_tasks,
            add_cpu_usage_alarm={"Warning": UsageThreshold(max_usage_percent=95, evaluation_periods=15)},
            add_memory_usage_alarm={"Warning": UsageThreshold(max_usage_percent=90, evaluation_periods=5)},
        )
        if self._spec.min_tasks > 0:
            self._monitor_tasks(facade, name)

    def _monitor_tasks(self, facade: MonitoringFacade, name: str) -> None:
        threshold = CustomThreshold(
            threshold=self._spec.min_tasks,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=10,
            datapoints_to_alarm=10,
        )
        facade.monitor_custom(
            alarm_friendly_name=f"{name}Tasks",
            human_readable_name=f"{name} tasks",
            metric_groups=[
                CustomMetricGroup(
                    title="Running tasks",
                    metrics=[
                        CustomMetricWithAlarm(
                            metric=self.metric_running_tasks(),
                            alarm_friendly_name=f"{name}RunningTasks",
                            add_alarm={"Critical": threshold},
                        )
                    ],
                )
            ],
        )

    def _build_security_group(self, network: Network) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=network.vpc,
            description="Tasks of a service: HTTPS out, and what the service opens itself",
            allow_all_outbound=False,
        )
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(_HTTPS), "HTTPS to AWS and to partners")
        return group

    def _build_service(
        self, task: Task, network: Network, alarms: Sequence[str], grace: Duration | None
    ) -> ecs.FargateService:
        service = ecs.FargateService(
            self,
            "Resource",
            cluster=self._cluster,
            task_definition=task.definition,
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(
                    capacity_provider="FARGATE_SPOT" if self._spec.spot else "FARGATE", weight=1
                )
            ],
            vpc_subnets=network.app_subnets,
            security_groups=[self.security_group],
            assign_public_ip=False,
            min_healthy_percent=100,
            max_healthy_percent=200,
            # AWS takes a circuit breaker for updates task by task only; what shifts traffic has its bake time.
            circuit_breaker=None if self._shift else ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            deployment_strategy=self._shift.strategy if self._shift else None,
            bake_time=self._shift.bake_time if self._shift else None,
            canary_configuration=self._shift.canary if self._shift else None,
            deployment_alarms=ecs.DeploymentAlarmConfig(
                alarm_names=list(alarms), behavior=ecs.AlarmBehavior.ROLLBACK_ON_ALARM
            ),
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.ENABLED,
            health_check_grace_period=grace,
            enable_execute_command=self._spec.execute_command,
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
        # Without its policies a first task cannot pull its image, and the circuit breaker counts that.
        service.node.add_dependency(task.execution_role)
        return service

    def _build_scaling(self) -> ecs.ScalableTaskCount:
        scaling = self.service.auto_scale_task_count(
            min_capacity=self._spec.min_tasks, max_capacity=self._spec.max_tasks
        )
        scaling.scale_on_cpu_utilization(
            "Cpu",
            target_utilization_percent=self._spec.cpu_target_percent,
            scale_out_cooldown=Duration.minutes(1),
            scale_in_cooldown=Duration.minutes(5),
        )
        return scaling

    def _excuse(self, task: Task) -> None:
        if not self._spec.execute_command:
            return
        wildcards = {"*": "The channels of ECS Exec know no resource"}
        if self._cluster.execute_command_configuration is not None:
            log_group = "arn:<AWS::Partition>:logs:{region}:{account}:log-group:{reference}:*"
            wildcards[log_group] = "The log streams of one log group, which the sessions of ECS Exec make"
        for resource, reason in wildcards.items():
            excuse(
                task.role,
                rule=f"AwsSolutions-IAM5[Resource::{resource}]",
                reason=f"{reason}; ECS Exec is off in production",
                owner="platform",
                expires="2027-11-30",
                apply_to_children=True,
            )
