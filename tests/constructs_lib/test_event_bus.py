"""A bus of events."""

import pytest
from aws_cdk import Duration

from constructs_lib.event_bus import EventBus
from constructs_lib.queue import Queue
from constructs_lib.specs.events import EventBusSpec
from tests.constructs_lib.sample_data import RETAIN, SampleData, findings, properties


def build(sample):
    queue = Queue(
        sample.data,
        "Worker",
        key=sample.log_key,
        visibility_timeout=Duration.minutes(2),
        retention=Duration.days(14),
        protection=RETAIN,
        facade=sample.facade(),
    )
    bus = EventBus(sample.data, "Events", name="acme-dev", spec=EventBusSpec(archive_days=30), key=sample.log_key)
    bus.deliver("ToWorker", sources=["contacts", "finance"], to=queue)
    bus.grant_put(sample.reader)


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


def test_bus_and_archive_are_encrypted_with_the_key(sample):
    for type in ("AWS::Events::EventBus", "AWS::Events::Archive"):
        assert "LogKey" in str(properties(sample.template(), type)["KmsKeyIdentifier"])


def test_every_event_can_be_replayed_for_the_days_of_the_spec(sample):
    archive = properties(sample.template(), "AWS::Events::Archive")

    assert archive["RetentionDays"] == 30
    assert archive["EventPattern"] == {"version": [{"prefix": ""}]}


def test_events_of_the_sources_go_to_the_queue_and_to_its_dead_letter_queue_when_they_cannot(sample):
    rule = properties(sample.template(), "AWS::Events::Rule")
    (target,) = rule["Targets"]

    assert rule["EventPattern"] == {"source": ["contacts", "finance"]}
    assert "DeadLetter" not in str(target["Arn"])
    assert "DeadLetter" in str(target["DeadLetterConfig"]["Arn"])


def test_only_the_rule_may_send_to_the_queues(sample):
    for policy in sample.template().find_resources("AWS::SQS::QueuePolicy").values():
        statements = policy["Properties"]["PolicyDocument"]["Statement"]
        (allow,) = (statement for statement in statements if statement["Effect"] == "Allow")
        assert allow["Principal"] == {"Service": "events.amazonaws.com"}
        assert "Rule" in str(allow["Condition"]) or "ToWorker" in str(allow["Condition"])


def test_who_puts_may_put_on_this_bus_only(sample):
    (statement,) = sample.allowed()["events:PutEvents"]

    assert "EventsBus" in str(statement["Resource"])


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, build) == []
