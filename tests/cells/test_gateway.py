"""API Gateway between the front door and the API: what goes through it, who may ask it, and how it comes to a cell."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import JsonValue

from assembly.diff.change import AssemblyDiff
from assembly.diff.compare import compare
from assembly.load import CloudAssembly
from assembly.references import missing_outputs, retired_too_early
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.plan import CellPlan
from cells.sizes import SIZES, Size
from constructs_lib.specs.errors import InputError

REVISIONS = {"AWS::ApiGateway::Deployment", "AWS::ECS::TaskDefinition"}
"""Pictures of how something is now: a change makes a new one beside the old one."""

Releases = tuple[CloudAssembly, ...]


@pytest.fixture(scope="module")
def nerdwork(product_cell: Callable[[str, str], Path]) -> CloudAssembly:
    return CloudAssembly.load(product_cell("nerdwork", "prod"))


@pytest.fixture(scope="module")
def partners(product_cell: Callable[[str, str], Path]) -> CloudAssembly:
    """A live cell with an API for partners, and without a gateway."""
    return CloudAssembly.load(product_cell("nexusstream", "prod"))


@pytest.fixture(scope="module")
def turned_on(workspace: Workspace, synthesize: Callable[[CellPlan], Path]) -> CloudAssembly:
    """The same cell, with it."""
    settings = ["gateway.enabled=true", "gateway.requests_per_second=300", "gateway.burst=60"]
    return CloudAssembly.load(synthesize(workspace.plan("nexusstream", choice(environment="prod", settings=settings))))


@pytest.fixture(scope="module")
def releases(workspace: Workspace, synthesize: Callable[[CellPlan], Path], nerdwork: CloudAssembly) -> Releases:
    """nerdwork with the second and the third key, then past its gateway, and then without it."""

    def with_settings(*settings: str) -> CloudAssembly:
        plan = workspace.plan("nerdwork", choice(environment="prod", settings=list(settings)))
        return CloudAssembly.load(synthesize(plan))

    return (
        nerdwork,
        with_settings("gateway.key=2"),
        with_settings("gateway.key=3"),
        with_settings("gateway.key=3", "gateway.routed=false"),
        with_settings("gateway.enabled=false"),
    )


def named(assembly: CloudAssembly, stack: str, type: str, prefix: str = "") -> dict[str, dict[str, JsonValue]]:
    """The properties of resources of a type, by logical id."""
    found = assembly.stack(f"ProductCell-{stack}")
    return {
        id: found.resources[id].get("Properties", {})
        for id in found.resources
        if found.resource_type(id) == f"AWS::{type}" and id.startswith(prefix)
    }


def only(assembly: CloudAssembly, stack: str, type: str, prefix: str = "") -> dict[str, JsonValue]:
    (found,) = named(assembly, stack, type, prefix).values()
    return found


def distribution(assembly: CloudAssembly) -> dict[str, JsonValue]:
    config = only(assembly, "Edge", "CloudFront::Distribution")["DistributionConfig"]
    assert isinstance(config, dict)
    return config


def origin(assembly: CloudAssembly) -> dict[str, JsonValue]:
    (found,) = (one for one in distribution(assembly)["Origins"] if one["Id"] == "ApiGateway")
    return found


def methods(assembly: CloudAssembly) -> dict[str, dict[str, JsonValue]]:
    """The methods of the gateway, by the URL that they ask."""
    found = named(assembly, "Service", "ApiGateway::Method", "Gateway").values()
    return {one["Integration"]["Uri"]: one for one in found}


class TestWayOfARequest:
    def test_the_api_and_its_health_go_through_it_and_web_sockets_past_it(self, nerdwork: CloudAssembly) -> None:
        targets = {one["PathPattern"]: one["TargetOriginId"] for one in distribution(nerdwork)["CacheBehaviors"]}

        assert targets == {"/api/*": "ApiGateway", "/health": "ApiGateway", "/ws/*": "LoadBalancer"}

    def test_nothing_else_of_a_behavior_changes(self, nerdwork: CloudAssembly, partners: CloudAssembly) -> None:
        def rest(assembly: CloudAssembly) -> list[dict[str, JsonValue]]:
            found = distribution(assembly)["CacheBehaviors"]
            return [{name: value for name, value in one.items() if name != "TargetOriginId"} for one in found]

        assert rest(nerdwork) == rest(partners)

    def test_cloudfront_asks_by_the_address_of_aws_over_tls_and_waits_longer_than_the_api(
        self, nerdwork: CloudAssembly
    ) -> None:
        found = origin(nerdwork)

        assert ".execute-api.eu-west-1." in str(found["DomainName"])
        assert found["OriginPath"] == "/live"
        assert found["CustomOriginConfig"] == {
            "OriginKeepaliveTimeout": 60,
            "OriginProtocolPolicy": "https-only",
            "OriginReadTimeout": 30,
            "OriginSSLProtocols": ["TLSv1.2"],
        }

    def test_every_path_and_verb_goes_to_the_load_balancer_by_the_link(self, nerdwork: CloudAssembly) -> None:
        (link,) = named(nerdwork, "Service", "ApiGatewayV2::VpcLink")
        (balancer,) = named(nerdwork, "Service", "ElasticLoadBalancingV2::LoadBalancer")
        base = "https://origin.nerdwork.example.com"

        found = methods(nerdwork)

        assert set(found) == {f"{base}/api", f"{base}/api/{{rest}}", f"{base}/health"}
        for method in found.values():
            integration = method["Integration"]
            assert (method["HttpMethod"], integration["Type"]) == ("ANY", "HTTP_PROXY")
            assert (integration["ConnectionType"], integration["ConnectionId"]) == ("VPC_LINK", {"Ref": link})
            assert integration["IntegrationTarget"] == {"Ref": balancer}

    def test_the_path_below_comes_along(self, nerdwork: CloudAssembly) -> None:
        parameters = methods(nerdwork)["https://origin.nerdwork.example.com/api/{rest}"]["Integration"]

        assert parameters["RequestParameters"]["integration.request.path.rest"] == "method.request.path.rest"

    def test_services_see_the_number_of_the_request_and_never_the_key(self, nerdwork: CloudAssembly) -> None:
        for method in methods(nerdwork).values():
            parameters = method["Integration"]["RequestParameters"]
            assert parameters["integration.request.header.x-api-key"] == "'withheld'"
            assert parameters["integration.request.header.x-request-id"] == "context.requestId"

    def test_bodies_pass_as_they_are(self, nerdwork: CloudAssembly) -> None:
        assert only(nerdwork, "Service", "ApiGateway::RestApi")["BinaryMediaTypes"] == ["*/*"]


class TestWhoMayAsk:
    def test_every_method_asks_for_the_key(self, nerdwork: CloudAssembly) -> None:
        assert {method["ApiKeyRequired"] for method in methods(nerdwork).values()} == {True}

    def test_api_and_front_door_read_one_secret_each_in_its_region(self, nerdwork: CloudAssembly) -> None:
        (secret,) = named(nerdwork, "Service", "SecretsManager::Secret", "Gateway")
        outputs = nerdwork.stack("ProductCell-Service").template["Outputs"]
        (header,) = origin(nerdwork)["OriginCustomHeaders"]

        assert read_by(only(nerdwork, "Service", "ApiGateway::ApiKey")["Value"], outputs) == {"Ref": secret}
        assert header["HeaderName"] == "x-api-key"
        (text, parts) = read_by(header["HeaderValue"], outputs)["Fn::Join"]
        assert text + "".join(part if isinstance(part, str) else "?" for part in parts) == (
            "arn:?:secretsmanager:us-east-1:000000000000:secret:?"
        )
        assert parts[-1] == {"Fn::Select": [6, {"Fn::Split": [":", {"Ref": secret}]}]}

    def test_the_secret_is_random_and_has_a_copy_where_cloudfront_s_stack_is(self, nerdwork: CloudAssembly) -> None:
        secret = only(nerdwork, "Service", "SecretsManager::Secret", "Gateway")

        assert secret["GenerateSecretString"]["PasswordLength"] == 48
        assert secret["ReplicaRegions"] == [{"Region": "us-east-1"}]

    def test_its_access_is_logged_encrypted_and_traced(self, nerdwork: CloudAssembly) -> None:
        stage = only(nerdwork, "Service", "ApiGateway::Stage")

        assert stage["TracingEnabled"] is True
        assert json.loads(stage["AccessLogSetting"]["Format"])["requestId"] == "$context.requestId"
        assert all(one["KmsKeyId"] for one in named(nerdwork, "Service", "Logs::LogGroup", "GatewayApi").values())

    def test_throttling_is_a_setting_of_stage_and_key(self, turned_on: CloudAssembly) -> None:
        (everywhere,) = only(turned_on, "Service", "ApiGateway::Stage", "Gateway")["MethodSettings"]
        plan = only(turned_on, "Service", "ApiGateway::UsagePlan", "Gateway")

        assert (everywhere["ThrottlingRateLimit"], everywhere["ThrottlingBurstLimit"]) == (300, 60)
        assert plan["Throttle"] == {"RateLimit": 300, "BurstLimit": 60}

    def test_what_it_throttles_is_told_apart_from_what_a_service_refuses(self, nerdwork: CloudAssembly) -> None:
        counted = only(nerdwork, "Service", "Logs::MetricFilter")
        (transformation,) = counted["MetricTransformations"]
        alarms = named(nerdwork, "Service", "CloudWatch::Alarm").values()

        assert counted["FilterPattern"] == '{ ($.status = "429") && ($.integrationLatency = "-") }'
        assert len([alarm for alarm in alarms if f"'{transformation['MetricName']}'" in str(alarm)]) == 1

    def test_slow_answers_and_failures_raise_alarms(self, nerdwork: CloudAssembly) -> None:
        alarms = named(nerdwork, "Service", "CloudWatch::Alarm")
        watched = [str(one.get("Metrics", one)) for id, one in alarms.items() if "Gateway" in id]

        assert any("5XXError" in one for one in watched)
        assert any("Latency" in one for one in watched)


def read_by(value: JsonValue, outputs: dict[str, JsonValue]) -> JsonValue:
    """What a dynamic reference reads: the value of the output that it names."""
    (before, reference, after) = value["Fn::Join"][1]
    assert (before, after) == ("{{resolve:secretsmanager:", ":SecretString:::}}")
    if "Fn::GetStackOutput" not in reference:
        return reference
    return outputs[reference["Fn::GetStackOutput"]["OutputName"]]["Value"]


class TestInALiveCell:
    @pytest.mark.parametrize("size", SIZES)
    def test_no_size_has_it_by_itself(self, size: Size) -> None:
        assert not SIZES[size].gateway.enabled

    def test_a_cell_without_it_has_nothing_of_it(self, cell: Callable[[str], Path]) -> None:
        stacks = CloudAssembly.load(cell("prod")).stacks

        assert not [id for stack in stacks for id in stack.resources if "gateway" in id.lower() and "Nat" not in id]

    def test_it_replaces_and_removes_nothing(self, partners: CloudAssembly, turned_on: CloudAssembly) -> None:
        diff = compare(partners, turned_on)

        assert lost(diff) == []
        assert diff.endangered == ()
        assert {change.type for change in diff.resources if change.action == "create"} >= {"AWS::ApiGateway::RestApi"}

    def test_one_role_of_the_account_writes_the_logs_of_two_apis(self, turned_on: CloudAssembly) -> None:
        (account,) = named(turned_on, "Service", "ApiGateway::Account")
        stages = turned_on.stack("ProductCell-Service").resources

        assert account.startswith("PartnerApi")
        (gateway,) = named(turned_on, "Service", "ApiGateway::Stage", "Gateway")
        assert account in stages[gateway]["DependsOn"]

    def test_a_new_key_comes_beside_the_old_one_and_replaces_nothing(self, releases: Releases) -> None:
        first, second, *_ = releases
        diff = compare(first, second)

        assert lost(diff) == []
        assert diff.endangered == ()
        (header,) = origin(second)["OriginCustomHeaders"]
        assert "GatewayKey2ArnAtEdge" in str(header["HeaderValue"])
        assert {id[: len("GatewayApiKey1")] for id in named(second, "Service", "ApiGateway::ApiKey")} == {
            "GatewayApiKey1",
            "GatewayApiKey2",
        }

    def test_the_key_before_the_last_one_is_not_taken_any_more(self, releases: Releases) -> None:
        third = releases[2]

        taken = {id[: len("GatewayApiKey1")] for id in named(third, "Service", "ApiGateway::ApiKey")}
        assert taken == {"GatewayApiKey2", "GatewayApiKey3"}

    def test_no_release_takes_away_what_cloudfront_still_reads(self, releases: Releases) -> None:
        """Nor what holds data: a key that is no longer taken keeps its secret."""
        for before, after in pairwise(releases):
            assert retired_too_early(before.stacks, after.stacks) == ()
            assert missing_outputs(after) == ()
            assert compare(before, after).endangered == ()

    def test_past_the_gateway_cloudfront_asks_the_load_balancer(self, releases: Releases) -> None:
        past = releases[3]

        assert {one["TargetOriginId"] for one in distribution(past)["CacheBehaviors"]} == {"LoadBalancer"}
        assert named(past, "Service", "ApiGateway::RestApi")

    def test_gone_at_once_it_would_leave_cloudfront_with_nothing_to_read(self, releases: Releases) -> None:
        assert {one.output for one in retired_too_early(releases[2].stacks, releases[4].stacks)} == {
            "GatewayApiId",
            "GatewayKey3ArnAtEdge",
        }

    def test_numbers_without_it_are_an_error_at_their_line(self, workspace: Workspace) -> None:
        with pytest.raises(InputError, match=r"gateway: burst 9 is of a gateway that is not there") as caught:
            workspace.plan("acme-crm", choice(environment="dev", settings=["gateway.burst=9"]))

        assert caught.value.hint

    @pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
    def test_nerdwork_has_it_in_every_environment(self, workspace: Workspace, environment: str) -> None:
        assert workspace.plan("nerdwork", choice(environment=environment)).settings.gateway.enabled


def lost(diff: AssemblyDiff) -> list[str]:
    return [
        f"{change.action} {change.stack}/{change.logical_id}"
        for change in diff.resources
        if change.action in ("replace", "remove") and change.type not in REVISIONS
    ]
