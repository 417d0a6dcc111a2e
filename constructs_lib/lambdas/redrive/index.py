"""Moves the messages of a dead-letter queue back to the queue that they came from.

Called by a person, after the cause is mended: `{"queue": "<name>"}`, or `{"queue": "<name>", "per_second": 10}`.
"""

import json
import os
from typing import NotRequired, TypedDict

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

_MOST_PER_SECOND = 500


class Wish(TypedDict):
    """What a person asks for."""

    queue: str
    per_second: NotRequired[int]


class Started(TypedDict):
    """What was started: SQS moves the messages by itself."""

    queue: str
    messages: int
    task: str


logger = Logger(service="redrive")


@logger.inject_lambda_context
def handler(event: Wish, context: LambdaContext) -> Started:
    """Start the move. Raises ValueError for a queue that is not the cell's and a speed that SQS does not take."""
    queues: dict[str, str] = json.loads(os.environ["DEAD_LETTER_QUEUES"])
    name = event["queue"]
    if name not in queues:
        raise ValueError(f"unknown queue '{name}'; there is {', '.join(sorted(queues))}")
    sqs = boto3.client("sqs")
    waiting = _waiting(queues[name])
    if waiting == 0:
        return {"queue": name, "messages": 0, "task": ""}
    speed = event.get("per_second")
    if speed is None:
        task = sqs.start_message_move_task(SourceArn=queues[name])
    elif 1 <= speed <= _MOST_PER_SECOND:
        task = sqs.start_message_move_task(SourceArn=queues[name], MaxNumberOfMessagesPerSecond=speed)
    else:
        raise ValueError(f"per_second is {speed}; SQS takes 1 to {_MOST_PER_SECOND}")
    logger.info("redrive started", extra={"queue": name, "messages": waiting})
    return {"queue": name, "messages": waiting, "task": task["TaskHandle"]}


def _waiting(arn: str) -> int:
    """How many messages there are, about."""
    sqs = boto3.client("sqs")
    _, _, _, _, account, queue = arn.split(":")
    url = sqs.get_queue_url(QueueName=queue, QueueOwnerAWSAccountId=account)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])
