"""Hands each valid order of a batch to the order service, once.

An order is known by partner and the partner's own number. One that was handed over is remembered, so a message that
comes twice reaches the service once; one that fails comes again, and after the last try waits in the dead-letter queue.
"""

import json
import os
import time
import urllib.request
from functools import cache
from typing import TypedDict, cast

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext


class Order(TypedDict):
    """What the persister has to know of an order; the rest is the service's."""

    partnerId: str
    externalOrderId: str


class Event(TypedDict):
    """What Lambda calls the function with."""

    Records: list[dict[str, str]]


logger = Logger(service="order-persister")
processor = BatchProcessor(event_type=EventType.SQS)
config = IdempotencyConfig(event_key_jmespath="[partnerId, externalOrderId]", expires_after_seconds=14 * 24 * 3600)


@logger.inject_lambda_context
def handler(event: Event, context: LambdaContext) -> PartialItemFailureResponse:
    """Work the batch off and answer which messages failed. When all of them do, the call fails."""
    config.register_lambda_context(context)
    return process_partial_response(
        event=cast("dict[str, object]", event), record_handler=persist, processor=processor, context=context
    )


def persist(record: SQSRecord) -> None:
    """Hand one order over, and count it. Raises ValueError for a message that holds none."""
    order = order_of(record.body)
    started = time.monotonic()
    hand_over = idempotent_function(post, data_keyword_argument="order", persistence_store=memory(), config=config)
    hand_over(order=order)
    measure("OrdersValidated", MetricUnit.Count, 1, order["partnerId"])
    milliseconds = (time.monotonic() - started) * 1000
    measure("ProcessingLatencyMs", MetricUnit.Milliseconds, milliseconds, order["partnerId"])


def order_of(body: str) -> Order:
    """The order in a message. Raises ValueError for one without partner or number."""
    message = json.loads(body)
    order = message.get("orderEvent") if isinstance(message, dict) else None
    if not isinstance(order, dict):
        raise ValueError("the message has no orderEvent")
    for name in ("partnerId", "externalOrderId"):
        if not isinstance(order.get(name), str) or not order[name]:
            raise ValueError(f"the order has no {name}")
    return cast("Order", order)


def post(*, order: Order) -> None:
    """Give the order to the service. It keeps one for each partner and number, and takes a second one silently."""
    request = urllib.request.Request(
        os.environ["ORDERS_URL"],
        data=json.dumps(order).encode(),
        headers={
            "Content-Type": "application/json",
            "X-Amzn-Trace-Id": os.environ.get("_X_AMZN_TRACE_ID", ""),
        },
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=float(os.environ["ORDERS_TIMEOUT_SECONDS"])) as response:
        logger.info("handed over", extra={"order": order["externalOrderId"], "status": response.status})


def measure(name: str, unit: MetricUnit, value: float, partner: str) -> None:
    """Write a metric twice, of the partner and of the cell, because an alarm cannot add dimensions up."""
    namespace = os.environ["METRICS_NAMESPACE"]
    of_partner = {"Partner": partner, "Environment": os.environ["ENVIRONMENT"]}
    for dimensions in (of_partner, {"Cell": os.environ["CELL"]}):
        with single_metric(name=name, unit=unit, value=value, namespace=namespace, default_dimensions=dimensions):
            pass


@cache
def memory() -> DynamoDBPersistenceLayer:
    """Which orders were handed over."""
    return DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
