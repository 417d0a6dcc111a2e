"""Orders of nexusstream on the embedded AWS: from a queue to its function, and failures to where they wait."""

import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.example import add_cells_of
from tests.integration.conftest import ROOT, Project

pytestmark = pytest.mark.integration

ORDER = {"partnerId": "PARTNER_A", "externalOrderId": "ORD-A-1", "quantity": 5}


@pytest.fixture(scope="module")
def cell(project: Project):
    """The dev cell, deployed into an account that is vended first: its account, and physical ids by logical id."""
    add_cells_of(project.folder, "nexusstream", source=ROOT)
    assert project.cells("local", "up", "--port", str(project.port)).code == 0
    result = project.cells("up", "nexusstream", "--json")
    assert result.code == 0, result.err
    deployed = result.json()
    cloudformation = project.client("cloudformation", deployed["account"])
    resources = {
        resource["LogicalResourceId"]: (resource["ResourceType"], resource["PhysicalResourceId"])
        for layer in ("data", "service")
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=f"nexusstream-dev-{layer}")
        for resource in page["StackResourceSummaries"]
    }
    return deployed, resources


@pytest.fixture(scope="module")
def client(project: Project, cell) -> Callable[[str], object]:
    deployed, _ = cell
    return lambda service: project.client(service, deployed["account"])


@pytest.fixture(scope="module")
def one(cell) -> Callable[..., str]:
    """The physical id of the one resource of a type whose logical id begins so."""
    _, resources = cell

    def find(type: str, prefix: str) -> str:
        (found,) = (id for name, (kind, id) in resources.items() if kind == f"AWS::{type}" and name.startswith(prefix))
        return found

    return find


@pytest.fixture(scope="module")
def service(client, one) -> Iterator[list[dict]]:
    """An order service on loopback in the place of the load balancer, which takes no connections there."""
    taken: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    name = one("Lambda::Function", "OrderFeedPersisterFunction")
    variables = client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    variables["ORDERS_URL"] = f"http://127.0.0.1:{server.server_port}/internal/orders"
    client("lambda").update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    yield taken
    server.shutdown()


def eventually(ask: Callable[[], object], what: str):
    for _ in range(120):
        found = ask()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what}: not within a minute")


def send(client, queue: str, body: str) -> None:
    client("sqs").send_message(QueueUrl=queue, MessageBody=body)


def test_a_product_without_accounts_is_vended_and_deployed(cell) -> None:
    deployed, _ = cell

    assert [stack["action"] for stack in deployed["stacks"]] == ["create"] * 5


def test_a_valid_order_reaches_the_service_once_though_its_message_comes_twice(client, one, service) -> None:
    queue = one("SQS::Queue", "OrderFeedValidOrdersQueue")

    for _ in range(2):
        send(client, queue, json.dumps({"eventType": "ORDER_VALIDATED", "orderEvent": ORDER}))

    eventually(lambda: service, "the order at the service")
    eventually(lambda: _waiting(client, queue) == 0, "the queue empty")
    assert service == [ORDER]


def test_a_poisoned_order_waits_in_the_dead_letter_queue_after_three_tries(client, one) -> None:
    queue = one("SQS::Queue", "OrderFeedValidOrdersQueue")
    dead = one("SQS::Queue", "OrderFeedValidOrdersDeadLetterQueue")
    # So that the tries follow each other at once, and not a minute apart.
    client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "0"})

    send(client, queue, "poison")

    def received() -> list[dict]:
        return (
            client("sqs")
            .receive_message(QueueUrl=dead, WaitTimeSeconds=1, AttributeNames=["ApproximateReceiveCount"])
            .get("Messages", [])
        )

    (message,) = eventually(received, "the poisoned order in the dead-letter queue")
    assert message["Body"] == "poison"
    assert _waiting(client, queue) == 0


def test_a_refused_order_is_an_item_that_its_partner_is_asked_for(client, one) -> None:
    table = one("DynamoDB::GlobalTable", "ErrorEventsTable")
    body = {"id": "e-1", "timestamp": "2026-11-27T10:00:00Z", "orderEvent": ORDER, "reason": "quantity"}

    send(client, one("SQS::Queue", "ErrorEventsErrorOrdersQueue"), json.dumps(body))

    def items() -> list[dict]:
        return client("dynamodb").query(
            TableName=table,
            IndexName="partnerId-timestamp-index",
            KeyConditionExpression="partnerId = :partner",
            ExpressionAttributeValues={":partner": {"S": "PARTNER_A"}},
        )["Items"]

    (item,) = eventually(items, "the error event")
    assert item["id"] == {"S": "e-1"}
    assert int(item["expires_at"]["N"]) > time.time() + 89 * 24 * 3600


def _waiting(client, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)
