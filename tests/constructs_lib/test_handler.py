"""A function of a module, and who calls it."""

import json

import pytest
from aws_cdk import Duration
from cdk_monitoring_constructs import AlarmFactoryDefaults, MonitoringFacade

from constructs_lib.failure_queue import FailureQueue
from constructs_lib.handler import LAMBDAS, Handler
from constructs_lib.queue import Queue
from constructs_lib.schedule import Schedule
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.events import ScheduleSpec
from constructs_lib.specs.function import FunctionSpec, QueueConsumerSpec, StreamConsumerSpec
from constructs_lib.specs.table import IDEMPOTENCY_TABLE, AttributeSpec, TableSpec
from constructs_lib.table import Table
from tests.constructs_lib.sample_data import RETAIN, SampleData, findings, properties


def handler(sample, id="Archiver", **numbers):
    return Handler(
        sample.service,
        id,
        description="Archives",
        code=LAMBDAS / "table_archive",
        spec=FunctionSpec(timeout_seconds=30, **numbers),
        log_key=sample.log_key,
        environment={"ARCHIVE_BUCKET": "a-bucket"},
    )


def queue(sample, seconds):
    return Queue(
        sample.data,
        "Jobs",
        key=sample.log_key,
        visibility_timeout=Duration.seconds(seconds),
        retention=Duration.days(4),
        protection=RETAIN,
        facade=sample.facade(),
    )


def build(sample):
    spec = TableSpec(partition_key=AttributeSpec(name="id"), time_to_live="expires_at", stream="both")
    table = Table(sample.data, "Orders", spec=spec, key=sample.key, protection=RETAIN)
    failures = FailureQueue(sample.data, "Failures", key=sample.log_key, protection=RETAIN, facade=sample.facade())
    archiver = handler(sample, reserved_concurrency=5)
    archiver.follow(table, StreamConsumerSpec(retries=3), failures=failures, only_expired=True)
    consumer = handler(sample, "Consumer", max_error_percent=1)
    consumer.consume(queue(sample, 180), QueueConsumerSpec(batch_size=10, max_concurrency=5))
    consumer.remember(Table(sample.data, "Seen", spec=IDEMPOTENCY_TABLE, key=sample.key, protection=RETAIN))
    defaults = AlarmFactoryDefaults(alarm_name_prefix="Service", actions_enabled=True)
    consumer.monitor(MonitoringFacade(sample.service, "Monitoring", alarm_factory_defaults=defaults))
    Schedule(
        sample.service,
        "Nightly",
        description="Every night",
        spec=ScheduleSpec(expression="cron(0 3 * * ? *)", time_zone="Europe/Vienna", window_minutes=15),
        function=archiver.function,
        failures=failures,
        key=sample.log_key,
    )


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.readers()
    return sample


def mappings(sample):
    found = sample.readers().find_resources("AWS::Lambda::EventSourceMapping").values()
    (stream,) = (item["Properties"] for item in found if "StartingPosition" in item["Properties"])
    (jobs,) = (item["Properties"] for item in found if "StartingPosition" not in item["Properties"])
    return stream, jobs


def alarms(template):
    return [alarm["Properties"] for alarm in template.find_resources("AWS::CloudWatch::Alarm").values()]


def test_a_function_runs_on_arm_with_powertools_and_traces(sample):
    for function in sample.readers().find_resources("AWS::Lambda::Function").values():
        found = function["Properties"]
        assert (found["Architectures"], found["Runtime"]) == (["arm64"], "python3.13")
        assert "AWSLambdaPowertoolsPythonV3-python313-arm64:27" in str(found["Layers"])
        assert found["TracingConfig"] == {"Mode": "Active"}


def test_it_takes_no_more_at_once_than_was_reserved(sample):
    found = sample.readers().find_resources("AWS::Lambda::Function").values()

    assert {item["Properties"].get("ReservedConcurrentExecutions") for item in found} == {5, None}


def test_logs_are_encrypted_and_kept_for_the_days_of_the_spec(sample):
    for group in sample.readers().find_resources("AWS::Logs::LogGroup").values():
        assert group["Properties"]["RetentionInDays"] == 90
        assert "LogKey" in str(group["Properties"]["KmsKeyId"])


def test_a_consumer_gets_batches_and_only_what_failed_comes_again(sample):
    _, jobs = mappings(sample)

    assert jobs["BatchSize"] == 10
    assert jobs["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_queue_that_shows_messages_again_too_early_is_refused():
    sample = SampleData()

    with pytest.raises(InputError, match="hides a message for 179 s, but its function may run 30 s"):
        handler(sample).consume(queue(sample, 179), QueueConsumerSpec())


def test_a_batch_of_changes_that_fails_is_halved_and_told_to_the_failure_queue(sample):
    stream, _ = mappings(sample)

    assert (stream["BisectBatchOnFunctionError"], stream["MaximumRetryAttempts"]) == (True, 3)
    assert "FailuresQueue" in str(stream["DestinationConfig"]["OnFailure"]["Destination"])


def test_an_archiver_of_expired_items_sees_no_other_change(sample):
    stream, _ = mappings(sample)
    (pattern,) = stream["FilterCriteria"]["Filters"]

    assert json.loads(pattern["Pattern"]) == {
        "userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]}
    }


def test_a_schedule_calls_in_the_time_zone_of_its_spec_and_keeps_what_failed(sample):
    schedule = properties(sample.readers(), "AWS::Scheduler::Schedule")

    assert schedule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Vienna"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    assert "FailuresQueue" in str(schedule["Target"]["DeadLetterConfig"])


def test_a_schedule_may_call_the_one_function_and_not_its_versions(sample):
    (statement,) = sample.allowed()["lambda:InvokeFunction"]

    assert list(statement["Resource"]) == ["Fn::GetAtt"]


def test_a_function_that_fails_on_a_scheduled_event_tells_the_failure_queue(sample):
    config = properties(sample.readers(), "AWS::Lambda::EventInvokeConfig")
    schedule = properties(sample.readers(), "AWS::Scheduler::Schedule")

    assert config["DestinationConfig"]["OnFailure"]["Destination"] == schedule["Target"]["DeadLetterConfig"]["Arn"]
    assert config["Qualifier"] == "$LATEST"
    assert config["MaximumRetryAttempts"] == 2


def test_the_first_failure_raises_an_alarm(sample):
    (alarm,) = (alarm for alarm in alarms(sample.template()) if "Failures" in alarm["AlarmName"])

    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (0, 1)


def test_a_share_of_failed_calls_raises_an_alarm_where_one_is_named(sample):
    (alarm,) = (alarm for alarm in alarms(sample.readers()) if "Fault" in alarm["AlarmName"])

    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0.01, "GreaterThanThreshold")


def test_calls_that_are_turned_away_for_a_quarter_of_an_hour_raise_an_alarm(sample):
    found = [alarm for alarm in alarms(sample.readers()) if "Throttle" in alarm["AlarmName"]]

    assert found
    for alarm in found:
        assert (alarm["Threshold"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (0, 3, 3)


def test_a_consumer_is_called_no_more_often_at_once_than_the_spec_says(sample):
    _, jobs = mappings(sample)

    assert jobs["ScalingConfig"] == {"MaximumConcurrency": 5}


def test_a_consumer_remembers_by_key_what_it_has_done(sample):
    functions = [one["Properties"] for one in sample.readers().find_resources("AWS::Lambda::Function").values()]
    named = [one["Environment"]["Variables"].get("IDEMPOTENCY_TABLE") for one in functions]

    assert [("SeenTable" in str(name)) for name in named if name] == [True]
    (statement,) = sample.allowed()["dynamodb:UpdateItem"]
    assert set(statement["Action"]) == {f"dynamodb:{verb}Item" for verb in ("Get", "Put", "Update", "Delete")}


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, build) == []
