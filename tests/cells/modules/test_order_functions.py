"""The functions of the order modules: each order once, each error kept, and only what failed comes again."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import boto3
import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer

from cells.modules.lambdas.error_logger import index as error_logger
from cells.modules.lambdas.order_persister import index as persister
from cells.modules.lambdas.order_stats import index as stats

ORDER = {"partnerId": "PARTNER_A", "externalOrderId": "ORD-1", "quantity": 5}


class Context:
    function_name = "orders"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn"
    aws_request_id = "1"

    def get_remaining_time_in_millis(self):
        return 10_000


class Memory(BasePersistenceLayer):
    """What the table does, in this process: an item is put only when it is not there."""

    def __init__(self):
        super().__init__()
        self.records = {}

    def _get_record(self, idempotency_key):
        if idempotency_key not in self.records:
            raise IdempotencyItemNotFoundError
        return self.records[idempotency_key]

    def _put_record(self, data_record):
        if data_record.idempotency_key in self.records:
            raise IdempotencyItemAlreadyExistsError
        self.records[data_record.idempotency_key] = data_record

    def _update_record(self, data_record):
        self.records[data_record.idempotency_key] = data_record

    def _delete_record(self, data_record):
        self.records.pop(data_record.idempotency_key, None)


class Service:
    """The order service: an HTTP server that takes orders, or refuses those of a number."""

    def __init__(self):
        self.taken = []
        self.refused = set()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                refuse = order.get("externalOrderId") in service.refused
                if not refuse:
                    service.taken.append((self.path, order))
                self.send_response(503 if refuse else 201)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def service(monkeypatch):
    service = Service()
    for name, value in {
        "ORDERS_URL": f"{service.url}/internal/orders",
        "REFRESH_URL": f"{service.url}/internal/orders/stats",
        "ORDERS_TIMEOUT_SECONDS": "5",
        "TIMEOUT_SECONDS": "5",
        "METRICS_NAMESPACE": "NexusStream",
        "ENVIRONMENT": "prod",
        "CELL": "nexusstream-prod",
        "ERROR_EVENTS_TABLE": "events",
        "ERROR_EVENTS_DAYS": "90",
        "POWERTOOLS_METRICS_DISABLED": "false",
    }.items():
        monkeypatch.setenv(name, value)
    memory = Memory()
    monkeypatch.setattr(persister, "memory", lambda: memory)
    yield service
    service.server.shutdown()


def message(id, body):
    text = body if isinstance(body, str) else json.dumps(body)
    return {"messageId": id, "body": text, "attributes": {"SentTimestamp": "1795734633000"}, "eventSource": "aws:sqs"}


def metrics(capsys):
    """What was measured: the name with its dimensions."""
    found = []
    for line in capsys.readouterr().out.splitlines():
        written = json.loads(line)
        for directive in written.get("_aws", {}).get("CloudWatchMetrics", []):
            names = [one["Name"] for one in directive["Metrics"]]
            assert directive["Namespace"] == "NexusStream"
            found += [(name, tuple(directive["Dimensions"][0])) for name in names]
    return found


def test_a_valid_order_reaches_the_service(service):
    answer = persister.handler({"Records": [message("1", {"orderEvent": ORDER})]}, Context())

    assert answer == {"batchItemFailures": []}
    assert service.taken == [("/internal/orders", ORDER)]


def test_an_order_that_comes_twice_reaches_the_service_once(service):
    persister.handler(
        {"Records": [message("1", {"orderEvent": ORDER}), message("2", {"orderEvent": ORDER})]}, Context()
    )
    persister.handler({"Records": [message("3", {"orderEvent": ORDER})]}, Context())

    assert len(service.taken) == 1


def test_the_same_number_of_another_partner_is_another_order(service):
    other = {**ORDER, "partnerId": "PARTNER_B"}
    persister.handler(
        {"Records": [message("1", {"orderEvent": ORDER}), message("2", {"orderEvent": other})]}, Context()
    )

    assert [order["partnerId"] for _, order in service.taken] == ["PARTNER_A", "PARTNER_B"]


def test_only_the_orders_that_the_service_refused_come_again_and_are_taken_then(service):
    late = {**ORDER, "externalOrderId": "ORD-2"}
    batch = {"Records": [message("1", {"orderEvent": ORDER}), message("2", {"orderEvent": late})]}
    service.refused.add("ORD-2")

    assert persister.handler(batch, Context()) == {"batchItemFailures": [{"itemIdentifier": "2"}]}

    service.refused.clear()
    assert persister.handler(batch, Context()) == {"batchItemFailures": []}
    assert [order["externalOrderId"] for _, order in service.taken] == ["ORD-1", "ORD-2"]


@pytest.mark.parametrize(
    "body",
    ["no json", "[]", {"orderEvent": None}, {"orderEvent": {"partnerId": "A"}}],
)
def test_a_message_without_an_order_fails_and_is_given_to_nobody(service, body):
    good = message("1", {"orderEvent": ORDER})

    answer = persister.handler({"Records": [good, message("2", body)]}, Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert len(service.taken) == 1


def test_an_order_is_measured_for_its_partner_and_for_the_cell(service, capsys):
    persister.handler({"Records": [message("1", {"orderEvent": ORDER})]}, Context())

    assert metrics(capsys) == [
        ("OrdersValidated", ("Partner", "Environment")),
        ("OrdersValidated", ("Cell",)),
        ("ProcessingLatencyMs", ("Partner", "Environment")),
        ("ProcessingLatencyMs", ("Cell",)),
    ]


class FakeTable:
    def __init__(self):
        self.items = []

    def put_item(self, *, TableName, Item):
        assert TableName == "events"
        self.items.append(Item)


@pytest.fixture
def table(monkeypatch, service):
    fake = FakeTable()
    monkeypatch.setattr(boto3, "client", lambda name: fake)
    monkeypatch.setattr(error_logger.time, "time", lambda: 1_000_000)
    return fake


def test_a_refused_order_is_kept_by_partner_and_time_for_90_days(table):
    body = {"id": "e-1", "timestamp": "2026-11-27T10:00:00Z", "orderEvent": ORDER, "reason": "quantity"}

    assert error_logger.handler({"Records": [message("1", body)]}, Context()) == {"batchItemFailures": []}

    (item,) = table.items
    assert (item["id"], item["timestamp"], item["partnerId"]) == (
        {"S": "e-1"},
        {"S": "2026-11-27T10:00:00Z"},
        {"S": "PARTNER_A"},
    )
    assert json.loads(item["payload"]["S"]) == body
    assert item["expires_at"] == {"N": str(1_000_000 + 90 * 24 * 3600)}


@pytest.mark.parametrize("body", ["no json", "[]", "null", json.dumps({"id": 7, "timestamp": None}), "x" * 1_000_000])
def test_what_cannot_be_read_is_kept_too_so_that_nothing_poisons_the_queue(table, body):
    assert error_logger.handler({"Records": [message("m-1", body)]}, Context()) == {"batchItemFailures": []}

    (item,) = table.items
    assert (item["id"], item["partnerId"]) == ({"S": "m-1"}, {"S": "UNKNOWN"})
    assert item["timestamp"]["S"].startswith("2026-11-26T")
    assert len(item["payload"]["S"].encode()) < 400_000


def test_a_refused_order_is_counted_for_its_partner_and_for_the_cell(table, capsys):
    error_logger.handler({"Records": [message("1", {"orderEvent": ORDER})]}, Context())

    assert metrics(capsys) == [("OrdersRejected", ("Partner", "Environment")), ("OrdersRejected", ("Cell",))]


def test_statistics_are_refreshed_by_the_service(service):
    assert stats.handler({}, Context()) == {"status": 201}
    assert service.taken == [("/internal/orders/stats", {})]
