"""Keeps each order that was refused, for as long as people look at them.

Errors are terminal: their queue has no dead-letter queue. So whatever comes is kept, also what cannot be read, and a
message comes again only when the table itself does not answer. Keeping one twice changes nothing.
"""

import json
import os
import time
from datetime import UTC, datetime
from typing import TypedDict, cast

import boto3
from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

_MOST_CHARACTERS = 90_000
"""An item takes 400 KB and a message may be larger; four bytes is the longest character."""

_UNKNOWN = "UNKNOWN"


class Event(TypedDict):
    """What Lambda calls the function with."""

    Records: list[dict[str, str]]


logger = Logger(service="error-logger")
processor = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context
def handler(event: Event, context: LambdaContext) -> PartialItemFailureResponse:
    """Keep the batch and answer which messages failed."""
    return process_partial_response(
        event=cast("dict[str, object]", event), record_handler=keep, processor=processor, context=context
    )


def keep(record: SQSRecord) -> None:
    """Write one error event, and count the refused order."""
    item = item_of(record)
    boto3.client("dynamodb").put_item(TableName=os.environ["ERROR_EVENTS_TABLE"], Item=item)
    count(item["partnerId"]["S"])
    logger.info("kept", extra={"error": item["id"]["S"]})


def item_of(record: SQSRecord) -> dict[str, dict[str, str]]:
    """The item of a message, in DynamoDB's JSON. What cannot be read is kept as it came."""
    message = read(record.body)
    event = message.get("orderEvent")
    order = cast("dict[str, object]", event) if isinstance(event, dict) else message
    days = int(os.environ["ERROR_EVENTS_DAYS"])
    return {
        "id": {"S": text(message.get("id")) or record.message_id},
        "timestamp": {"S": text(message.get("timestamp")) or sent(record)},
        "partnerId": {"S": text(order.get("partnerId")) or _UNKNOWN},
        "payload": {"S": record.body[:_MOST_CHARACTERS]},
        "expires_at": {"N": str(int(time.time()) + days * 24 * 3600)},
    }


def read(body: str) -> dict[str, object]:
    """The message as an object; empty when it is none."""
    try:
        message = json.loads(body)
    except ValueError:
        return {}
    return cast("dict[str, object]", message) if isinstance(message, dict) else {}


def text(value: object) -> str:
    """A value that can be part of a key: a text that is not too long. Else nothing."""
    return value if isinstance(value, str) and len(value) <= 200 else ""


def sent(record: SQSRecord) -> str:
    """When SQS took the message."""
    milliseconds = int(record.attributes.sent_timestamp or 0)
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).isoformat()


def count(partner: str) -> None:
    """Write the metric twice, of the partner and of the cell, because an alarm cannot add dimensions up."""
    namespace = os.environ["METRICS_NAMESPACE"]
    of_partner = {"Partner": partner, "Environment": os.environ["ENVIRONMENT"]}
    for dimensions in (of_partner, {"Cell": os.environ["CELL"]}):
        with single_metric(
            name="OrdersRejected", unit=MetricUnit.Count, value=1, namespace=namespace, default_dimensions=dimensions
        ):
            pass
