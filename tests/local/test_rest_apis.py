"""REST APIs: who calls one signs nothing, and reaches it by its domain in whatever account it is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.local.conftest import Local

ACCOUNT, OTHER = "222222222222", "111122223333"


SAYS_WHOSE_KEY_IT_IS = """
import os

def handler(event, context):
    effect = "Allow" if event["requestContext"]["identity"]["apiKeyId"] == os.environ["KEY_ID"] else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    return {"principalId": "one", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""


def stack(domain: str) -> dict:
    """An API that answers by itself, and asks for a key; PUT asks a function besides, which knows one of two keys."""
    method = {
        "RestApiId": {"Ref": "Api"},
        "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
        "HttpMethod": "GET",
        "AuthorizationType": "NONE",
        "ApiKeyRequired": True,
        "Integration": {"Type": "MOCK", "IntegrationResponses": [{"StatusCode": "200"}]},
    }
    checked = {
        "RequestValidatorId": {"Ref": "Validator"},
        "RequestModels": {"application/json": {"Ref": "Order"}},
    }
    stage = {"RestApiId": {"Ref": "Api"}, "StageName": "live", "DeploymentId": {"Ref": "Deployment"}}
    plan = {"ApiStages": [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "Stage"}}]}
    mapping = {"DomainName": {"Ref": "Domain"}, "RestApiId": {"Ref": "Api"}, "Stage": {"Ref": "Stage"}}
    types = {
        "Api": ("RestApi", {"Name": "orders"}),
        "Method": ("Method", method),
        "Order": ("Model", {"RestApiId": {"Ref": "Api"}, "Name": "Order", "Schema": {"required": ["id"]}}),
        "Validator": ("RequestValidator", {"RestApiId": {"Ref": "Api"}, "ValidateRequestBody": True}),
        "Post": ("Method", method | {"HttpMethod": "POST", **checked}),
        "Deployment": ("Deployment", {"RestApiId": {"Ref": "Api"}}),
        "Stage": ("Stage", stage),
        "Domain": ("DomainName", {"DomainName": domain}),
        "Mapping": ("BasePathMapping", mapping),
        "Key": ("ApiKey", {"Enabled": True, "Value": f"the-key-of-{domain}-and-more"}),
        "Plan": ("UsagePlan", plan),
        "PlanKey": ("UsagePlanKey", {"KeyId": {"Ref": "Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "Plan"}}),
        "Second": ("ApiKey", {"Enabled": True, "Value": f"the-second-key-of-{domain}-and-more"}),
        "PlanSecond": (
            "UsagePlanKey",
            {"KeyId": {"Ref": "Second"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "Plan"}},
        ),
        "Authorizer": ("Authorizer", authorizer()),
        "Put": (
            "Method",
            method | {"HttpMethod": "PUT", "AuthorizationType": "CUSTOM", "AuthorizerId": {"Ref": "Authorizer"}},
        ),
    }
    built = {name: {"Type": f"AWS::ApiGateway::{type}", "Properties": what} for name, (type, what) in types.items()}
    built["Deployment"]["DependsOn"] = ["Method", "Post", "Put"]
    return built | whose_key()


def authorizer() -> dict:
    uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"
    return {
        "RestApiId": {"Ref": "Api"},
        "Name": "keys",
        "Type": "REQUEST",
        "IdentitySource": "method.request.header.x-api-key",
        "AuthorizerUri": {"Fn::Sub": uri},
    }


def whose_key() -> dict:
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    function = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": SAYS_WHOSE_KEY_IT_IS},
        "Environment": {"Variables": {"KEY_ID": {"Ref": "Key"}}},
    }
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
    }


@pytest.fixture(scope="module")
def ask(local: Local):
    for account, domain in ((ACCOUNT, "one.example.com"), (OTHER, "other.example.com")):
        cloudformation = local.session(account).client("cloudformation", endpoint_url=local.server.endpoint)
        cloudformation.create_stack(StackName="api", TemplateBody=json.dumps({"Resources": stack(domain)}))
        assert cloudformation.describe_stacks(StackName="api")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"

    def answer(domain: str, key: str, body: dict | None = None, method: str | None = None) -> int:
        headers = {"Host": domain, "x-api-key": key, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{local.server.endpoint}/", headers=headers, data=data, method=method)
        try:
            with urlopen(request, timeout=30) as response:
                return response.status
        except HTTPError as error:
            return error.code

    return answer


@pytest.mark.parametrize("domain", ["one.example.com", "other.example.com"])
def test_a_domain_leads_to_the_api_of_whatever_account_and_to_its_keys_only(ask, domain: str) -> None:
    other = {"one.example.com": "other.example.com", "other.example.com": "one.example.com"}[domain]

    assert ask(domain, f"the-key-of-{domain}-and-more") == 200
    assert ask(domain, f"the-key-of-{other}-and-more") == 403
    assert ask(domain, "") == 403


def test_a_body_that_its_schema_does_not_allow_is_refused(ask) -> None:
    key = "the-key-of-one.example.com-and-more"

    assert ask("one.example.com", key, {"id": "1"}) == 200
    assert ask("one.example.com", key, {}) == 400


def test_the_function_of_a_method_is_told_whose_key_it_is(ask) -> None:
    assert ask("one.example.com", "the-key-of-one.example.com-and-more", method="PUT") == 200
    assert ask("one.example.com", "the-second-key-of-one.example.com-and-more", method="PUT") == 403
    assert ask("one.example.com", "the-second-key-of-one.example.com-and-more") == 200
    assert ask("one.example.com", "a-key-that-nobody-has", method="PUT") == 403
    assert ask("one.example.com", "", method="PUT") == 401


def test_a_backend_sees_the_headers_that_are_mapped_and_not_the_caller_s(local: Local) -> None:
    integration = {
        "Type": "HTTP_PROXY",
        "IntegrationHttpMethod": "GET",
        "RequestParameters": {
            "integration.request.header.X-Api-Key": "'withheld'",
            "integration.request.header.x-request-id": "context.requestId",
            "integration.request.header.x-caller": "context.authorizer.principalId",
        },
    }
    sent = {"Host": "headers.example.com", "x-api-key": "the-key-of-headers.example.com-and-more"}
    said = {"x-request-id": "mine", "x-caller": "somebody-else", "Authorization": "Bearer token"}
    with backend() as (port, seen):
        resources = stack("headers.example.com")
        resources["Method"]["Properties"]["Integration"] = integration | {"Uri": f"http://127.0.0.1:{port}/"}
        cloudformation = local.session(ACCOUNT).client("cloudformation", endpoint_url=local.server.endpoint)
        cloudformation.create_stack(StackName="headers", TemplateBody=json.dumps({"Resources": resources}))
        with urlopen(Request(f"{local.server.endpoint}/", headers={**sent, **said}), timeout=30) as response:
            assert response.status == 200

    (headers,) = seen
    assert headers["x-api-key"] == "withheld"
    assert headers["x-request-id"] not in ("", "mine")
    assert "x-caller" not in headers
    assert headers["authorization"] == "Bearer token"


@contextmanager
def backend() -> Iterator[tuple[int, list[dict[str, str]]]]:
    """A server on loopback, and the headers of what it is asked."""
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append({name.lower(): text for name, text in self.headers.items()})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, seen
    server.shutdown()
