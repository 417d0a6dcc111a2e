"""A metric with an alarm when it is too high."""

from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricWithAlarm, CustomThreshold


def alarm_above(
    name: str, metric: cloudwatch.Metric | cloudwatch.MathExpression, *, threshold: float, periods: int
) -> CustomMetricWithAlarm:
    """Alarm when a metric is above a threshold in half of the last `periods`. Where nothing is measured, all is well.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    return CustomMetricWithAlarm(
        metric=metric,
        alarm_friendly_name=name,
        add_alarm={
            "Critical": CustomThreshold(
                threshold=threshold,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                evaluation_periods=periods,
                datapoints_to_alarm=max(1, periods // 2),
                treat_missing_data_override=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
        },
    )
