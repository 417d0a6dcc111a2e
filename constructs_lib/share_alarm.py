"""An alarm on a share: how many of all were refused, failed or lost."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold, MonitoringFacade

_PERIOD = Duration.minutes(5)


@dataclass(frozen=True, kw_only=True)
class ShareAlarm:
    """`part` of `part` and `rest` together, in percent, over five minutes, from metrics of a namespace of its own.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """

    name: str
    title: str
    namespace: str
    part: str
    rest: str
    dimensions: Mapping[str, str]
    max_percent: float

    def monitor(self, facade: MonitoringFacade) -> None:
        """Add the widget and the alarm. Where nothing was counted there is no alarm."""
        threshold = CustomThreshold(
            threshold=self.max_percent,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            datapoints_to_alarm=1,
            treat_missing_data_override=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        share = CustomMetricWithAlarm(
            metric=self._share(), alarm_friendly_name=self.name, add_alarm={"Critical": threshold}
        )
        facade.monitor_custom(
            alarm_friendly_name=self.name,
            human_readable_name=self.title,
            metric_groups=[
                CustomMetricGroup(title=f"{self.title} (percent)", metrics=[share]),
                CustomMetricGroup(title=self.title, metrics=[self._count(self.part), self._count(self.rest)]),
            ],
        )

    def _share(self) -> cloudwatch.MathExpression:
        return cloudwatch.MathExpression(
            expression="100 * FILL(part, 0) / (FILL(part, 0) + FILL(rest, 0))",
            using_metrics={"part": self._count(self.part), "rest": self._count(self.rest)},
            period=_PERIOD,
            label=self.title,
        )

    def _count(self, metric: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=self.namespace,
            metric_name=metric,
            dimensions_map=dict(self.dimensions),
            statistic=cloudwatch.Stats.SUM,
            period=_PERIOD,
            label=metric,
        )
