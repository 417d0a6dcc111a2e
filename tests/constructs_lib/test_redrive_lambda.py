"""The function that moves failed messages back, with an SQS that is a fake."""

import json

import boto3
import pytest

from constructs_lib.lambdas.redrive import index
from tests.constructs_lib.test_table_archive_lambda import Context

ARN = "arn:aws:sqs:eu-west-1:111122223333:jobs-dead"


class FakeSqs:
    def __init__(self):
        self.waiting = 3
        self.started = []

    def get_queue_url(self, *, QueueName, QueueOwnerAWSAccountId):
        return {"QueueUrl": f"https://sqs/{QueueOwnerAWSAccountId}/{QueueName}"}

    def get_queue_attributes(self, *, QueueUrl, AttributeNames):
        assert QueueUrl == "https://sqs/111122223333/jobs-dead"
        return {"Attributes": {name: str(self.waiting) for name in AttributeNames}}

    def start_message_move_task(self, **request):
        self.started.append(request)
        return {"TaskHandle": "task-1"}


@pytest.fixture
def sqs(monkeypatch):
    fake = FakeSqs()
    monkeypatch.setattr(boto3, "client", lambda service: fake)
    monkeypatch.setenv("DEAD_LETTER_QUEUES", json.dumps({"jobs/Queue": ARN}))
    return fake


def test_it_starts_the_move_and_says_how_many_wait(sqs):
    assert index.handler({"queue": "jobs/Queue"}, Context()) == {"queue": "jobs/Queue", "messages": 3, "task": "task-1"}
    assert sqs.started == [{"SourceArn": ARN}]


def test_the_speed_is_passed_on(sqs):
    index.handler({"queue": "jobs/Queue", "per_second": 10}, Context())

    assert sqs.started == [{"SourceArn": ARN, "MaxNumberOfMessagesPerSecond": 10}]


def test_an_empty_queue_starts_nothing(sqs):
    sqs.waiting = 0

    assert index.handler({"queue": "jobs/Queue"}, Context())["task"] == ""
    assert sqs.started == []


@pytest.mark.parametrize(
    "wish,message",
    [
        ({"queue": "other"}, "unknown queue 'other'; there is jobs/Queue"),
        ({"queue": "jobs/Queue", "per_second": 501}, "per_second is 501; SQS takes 1 to 500"),
        ({"queue": "jobs/Queue", "per_second": 0}, "per_second is 0"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_and_starts_nothing(sqs, wish, message):
    with pytest.raises(ValueError, match=message):
        index.handler(wish, Context())

    assert sqs.started == []
