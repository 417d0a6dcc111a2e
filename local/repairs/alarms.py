"""CloudWatch alarms on metric math: the emulator's CloudFormation refuses them."""

from ministack.services.cloudformation import provisioners

from local.properties import Json

_SINGLE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions", "Unit")


def allow_metric_math() -> None:
    """Keep the metrics of an alarm as they are given, so that DescribeAlarms answers them."""
    original = provisioners._cw_metric_alarm_record

    def record(name: str, props: dict[str, Json]) -> dict[str, Json]:
        metrics = props.get("Metrics")
        if not metrics:
            plain: dict[str, Json] = original(name, props)
            return plain
        stand_in: dict[str, Json] = {**props, "Metrics": None, "MetricName": "math", "Namespace": "math"}
        alarm: dict[str, Json] = original(name, {"Threshold": 0, **stand_in})
        for key in _SINGLE_METRIC:
            alarm.pop(key, None)
        if "ThresholdMetricId" in props:
            del alarm["Threshold"]
            alarm["ThresholdMetricId"] = props["ThresholdMetricId"]
        return {**alarm, "Metrics": metrics}

    provisioners._cw_metric_alarm_record = record
