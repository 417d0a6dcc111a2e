"""nerdwork's API Gateway on the embedded AWS: CloudFront's key opens it, and what it passes on reaches the service."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.example import add_cells_of
from tests.integration.conftest import ROOT, Project, Result

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def cell(project: Project):
    """The dev cell, deployed into an account that is vended first, and its physical ids by type and logical id."""
    add_cells_of(project.folder, "nerdwork", source=ROOT)
    assert project.cells("local", "up", "--port", str(project.port)).code == 0
    result = project.cells("up", "nerdwork", "--json")
    assert result.code == 0, result.err
    deployed = result.json()
    return deployed, project.resources(deployed["account"], "nerdwork-dev-service")


@pytest.fixture(scope="module")
def one(cell) -> Callable[[str, str], str]:
    """The physical id of the one resource of a type whose logical id begins so."""
    _, resources = cell
    one: Callable[[str, str], str] = resources.one
    return one


@pytest.fixture(scope="module")
def shown(project: Project, cell) -> Callable[[], dict]:
    """The origin that CloudFront asks for the API, as it is now: its host, and the headers that it adds."""
    deployed, _ = cell

    def read() -> dict:
        cloudfront = project.client("cloudfront", deployed["account"], "us-east-1")
        (distribution,) = cloudfront.list_distributions()["DistributionList"]["Items"]
        config = cloudfront.get_distribution_config(Id=distribution["Id"])["DistributionConfig"]
        (found,) = (origin for origin in config["Origins"]["Items"] if origin["Id"] == "ApiGateway")
        return found

    return read


@pytest.fixture(scope="module")
def service(project: Project, cell, one) -> Iterator[list[tuple[str, str, dict[str, str], bytes]]]:
    """A service on loopback in the place of the load balancer, which takes no connections there."""
    deployed, _ = cell
    taken: list[tuple[str, str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            taken.append((self.command, self.path, {name.lower(): text for name, text in self.headers.items()}, body))
            self.send_response(201)
            self.end_headers()
            self.wfile.write(b'{"answered": true}')

        do_DELETE = do_POST
        do_GET = do_POST

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    client, api = project.client("apigateway", deployed["account"]), one("ApiGateway::RestApi", "GatewayApi")
    for resource in client.get_resources(restApiId=api, limit=500)["items"]:
        if "ANY" in resource.get("resourceMethods", {}):
            at = f"http://127.0.0.1:{server.server_port}{resource['path'].replace('+}', '}')}"
            client.update_integration(
                restApiId=api,
                resourceId=resource["id"],
                httpMethod="ANY",
                patchOperations=[{"op": "replace", "path": "/uri", "value": at}],
            )
    yield taken
    server.shutdown()


@pytest.fixture(scope="module")
def ask(project: Project, shown) -> Callable[..., tuple[int, str]]:
    """Ask the API that CloudFront asks, with its key or without: the status and the body.

    The embedded AWS has no names of AWS, and takes the id of the API in the path.
    """

    def answer(path: str, *, verb: str = "GET", key: str = "", body: bytes | None = None) -> tuple[int, str]:
        api = shown()["DomainName"].partition(".execute-api.")[0]
        headers = {"Authorization": "Bearer of-a-user", "Content-Type": "image/png", "x-request-id": "mine"}
        request = Request(
            f"http://127.0.0.1:{project.port}/_aws/execute-api/{api}{shown()['OriginPath']}{path}",
            data=body,
            headers={**headers, "x-api-key": key} if key else headers,
            method=verb,
        )
        try:
            with urlopen(request, timeout=30) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    return answer


def key_of(origin: dict) -> str:
    (header,) = origin["CustomHeaders"]["Items"]
    assert header["HeaderName"] == "x-api-key"
    value: str = header["HeaderValue"]
    return value


def test_a_product_without_accounts_is_vended_and_deployed(project: Project, cell) -> None:
    deployed, _ = cell
    statuses = {
        stack["StackName"]: stack["StackStatus"]
        for region in ("eu-west-1", "us-east-1")
        for stack in project.client("cloudformation", deployed["account"], region).describe_stacks()["Stacks"]
        if stack["StackName"].startswith("nerdwork-dev")
    }

    assert [stack["action"] for stack in deployed["stacks"]] == ["create"] * 5
    assert len(statuses) == 5
    assert set(statuses.values()) == {"CREATE_COMPLETE"}


def test_cloudfront_shows_the_secret_of_the_cell_which_is_in_both_regions(project: Project, cell, one, shown) -> None:
    deployed, _ = cell
    arn = one("SecretsManager::Secret", "GatewaySecret1")

    here, there = (
        project.client("secretsmanager", deployed["account"], region).get_secret_value(
            SecretId=arn.replace("eu-west-1", region)
        )["SecretString"]
        for region in ("eu-west-1", "us-east-1")
    )

    assert len(here) == 48
    assert here == there == key_of(shown())


def test_who_has_no_key_is_refused_and_reaches_no_service(ask, service) -> None:
    for path in ("/api/comics", "/api", "/health"):
        assert ask(path)[0] == 403
        assert ask(path, key="a-key-that-nobody-gave-out")[0] == 403

    assert service == []


@pytest.mark.parametrize("verb", ["GET", "POST", "DELETE"])
def test_what_cloudfront_asks_reaches_the_service(ask, shown, service, verb: str) -> None:
    service.clear()
    body = bytes(range(256)) if verb == "POST" else None

    answer = ask("/api/comics/7/pages?size=20&sort=new", verb=verb, key=key_of(shown()), body=body)

    assert answer == (201, '{"answered": true}')
    ((asked, path, headers, arrived),) = service
    assert (asked, path) == (verb, "/api/comics/7/pages?size=20&sort=new")
    assert headers["authorization"] == "Bearer of-a-user"
    assert headers["x-api-key"] == "withheld"
    assert headers["x-request-id"] not in ("", "mine")
    assert arrived == (body or b"")


def test_health_is_asked_by_the_same_way(ask, shown, service) -> None:
    service.clear()

    assert ask("/health", key=key_of(shown()))[0] == 201
    assert [path for _, path, _, _ in service] == ["/health"]


def test_a_new_key_is_taken_beside_the_old_one_and_then_the_gateway_goes(project: Project, cell, ask, shown) -> None:
    """One story, because each step stands on the one before; `ask` reaches the service of the fixture no more."""
    before = key_of(shown())

    _deploy(project, "gateway.enabled: true", "gateway.enabled: true\n  gateway.key: 2")
    assert key_of(shown()) != before
    assert ask("/health", key=key_of(shown()))[0] != 403
    assert ask("/health", key=before)[0] != 403

    refused = _edited(project, "gateway.enabled: true\n  gateway.key: 2", "gateway.enabled: false")
    assert refused.code == 2
    assert "an output would go while it is still read" in refused.err

    _deploy(project, "gateway.enabled: false", "gateway.enabled: true\n  gateway.routed: false\n  gateway.key: 2")
    assert _targets(project, cell) == {"LoadBalancer"}

    past, off = "gateway.enabled: true\n  gateway.routed: false\n  gateway.key: 2", "gateway.enabled: false"
    _deploy(project, past, off, "--release-data", "nerdwork-dev")
    deployed, _ = cell
    assert not [id for id in project.resources(deployed["account"], "nerdwork-dev-service") if id.startswith("Gateway")]


def _edited(project: Project, old: str, new: str, *options: str) -> Result:
    project.edit("cells/products/nerdwork.yaml", old, new)
    return project.cells("deploy", "nerdwork", "-e", "dev", "--yes", "--json", *options)


def _deploy(project: Project, old: str, new: str, *options: str) -> None:
    result = _edited(project, old, new, *options)

    assert result.code == 0, result.err
    assert {stack["action"] for stack in result.json()["stacks"]} == {"update", "keep"}


def _targets(project: Project, cell) -> set[str]:
    deployed, _ = cell
    cloudfront = project.client("cloudfront", deployed["account"], "us-east-1")
    (distribution,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    config = cloudfront.get_distribution_config(Id=distribution["Id"])["DistributionConfig"]
    return {one["TargetOriginId"] for one in config["CacheBehaviors"]["Items"]}
