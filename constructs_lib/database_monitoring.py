"""What is watched about a database."""

from dataclasses import dataclass, replace

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_rds as rds
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold, MonitoringFacade

from constructs_lib.specs.database import DatabaseSpec

_PERIOD_MINUTES = 5
_PERIOD = Duration.minutes(_PERIOD_MINUTES)


@dataclass(frozen=True, kw_only=True)
class _Watched:
    """A metric of the cluster, and the alarm when it stays above a threshold for some minutes."""

    metric: str
    title: str
    statistic: str = "Average"
    above: float | None = None
    minutes: int = 15
    meaning: str = ""


_CPU = _Watched(metric="CPUUtilization", title="CPU (%)", meaning="The processors of the database are busy")
_CONNECTIONS = _Watched(
    metric="DatabaseConnections",
    title="Connections",
    statistic="Maximum",
    minutes=5,
    meaning="An instance will refuse connections soon",
)
_LOAD = (
    _Watched(metric="ACUUtilization", title="Capacity (%)", above=95, meaning="The database is at its maximum"),
    _Watched(metric="ServerlessDatabaseCapacity", title="Capacity (ACU)"),
    _Watched(metric="Deadlocks", title="Deadlocks (1/s)", above=0.01, meaning="Transactions block each other"),
)
_READERS = (
    _Watched(
        metric="AuroraReplicaLagMaximum",
        title="Replica lag (ms)",
        statistic="Maximum",
        above=2000,
        meaning="Readers serve old data",
    ),
)


def monitor_database(facade: MonitoringFacade, cluster: rds.IDatabaseCluster, spec: DatabaseSpec) -> None:
    """Add a widget for each metric, and alarms for load, capacity and connections at their limits, deadlocks, lag.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
    """
    cpu = replace(_CPU, above=spec.cpu_alarm_percent, minutes=spec.cpu_alarm_minutes)
    connections = replace(_CONNECTIONS, above=spec.max_connections * spec.connections_alarm_percent // 100)
    watched = (cpu, *_LOAD, connections, *(_READERS if spec.max_readers > 0 else ()))
    facade.monitor_custom(
        human_readable_name="Database",
        alarm_friendly_name="Database",
        metric_groups=[CustomMetricGroup(title=item.title, metrics=[_metric(cluster, item)]) for item in watched],
    )


def _metric(cluster: rds.IDatabaseCluster, watched: _Watched) -> cloudwatch.Metric | CustomMetricWithAlarm:
    metric = cluster.metric(watched.metric, statistic=watched.statistic, period=_PERIOD)
    if watched.above is None:
        return metric
    threshold = CustomThreshold(
        threshold=watched.above,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        additional_description=watched.meaning,
        datapoints_to_alarm=watched.minutes // _PERIOD_MINUTES,
        evaluation_periods=watched.minutes // _PERIOD_MINUTES,
        # A paused cluster has no metrics, and that is fine.
        treat_missing_data_override=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    return CustomMetricWithAlarm(metric=metric, alarm_friendly_name=watched.metric, add_alarm={"Warning": threshold})
