"""The choice of frontend through the layers of a cell."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue, TypeAdapter

from assembly.load import CloudAssembly
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.idle_cost import idle_cost
from cells.plan import CellPlan
from constructs_lib.specs.frontend import AmplifyFrontend, ExternalFrontend, Frontend, SpaFrontend

FRONTEND: TypeAdapter[SpaFrontend | ExternalFrontend | AmplifyFrontend] = TypeAdapter(Frontend)
EXTERNAL = FRONTEND.validate_python(
    {
        "kind": "external",
        "host": "vercel",
        "records": [
            {"name": "@", "addresses": ["76.76.21.21"]},
            {"name": "www", "target": "cname.vercel-dns.com"},
        ],
        "origins": ["https://crm-preview.vercel.app"],
    }
)
ORIGINS = ["https://crm-dev.example.com", "https://www.crm-dev.example.com", "https://crm-preview.vercel.app"]


@pytest.fixture(scope="module")
def external(workspace: Workspace, synthesize: Callable[[CellPlan], Path]) -> CloudAssembly:
    plan = workspace.plan("acme-crm", choice(environment="dev")).model_copy(update={"frontend": EXTERNAL})
    return CloudAssembly.load(synthesize(plan))


@pytest.fixture(scope="module")
def shop(product_cell: Callable[[str, str], Path]) -> CloudAssembly:
    return CloudAssembly.load(product_cell("shop3d", "prod"))


@pytest.fixture(scope="module")
def spa(product_cell: Callable[[str, str], Path]) -> CloudAssembly:
    return CloudAssembly.load(product_cell("acme-crm", "prod"))


def properties(assembly: CloudAssembly, stack: str, type: str) -> list[dict[str, JsonValue]]:
    found = assembly.stack(stack)
    return [found.resources[id]["Properties"] for id in found.resources if found.resource_type(id) == type]


def types(assembly: CloudAssembly) -> set[str]:
    return {stack.resource_type(id) for stack in assembly.stacks for id in stack.resources}


def distribution(assembly: CloudAssembly) -> dict[str, JsonValue]:
    (found,) = properties(assembly, "ProductCell-Edge", "AWS::CloudFront::Distribution")
    config = found["DistributionConfig"]
    assert isinstance(config, dict)
    return config


def cors(assembly: CloudAssembly) -> JsonValue:
    (policy,) = properties(assembly, "ProductCell-Edge", "AWS::CloudFront::ResponseHeadersPolicy")
    config = policy["ResponseHeadersPolicyConfig"]
    assert isinstance(config, dict)
    return config.get("CorsConfig")


def record_names(assembly: CloudAssembly) -> set[tuple[JsonValue, JsonValue]]:
    found = properties(assembly, "ProductCell-Edge", "AWS::Route53::RecordSet")
    return {(record["Name"], record["Type"]) for record in found}


def container_environment(assembly: CloudAssembly) -> dict[str, JsonValue]:
    definitions = json.loads(json.dumps(properties(assembly, "ProductCell-Service", "AWS::ECS::TaskDefinition")))
    containers = [container for one in definitions for container in one["ContainerDefinitions"]]
    return {one["Name"]: one["Value"] for container in containers for one in container["Environment"]}


class TestSpa:
    def test_has_one_domain_for_pages_and_api_and_so_no_cors(self, spa: CloudAssembly) -> None:
        assert distribution(spa)["Aliases"] == ["crm.example.com"]
        assert cors(spa) is None
        assert "CORS_ORIGINS" not in container_environment(spa)

    def test_has_nothing_of_the_others(self, spa: CloudAssembly) -> None:
        assert not {type for type in types(spa) if type.startswith("AWS::Amplify::")}
        assert "CAA" not in {type for _, type in record_names(spa)}


class TestExternal:
    def test_has_no_bucket_of_a_site(self, external: CloudAssembly) -> None:
        assert properties(external, "ProductCell-Service", "AWS::S3::Bucket") == []
        origins = distribution(external)["Origins"]
        assert isinstance(origins, list)
        assert len(origins) == 1

    def test_serves_the_api_below_the_domain_with_a_certificate_for_it(self, external: CloudAssembly) -> None:
        assert distribution(external)["Aliases"] == ["api.crm-dev.example.com"]
        (certificate,) = properties(external, "ProductCell-Edge", "AWS::CertificateManager::Certificate")
        assert certificate["DomainName"] == "api.crm-dev.example.com"
        assert "SubjectAlternativeNames" not in certificate

    def test_every_path_that_is_not_the_apis_is_closed(self, external: CloudAssembly) -> None:
        config = json.loads(json.dumps(distribution(external)))
        functions = {
            behavior.get("PathPattern", "*"): str(behavior["FunctionAssociations"][0]["FunctionARN"])
            for behavior in (config["DefaultCacheBehavior"], *config["CacheBehaviors"])
        }

        assert "Closed" in functions.pop("*")
        assert set(functions) == {"/api/*", "/ws/*", "/health"}
        assert all("Callers" in function for function in functions.values())
        assert "DefaultRootObject" not in config

    def test_exactly_the_named_origins_may_call(self, external: CloudAssembly) -> None:
        found = cors(external)

        assert isinstance(found, dict)
        assert found["AccessControlAllowOrigins"] == {"Items": ORIGINS}
        assert found["OriginOverride"] is True
        assert found["AccessControlAllowCredentials"] is True
        (code,) = [
            one["FunctionCode"]
            for one in properties(external, "ProductCell-Edge", "AWS::CloudFront::Function")
            if "ORIGINS" in str(one["FunctionCode"])
        ]
        assert json.dumps(ORIGINS) in str(code)

    def test_containers_know_who_calls(self, external: CloudAssembly) -> None:
        environment = container_environment(external)

        assert environment["CORS_ORIGINS"] == ",".join(ORIGINS)
        assert environment["API_DOMAIN"] == "api.crm-dev.example.com"

    def test_people_come_back_from_signing_in_to_the_pages(self, external: CloudAssembly) -> None:
        clients = properties(external, "ProductCell-Data", "AWS::Cognito::UserPoolClient")

        assert [f"{origin}/auth/callback" for origin in ORIGINS] in [client.get("CallbackURLs") for client in clients]

    def test_the_zone_has_what_the_host_asks_for_and_nothing_else(self, external: CloudAssembly) -> None:
        assert record_names(external) == {
            ("api.crm-dev.example.com.", "A"),
            ("api.crm-dev.example.com.", "AAAA"),
            ("api.crm-dev.example.com.", "HTTPS"),
            ("crm-dev.example.com.", "A"),
            ("crm-dev.example.com.", "CAA"),
            ("www.crm-dev.example.com.", "CNAME"),
        }

    def test_the_record_of_the_cell_says_so(self, external: CloudAssembly) -> None:
        found = {
            str(one["Name"]).rpartition("/")[2]: one["Value"]
            for one in properties(external, "ProductCell", "AWS::SSM::Parameter")
        }

        assert found["frontend"] == "external"
        assert found["api-domain"] == "api.crm-dev.example.com"


class TestAmplify:
    def test_the_app_runs_beside_the_services_and_its_domain_comes_last(self, shop: CloudAssembly) -> None:
        assert len(properties(shop, "ProductCell-Service", "AWS::Amplify::App")) == 1
        (domain,) = properties(shop, "ProductCell", "AWS::Amplify::Domain")
        assert domain["DomainName"] == "shop3d.example.com"
        assert ("shop3d.example.com.", "A") not in record_names(shop)

    def test_has_a_web_acl_of_its_own_in_us_east_1(self, shop: CloudAssembly) -> None:
        (association,) = properties(shop, "ProductCell-Edge", "AWS::WAFv2::WebACLAssociation")
        acls = properties(shop, "ProductCell-Edge", "AWS::WAFv2::WebACL")

        assert shop.stack("ProductCell-Edge").region == "us-east-1"
        assert "PageWebAcl" in str(association["WebACLArn"])
        assert "Frontend" in str(association["ResourceArn"])
        names = [json.loads(json.dumps(acl))["VisibilityConfig"]["MetricName"] for acl in acls]
        assert sorted(names) == ["PageWebAcl", "WebAcl"]
        assert {acl["Scope"] for acl in acls} == {"CLOUDFRONT"}

    def test_pages_may_call_the_bucket_that_they_upload_to(self, shop: CloudAssembly) -> None:
        (app,) = properties(shop, "ProductCell-Service", "AWS::Amplify::App")
        headers = json.dumps(app["CustomHeaders"])

        assert "https://api.shop3d.example.com wss://api.shop3d.example.com" in headers
        assert "AssetsStore" in headers

    def test_assets_come_from_the_front_door_for_pages_of_the_domain(self, shop: CloudAssembly) -> None:
        behaviors = json.loads(json.dumps(distribution(shop)["CacheBehaviors"]))
        found = cors(shop)

        assert "/assets/*" in [behavior["PathPattern"] for behavior in behaviors]
        assert isinstance(found, dict)
        assert found["AccessControlAllowOrigins"] == {"Items": ["https://shop3d.example.com"]}

    def test_errors_and_slow_pages_raise_an_alarm_that_the_health_knows(self, shop: CloudAssembly) -> None:
        service = shop.stack("ProductCell-Service")
        alarms = {
            id: str(service.resources[id]["Properties"].get("AlarmName"))
            for id in service.resources
            if service.resource_type(id) == "AWS::CloudWatch::Alarm"
        }
        frontend = {id for id, name in alarms.items() if "Frontend" in name}
        (health,) = (id for id in service.resources if service.resource_type(id) == "AWS::CloudWatch::CompositeAlarm")

        assert {alarms[id].rpartition("-Frontend")[2] for id in frontend} == {
            "ServerErrors-Critical",
            "Latency-Critical",
        }
        assert all(id in str(service.resources[health]["Properties"]["AlarmRule"]) for id in frontend)

    def test_its_firewall_is_what_it_costs_while_nobody_comes(self, workspace: Workspace) -> None:
        plan = workspace.plan("shop3d", choice(environment="prod"))
        with_it = idle_cost(plan.settings, "eu-west-1", frontend=plan.frontend).total
        without = idle_cost(plan.settings, "eu-west-1", frontend=SpaFrontend()).total

        assert with_it - without == 15


def test_an_environment_may_have_another_frontend(tmp_path: Path, workspace: Workspace) -> None:
    from cells.images.lock import load_lock
    from cells.product_file import load_product
    from cells.resolution import Ground, resolve

    (tmp_path / "acme-crm.yaml").write_text(
        "name: acme-crm\nsummary: A test\nowner: team@example.com\nfrontend: amplify\n"
        "environments:\n  dev: {frontend: spa}\n  prod: {}\n"
    )
    product = load_product("acme-crm", tmp_path)
    ground = Ground(workspace.landing, workspace.registry)
    dev = resolve(product, "dev", ground=ground, images=load_lock("acme-crm", tmp_path))
    prod = resolve(product, "prod", ground=ground, images=load_lock("acme-crm", tmp_path))

    assert (dev.frontend.kind, dev.api_domain) == ("spa", "crm-dev.example.com")
    assert (prod.frontend.kind, prod.api_domain) == ("amplify", "api.crm.example.com")
    assert str(dev.sources["frontend"]).endswith("acme-crm.yaml:6")
    assert str(prod.sources["frontend"]).endswith("acme-crm.yaml:4")


@pytest.mark.parametrize(
    ("frontend", "message", "hint"),
    [
        ("frontend: netlify", "acme-crm.yaml:4: frontend kind 'netlify' is not known", "spa, external, amplify"),
        ("frontend: {host: vercel}", "acme-crm.yaml:4: frontend does not say which kind", "add `kind`"),
        (
            "frontend:\n  kind: amplify\n  rendring: server",
            "acme-crm.yaml:6: frontend.rendring is not a known field",
            "did you mean 'rendering'?",
        ),
        (
            "frontend:\n  kind: external\n  host: vercel\n  records:\n    - {name: api, target: cname.vercel-dns.com}",
            "acme-crm.yaml:8: frontend.records.0.name the cell has a record of its own for 'api'",
            "another name",
        ),
        (
            "frontend:\n  kind: external\n  host: vercel\n  records:\n    - {name: '@', target: cname.vercel-dns.com}",
            "acme-crm.yaml:8: frontend.records.0 the domain itself cannot be a CNAME record",
            "give the host's addresses",
        ),
    ],
)
def test_bad_input_names_its_line_and_its_cure(tmp_path: Path, frontend: str, message: str, hint: str) -> None:
    from cells.product_file import load_product
    from constructs_lib.specs.errors import InputError

    (tmp_path / "acme-crm.yaml").write_text(f"name: acme-crm\nsummary: A test\nowner: team@example.com\n{frontend}\n")
    with pytest.raises(InputError) as caught:
        load_product("acme-crm", tmp_path)

    assert message in caught.value.message
    assert hint in caught.value.hint


def test_the_embedded_aws_says_that_it_only_records_amplify(product_cell: Callable[[str, str], Path]) -> None:
    from local.coverage import coverage

    found = coverage(product_cell("shop3d", "prod").glob("*.template.json"))
    amplify = {"AWS::Amplify::App", "AWS::Amplify::Branch", "AWS::Amplify::Domain"}

    assert amplify <= {type for type, _ in found.recorded}
    assert not amplify & {type for type, _ in found.native}
