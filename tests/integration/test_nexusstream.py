"""Orders of nexusstream on the embedded AWS: from a queue to its function, and failures to where they wait.

Partners ask its API over HTTP. Besides, this cell has what no product has in dev: a canary and a search domain.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.example import add_cells_of
from tests.integration.conftest import ROOT, Project

pytestmark = pytest.mark.integration

ORDER = {"partnerId": "PARTNER_A", "externalOrderId": "ORD-A-1", "quantity": 5}
FED = {
    "externalOrderId": "ORD-A-2",
    "productId": "P-1",
    "customerId": "C-1",
    "quantity": 2,
    "unitPrice": 9.5,
    "transactionTime": "2026-11-27T10:00:00Z",
}
FEED = "/api/feed/partner-a"


@pytest.fixture(scope="module")
def cell(project: Project):
    """The dev cell, deployed into an account that is vended first: its account, and physical ids by logical id."""
    add_cells_of(project.folder, "nexusstream", source=ROOT)
    project.edit(
        "cells/products/nexusstream.yaml",
        "      partner-api.cache_gb: null\n",
        "      partner-api.cache_gb: null\n      canary.every_minutes: 5\n      search.engine: opensearch\n",
    )
    assert project.cells("local", "up", "--port", str(project.port)).code == 0
    result = project.cells("up", "nexusstream", "--json")
    assert result.code == 0, result.err
    deployed = result.json()
    stacks = ("nexusstream-dev-data", "nexusstream-dev-service", "nexusstream-dev")
    return deployed, project.resources(deployed["account"], *stacks)


@pytest.fixture(scope="module")
def client(project: Project, cell) -> Callable[[str], object]:
    deployed, _ = cell
    return lambda service: project.client(service, deployed["account"])


@pytest.fixture(scope="module")
def one(cell) -> Callable[..., str]:
    """The physical id of the one resource of a type whose logical id begins so."""
    _, resources = cell
    one: Callable[..., str] = resources.one
    return one


@pytest.fixture(scope="module")
def service(client, one) -> Iterator[list[dict]]:
    """An order service on loopback in the place of the load balancer, which takes no connections there."""
    with listening() as (port, taken):
        name = one("Lambda::Function", "OrderFeedPersisterFunction")
        variables = client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        variables["ORDERS_URL"] = f"http://127.0.0.1:{port}/internal/orders"
        client("lambda").update_function_configuration(FunctionName=name, Environment={"Variables": variables})
        yield taken


@pytest.fixture(scope="module")
def fed(client, one) -> Iterator[list[dict]]:
    """Another one, which the API reaches by its VPC link."""
    with listening() as (port, taken):
        api = {"restApiId": one("ApiGateway::RestApi", "PartnerApi"), "httpMethod": "POST"}
        for resource in client("apigateway").get_resources(restApiId=api["restApiId"], limit=500)["items"]:
            if resource["path"].startswith("/api/feed/"):
                at = {"op": "replace", "path": "/uri", "value": f"http://127.0.0.1:{port}/partner{resource['path']}"}
                client("apigateway").update_integration(**api, resourceId=resource["id"], patchOperations=[at])
        yield taken


@contextmanager
def listening() -> Iterator[tuple[int, list[dict]]]:
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
    yield server.server_port, taken
    server.shutdown()


def eventually(ask: Callable[[], object], what: str):
    # A message that was refused while another one of its kind is worked on comes back after its 60 seconds.
    for _ in range(240):
        found = ask()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what}: not within two minutes")


def send(client, queue: str, body: str) -> None:
    client("sqs").send_message(QueueUrl=queue, MessageBody=body)


@pytest.fixture(scope="module")
def ask(project: Project) -> Callable[..., tuple[int, str]]:
    """Ask the partners' domain for a path, as a partner would: the status and the body of the answer."""

    def answer(path: str, *, key: str = "", body: object = None) -> tuple[int, str]:
        headers = {"Host": "partner.nexusstream-dev.example.com", "Content-Type": "application/json"}
        request = Request(
            f"http://127.0.0.1:{project.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={**headers, "x-api-key": key} if key else headers,
        )
        try:
            with urlopen(request, timeout=30) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    return answer


@pytest.fixture(scope="module")
def key(client, one) -> Callable[[str], str]:
    """The key of a partner, from the secret that a person hands over."""
    return lambda partner: client("secretsmanager").get_secret_value(
        SecretId=one("SecretsManager::Secret", f"PartnerApi{partner}Key")
    )["SecretString"]


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


def test_a_request_without_a_key_or_with_a_wrong_one_is_refused(ask, fed) -> None:
    assert ask(FEED, body=FED)[0] == 401
    assert ask(FEED, key="a-key-that-nobody-has", body=FED)[0] == 403
    assert fed == []


def test_an_order_with_the_partners_key_reaches_the_service(ask, key, fed) -> None:
    assert ask(FEED, key=key("PartnerA"), body=FED)[0] == 201
    assert fed == [FED]


def test_a_partners_key_opens_no_path_of_another(ask, key, fed) -> None:
    before = list(fed)

    assert ask(FEED, key=key("PartnerB"), body=FED)[0] == 403
    assert ask(f"{FEED}/batch", key=key("PartnerB"), body=[FED])[0] == 403
    assert fed == before
    assert ask("/api/feed/partner-b", key=key("PartnerB"), body=FED)[0] == 201


def test_an_order_that_is_not_valid_is_told_so_and_no_service_sees_it(ask, key, fed) -> None:
    before = list(fed)

    status, told = ask(FEED, key=key("PartnerA"), body={**FED, "quantity": 0})

    assert status == 400
    assert "Invalid request body" in told
    assert fed == before


def test_pages_are_published_and_published_again(project: Project, client, one) -> None:
    dist = project.folder / "dist"
    (dist / "js").mkdir(parents=True)
    (dist / "index.html").write_text("<script src=/js/app-a1b2c3d4.js></script>")
    (dist / "js" / "app-a1b2c3d4.js").write_text("1")
    words = ("frontend", "publish", "nexusstream", str(dist), "--yes", "--json")

    first, second = project.cells(*words), project.cells(*words)

    assert first.code == 0, first.err
    assert (first.json()["new"], second.json()["new"]) == (["js/app-a1b2c3d4.js", "index.html"], [])
    bucket = one("S3::Bucket", "Site")
    page = client("s3").get_object(Bucket=bucket, Key="index.html")
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "no-cache")
    assert "immutable" in client("s3").head_object(Bucket=bucket, Key="js/app-a1b2c3d4.js")["CacheControl"]


def test_pages_that_nobody_would_get_are_refused(project: Project, cell) -> None:
    dist = project.folder / "hidden"
    (dist / "api").mkdir(parents=True)
    (dist / "index.html").write_text("<p>")
    (dist / "api" / "client.js").write_text("1")

    result = project.cells("frontend", "publish", "nexusstream", str(dist), "--yes")

    assert result.code == 2
    assert "/api/* is not answered from the bucket of the site" in result.err
    assert "hint:" in result.err


def test_what_a_key_may_ask_is_in_its_usage_plan(client, one) -> None:
    plan = client("apigateway").get_usage_plan(usagePlanId=one("ApiGateway::UsagePlan", "PartnerApi"))

    assert plan["throttle"] == {"rateLimit": 100, "burstLimit": 50}
    assert [stage["stage"] for stage in plan["apiStages"]] == ["live"]


def test_the_front_door_is_checked_from_outside_every_five_minutes(client, one) -> None:
    canary = client("synthetics").get_canary(Name=one("Synthetics::Canary", ""))["Canary"]

    assert canary["Name"] == "nexusstream-dev-front-door"
    assert canary["Status"]["State"] == "RUNNING"
    assert canary["Schedule"]["Expression"] == "rate(5 minutes)"


def test_the_search_domain_is_in_the_vpc_and_the_containers_know_it(client, one) -> None:
    domain = client("opensearch").describe_domain(DomainName=one("OpenSearchService::Domain", ""))["DomainStatus"]
    task = client("ecs").describe_task_definition(taskDefinition=one("ECS::TaskDefinition", "Api"))["taskDefinition"]
    known = {item["name"]: item["value"] for item in task["containerDefinitions"][0]["environment"]}

    assert domain["EncryptionAtRestOptions"]["Enabled"] is True
    assert len(domain["VPCOptions"]["SubnetIds"]) == 1
    assert known["SEARCH_ENDPOINT"] == f"https://{domain['Endpoints']['vpc']}"


def _waiting(client, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)
