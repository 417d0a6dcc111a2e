"""A queue of jobs."""

import pytest
from aws_cdk import Duration
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk.assertions import Template

from constructs_lib.queue import Queue
from constructs_lib.topic import Topic
from tests.constructs_lib.sample_data import RETAIN, SampleData, findings, properties


def build(sample):
    queue = Queue(
        sample.data,
        "Jobs",
        key=sample.key,
        visibility_timeout=Duration.minutes(5),
        retention=Duration.days(4),
        protection=RETAIN,
        facade=sample.facade(),
        max_receives=5,
        backlog=500,
    )
    queue.grant_send(sample.reader)
    queue.grant_consume(sample.reader)
    return queue


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


def queues(sample):
    found = sample.template().find_resources("AWS::SQS::Queue")
    jobs = {id: queue["Properties"] for id, queue in found.items() if "RedrivePolicy" in queue["Properties"]}
    dead = {id: queue["Properties"] for id, queue in found.items() if "RedrivePolicy" not in queue["Properties"]}
    return jobs, dead


def test_a_message_that_fails_too_often_moves_to_the_second_queue_for_14_days(sample):
    ((_, jobs),), ((dead_id, dead),) = (queue.items() for queue in queues(sample))

    assert jobs["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead_id, "Arn"]},
        "maxReceiveCount": 5,
    }
    assert dead["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_the_times_of_the_queue_are_those_that_were_asked_for(sample):
    (jobs,) = queues(sample)[0].values()

    assert (jobs["VisibilityTimeout"], jobs["MessageRetentionPeriod"]) == (300, 4 * 24 * 3600)


def test_both_queues_are_encrypted_with_the_key_and_named_by_cloudformation(sample):
    for queue in (found for part in queues(sample) for found in part.values()):
        assert "Key961B73FD" in str(queue["KmsMasterKeyId"])
        assert "QueueName" not in queue


def test_both_queues_refuse_requests_without_tls(sample):
    policies = sample.template().find_resources("AWS::SQS::QueuePolicy").values()
    for policy in policies:
        (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(policies) == sum(map(len, queues(sample)))


def test_one_message_that_failed_for_good_raises_an_alarm(sample):
    alarms = sample.template().find_resources("AWS::CloudWatch::Alarm").values()
    (dead,) = (alarm["Properties"] for alarm in alarms if "DLQ" in alarm["Properties"]["AlarmName"])

    assert (dead["Threshold"], dead["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert dead["EvaluationPeriods"] == 1


def test_a_message_that_waited_half_its_life_raises_an_alarm(sample):
    alarms = sample.template().find_resources("AWS::CloudWatch::Alarm").values()
    (age,) = (alarm["Properties"] for alarm in alarms if "Age" in alarm["Properties"]["AlarmName"])

    assert age["Threshold"] == 2 * 24 * 3600


def test_more_messages_that_wait_than_the_backlog_raise_an_alarm(sample):
    alarms = sample.template().find_resources("AWS::CloudWatch::Alarm").values()
    (depth,) = (alarm["Properties"] for alarm in alarms if alarm["Properties"]["Threshold"] == 500)

    assert depth["ComparisonOperator"] == "GreaterThanThreshold"
    assert "ApproximateNumberOfMessagesVisible" in str(depth)


@pytest.fixture(scope="module")
def terminal():
    """A queue whose consumer keeps whatever comes."""
    sample = SampleData()
    queue = Queue(
        sample.data,
        "Errors",
        key=sample.key,
        visibility_timeout=Duration.seconds(30),
        retention=Duration.days(14),
        protection=RETAIN,
        facade=sample.facade(),
        max_receives=None,
    )
    queue.grant_redrive(sample.reader)
    return sample


def test_a_queue_may_have_no_second_queue_and_still_has_its_alarms(terminal):
    assert "RedrivePolicy" not in properties(terminal.template(), "AWS::SQS::Queue")
    alarms = terminal.template().find_resources("AWS::CloudWatch::Alarm").values()
    assert {alarm["Properties"]["Threshold"] for alarm in alarms} == {1000, 7 * 24 * 3600}


def test_where_there_is_no_second_queue_there_is_nothing_to_move_back(terminal):
    assert terminal.allowed() == {}


def test_a_subscription_does_not_write_into_the_policy_of_the_key():
    sample = SampleData()
    topic = Topic(sample.data, "Events", key=sample.key)
    topic.topic.add_subscription(subscriptions.SqsSubscription(build(sample).queue))
    before = Template.from_stack(SampleData().foundation).find_resources("AWS::KMS::Key")

    assert Template.from_stack(sample.foundation).find_resources("AWS::KMS::Key") == before


def test_the_key_is_used_through_sqs_only(sample):
    assert "sqs:SendMessage" in sample.allowed()
    for statement in sample.allowed()["kms:GenerateDataKey"]:
        assert "sqs." in str(statement["Condition"]["StringEquals"]["kms:ViaService"])


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, build) == []


def test_a_retained_cell_keeps_what_waits(sample):
    found = sample.template().find_resources("AWS::SQS::Queue")

    assert {queue["DeletionPolicy"] for queue in found.values()} == {"RetainExceptOnCreate"}
