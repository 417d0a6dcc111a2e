"""The tasks of a service as targets of the load balancer: HTTPS, its metrics, and the alarms that undo a deployment."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from constructs_lib.container import ContainerSetup
from constructs_lib.network import Network

MINUTE = Duration.minutes(1)
"""How often the load balancer measures."""


def https_target_group(
    scope: Construct, id: str, *, container: ContainerSetup, network: Network
) -> elbv2.ApplicationTargetGroup:
    """Return a group of tasks that serve HTTPS on the container's port and answer 200 on its health path.

    No slow start and no stickiness: every task is like the other.
    """
    return elbv2.ApplicationTargetGroup(
        scope,
        id,
        vpc=network.vpc,
        target_type=elbv2.TargetType.IP,
        protocol=elbv2.ApplicationProtocol.HTTPS,
        port=container.port,
        deregistration_delay=Duration.seconds(30),
        health_check=elbv2.HealthCheck(
            enabled=True,
            protocol=elbv2.Protocol.HTTPS,
            path=container.health_path,
            healthy_http_codes="200",
            interval=Duration.seconds(10),
            timeout=Duration.seconds(5),
            healthy_threshold_count=2,
            unhealthy_threshold_count=3,
        ),
    )


def target_metric(
    balancer: elbv2.ApplicationLoadBalancer,
    group: elbv2.ApplicationTargetGroup | None,
    name: str,
    *,
    statistic: str,
    label: str,
) -> cloudwatch.Metric:
    """Return a metric of a target group, or of all targets, such as `TargetResponseTime`.

    Not `target_group.metrics`: it splits the ARN of the listener, and a dashboard in another stack cannot.
    """
    all_targets = {"LoadBalancer": balancer.load_balancer_full_name}
    return cloudwatch.Metric(
        namespace="AWS/ApplicationELB",
        metric_name=name,
        dimensions_map=all_targets if group is None else {**all_targets, "TargetGroup": group.target_group_full_name},
        statistic=statistic,
        period=MINUTE,
        label=label,
    )


def deployment_alarm(
    scope: Construct, id: str, *, name: str, of: str, metric: cloudwatch.IMetric, threshold: float
) -> cloudwatch.Alarm:
    """Return an alarm that brings the version before back when an update of `of` raises it."""
    return cloudwatch.Alarm(
        scope,
        id,
        alarm_name=name,
        alarm_description=f"An update of the {of} that raises this alarm is rolled back",
        metric=metric,
        threshold=threshold,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=3,
        datapoints_to_alarm=3,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def deployment_alarm_names(family: str) -> tuple[str, str]:
    """Names from the plan, because the CDK takes a reference from the service to its alarm for a cycle."""
    return f"{family}-deployment-errors", f"{family}-deployment-unhealthy"
