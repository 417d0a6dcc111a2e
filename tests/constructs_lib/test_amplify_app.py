"""A frontend that Amplify hosts."""

import json

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Match, Template
from ruamel.yaml import YAML

from constructs_lib.amplify_app import SINGLE_PAGE, AmplifyApp
from constructs_lib.amplify_domain import AmplifyDomain
from constructs_lib.response_headers import ResponseHeaders
from constructs_lib.specs.frontend import AmplifyFrontend
from tests.constructs_lib.sample_data import SampleData, findings

API = "https://api.crm.example.com"


def build(new_stack, **fields):
    stack = new_stack()
    app = AmplifyApp(
        stack,
        "Frontend",
        spec=AmplifyFrontend(kind="amplify", **fields),
        name="crm-prod",
        api_url=API,
        content_security_policy="default-src 'self'; frame-ancestors 'none'",
        called=["https://uploads.example.com"],
        shown=["https://pictures.example.com"],
        log_key=kms.Key(stack, "Key"),
        log_retention_days=90,
    )
    AmplifyDomain(stack, "Domain", app=app, domain="crm.example.com")
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def static(new_stack):
    return build(new_stack, variables={"THEME": "dark"})


@pytest.fixture(scope="module")
def server(new_stack):
    return build(new_stack, rendering="server", branch="release")


def app_of(template):
    (app,) = template.find_resources("AWS::Amplify::App").values()
    return app["Properties"]


def headers_of(template):
    blocks = YAML(typ="safe").load(app_of(template)["CustomHeaders"])["customHeaders"]
    return {block["pattern"]: {one["key"]: one["value"] for one in block["headers"]} for block in blocks}


@pytest.mark.parametrize("kind", ["static", "server"])
def test_no_token_and_no_repository_is_in_the_template(kind, request):
    template = request.getfixturevalue(kind)

    assert {"AccessToken", "OauthToken", "Repository", "BasicAuthConfig"} & set(app_of(template)) == set()
    assert "oken" not in json.dumps(app_of(template))


def test_files_need_no_role(static):
    assert app_of(static)["Platform"] == "WEB"
    static.resource_count_is("AWS::IAM::Role", 0)


def test_a_path_of_a_single_page_application_is_its_page(static, server):
    assert app_of(static)["CustomRules"] == [{"Source": SINGLE_PAGE, "Status": "200", "Target": "/index.html"}]
    assert "CustomRules" not in app_of(server)


def test_what_depends_on_who_asks_is_cached_by_cookie_and_files_are_not(static, server):
    assert app_of(static)["CacheConfig"] == {"Type": "AMPLIFY_MANAGED_NO_COOKIES"}
    assert app_of(server)["CacheConfig"] == {"Type": "AMPLIFY_MANAGED"}


def test_the_build_knows_where_the_api_is(static):
    assert app_of(static)["EnvironmentVariables"] == [
        {"Name": "API_URL", "Value": API},
        {"Name": "THEME", "Value": "dark"},
    ]


def test_pages_have_the_headers_that_the_front_door_would_give_them(static, new_stack):
    stack = new_stack()
    ResponseHeaders(stack, "Headers", content_security_policy="default-src 'self'", name_prefix="crm-prod")
    (policy,) = Template.from_stack(stack).find_resources("AWS::CloudFront::ResponseHeadersPolicy").values()
    config = policy["Properties"]["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    found = headers_of(static)["**"]

    transport = security["StrictTransportSecurity"]
    assert found["Strict-Transport-Security"] == (
        f"max-age={transport['AccessControlMaxAgeSec']}; includeSubDomains; preload"
    )
    assert transport["IncludeSubdomains"] and transport["Preload"]
    assert found["X-Frame-Options"] == security["FrameOptions"]["FrameOption"]
    assert found["Referrer-Policy"] == security["ReferrerPolicy"]["ReferrerPolicy"]
    assert found["X-Content-Type-Options"] == "nosniff"
    custom = {one["Header"]: one["Value"] for one in config["CustomHeadersConfig"]["Items"]}
    assert found["Permissions-Policy"] == custom["Permissions-Policy"]


def test_pages_may_call_the_api_its_websockets_and_what_modules_name(static):
    policy = headers_of(static)["**"]["Content-Security-Policy"]

    assert (
        "connect-src 'self' https://api.crm.example.com wss://api.crm.example.com https://uploads.example.com" in policy
    )
    assert "img-src 'self' https://api.crm.example.com https://pictures.example.com" in policy
    assert "frame-ancestors 'none'" in policy


def test_files_whose_names_are_versions_stay_for_a_year_and_no_page_does(static):
    found = headers_of(static)

    assert found["/assets/**"] == {"Cache-Control": "public, max-age=31536000, immutable"}
    assert "Cache-Control" not in found["**"]


def test_nothing_releases_by_itself(server):
    server.has_resource_properties(
        "AWS::Amplify::Branch",
        {
            "BranchName": "release",
            "EnableAutoBuild": False,
            "EnablePullRequestPreview": False,
            "EnableSkewProtection": True,
        },
    )


def test_the_server_is_nobody_and_its_logs_are_written_by_another_role(server):
    app = app_of(server)
    compute, service = app["ComputeRoleArn"]["Fn::GetAtt"][0], app["IAMServiceRole"]["Fn::GetAtt"][0]
    holders = [
        ref["Ref"]
        for policy in server.find_resources("AWS::IAM::Policy").values()
        for ref in policy["Properties"]["Roles"]
    ]

    assert app["Platform"] == "WEB_COMPUTE"
    assert compute != service
    assert set(holders) == {service}
    actions = [
        action
        for policy in server.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in (statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]])
    ]
    assert sorted(actions) == ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:PutLogEvents"]


def test_only_apps_of_this_account_take_its_roles(server):
    for role in server.find_resources("AWS::IAM::Role").values():
        (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "amplify.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
        assert "amplify:eu-west-1:111122223333:apps/*" in json.dumps(statement["Condition"]["ArnLike"])


def test_the_log_of_the_server_is_encrypted_and_ends(server):
    server.has_resource_properties(
        "AWS::Logs::LogGroup",
        {
            "LogGroupName": {"Fn::Join": ["", ["/aws/amplify/", {"Fn::GetAtt": [Match.any_value(), "AppId"]}]]},
            "RetentionInDays": 90,
            "KmsKeyId": Match.any_value(),
        },
    )


def test_amplify_serves_the_domain_itself_with_a_certificate_of_its_own(static):
    static.has_resource_properties(
        "AWS::Amplify::Domain",
        {
            "DomainName": "crm.example.com",
            "SubDomainSettings": [{"BranchName": "main", "Prefix": ""}],
            "CertificateSettings": {"CertificateType": "AMPLIFY_MANAGED"},
            "EnableAutoSubDomain": False,
        },
    )


def with_a_server(sample: SampleData) -> None:
    app = AmplifyApp(
        sample.data,
        "Frontend",
        spec=AmplifyFrontend(kind="amplify", rendering="server"),
        name="crm-prod",
        api_url=API,
        content_security_policy="default-src 'self'",
        called=(),
        shown=(),
        log_key=sample.log_key,
        log_retention_days=90,
    )
    app.monitor(sample.facade())


def test_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, with_a_server) == []
