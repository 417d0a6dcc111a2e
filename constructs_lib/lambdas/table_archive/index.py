"""Writes the changes of a DynamoDB table into a bucket, one object for each batch.

An object is named after the day and the sequence numbers of its first and last change: a batch that comes twice is
written twice under one name, and the bucket keeps both versions.
"""

import json
import os
from datetime import UTC, datetime
from typing import TypedDict

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext


class Change(TypedDict):
    """What happened to an item, in DynamoDB's JSON."""

    ApproximateCreationDateTime: float
    SequenceNumber: str
    Keys: dict[str, dict[str, str]]


class Record(TypedDict):
    """A record of the stream."""

    eventName: str
    dynamodb: Change


class Event(TypedDict):
    """What Lambda calls the function with."""

    Records: list[Record]


class Answer(TypedDict):
    """Which records failed: all from the first one on are sent again."""

    batchItemFailures: list[dict[str, str]]


logger = Logger(service="table-archive")
metrics = Metrics(namespace="Cell", service="table-archive")


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: Event, context: LambdaContext) -> Answer:
    """Write the batch. A failure is raised, so that Lambda sends the batch again and halves it."""
    records = event["Records"]
    if not records:
        return {"batchItemFailures": []}
    key = object_key(records)
    boto3.client("s3").put_object(
        Bucket=os.environ["ARCHIVE_BUCKET"], Key=key, Body=lines(records), ContentType="application/x-ndjson"
    )
    metrics.add_metric(name="ChangesArchived", unit=MetricUnit.Count, value=len(records))
    logger.info("archived", extra={"object": key, "changes": len(records)})
    return {"batchItemFailures": []}


def object_key(records: list[Record]) -> str:
    """`2026/11/26/<first>-<last>.jsonl`, from the changes themselves."""
    first, last = records[0]["dynamodb"], records[-1]["dynamodb"]
    day = datetime.fromtimestamp(first["ApproximateCreationDateTime"], tz=UTC)
    return f"{day:%Y/%m/%d}/{first['SequenceNumber']}-{last['SequenceNumber']}.jsonl"


def lines(records: list[Record]) -> bytes:
    """One line for each change: what happened, and the images that the stream carries."""
    return "".join(
        json.dumps({"event": record["eventName"], **record["dynamodb"]}, sort_keys=True) + "\n" for record in records
    ).encode()
