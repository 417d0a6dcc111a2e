"""Canaries, service-linked roles and search domains, as far as the embedded AWS carries them."""

import json

import botocore.exceptions
import pytest

from tests.local.conftest import Local

ACCOUNT = "222222222222"
SERVICE = "opensearchservice.amazonaws.com"
ROLE = {"Type": "AWS::IAM::ServiceLinkedRole", "Properties": {"AWSServiceName": SERVICE}}


@pytest.fixture
def client(local: Local):
    session = local.session(ACCOUNT)
    return lambda service: session.client(service, endpoint_url=local.server.endpoint)


def create(client, name: str, resources: dict) -> str:
    """Create a stack; the status it ends with, and why."""
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    reasons = [
        event.get("ResourceStatusReason", "")
        for event in cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    ]
    return " ".join((stack["StackStatus"], *filter(None, reasons)))


def canary(*, code: str) -> dict:
    return {
        "Type": "AWS::Synthetics::Canary",
        "Properties": {
            "Name": "front-door",
            "Code": {"S3Bucket": "code-of-canaries", "S3Key": code, "Handler": "check.handler"},
            "ArtifactS3Location": "s3://code-of-canaries",
            "ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "RuntimeVersion": "syn-python-selenium-14.0",
            "Schedule": {"Expression": "rate(5 minutes)"},
            "StartCanaryAfterCreation": True,
        },
    }


RUNNER = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}


def test_a_canary_runs_and_is_asked_for_until_its_stack_goes(client) -> None:
    client("s3").create_bucket(Bucket="code-of-canaries", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client("s3").put_object(Bucket="code-of-canaries", Key="check.zip", Body=b"code")

    assert create(client, "canary", {"Role": RUNNER, "Canary": canary(code="check.zip")}).startswith("CREATE_COMPLETE")
    found = client("synthetics").get_canary(Name="front-door")["Canary"]
    assert (found["Status"]["State"], found["Schedule"]["Expression"]) == ("RUNNING", "rate(5 minutes)")

    client("cloudformation").delete_stack(StackName="canary")
    assert client("synthetics").describe_canaries()["Canaries"] == []


def test_a_canary_without_its_code_fails(client) -> None:
    status = create(client, "without-code", {"Role": RUNNER, "Canary": canary(code="nothing.zip")})

    assert status.startswith("ROLLBACK_COMPLETE")
    assert client("synthetics").describe_canaries()["Canaries"] == []


def test_a_search_domain_enters_a_vpc_only_where_the_account_has_the_role_and_it_has_it_once(client) -> None:
    domain = {"Type": "AWS::OpenSearchService::Domain", "Properties": {"VPCOptions": {"SubnetIds": ["subnet-1"]}}}

    assert "must enable a service-linked role" in create(client, "too-early", {"Domain": domain})
    assert create(client, "role", {"Role": ROLE}).startswith("CREATE_COMPLETE")
    assert "has been taken in this account" in create(client, "role-again", {"Role": ROLE})
    assert create(client, "search", {"Domain": domain}).startswith("CREATE_COMPLETE")

    client("cloudformation").delete_stack(StackName="search")
    client("cloudformation").delete_stack(StackName="role")
    with pytest.raises(botocore.exceptions.ClientError, match="service-linked role"):
        client("opensearch").create_domain(DomainName="too-late", VPCOptions={"SubnetIds": ["subnet-1"]})


def test_a_role_that_an_account_had_before_is_left_out_there_and_made_elsewhere(local: Local) -> None:
    """The baseline's own constructs, in an account that is declared to have the role and in one that is not."""
    had, fresh = "222222222231", "222222222232"
    template = json.dumps(search_role_but_in(had))
    sessions = {account: local.session(account) for account in (had, fresh)}
    clients = {
        (account, service): session.client(service, endpoint_url=local.server.endpoint)
        for account, session in sessions.items()
        for service in ("cloudformation", "iam")
    }
    clients[had, "iam"].create_service_linked_role(AWSServiceName=SERVICE)

    ends, held = {}, {}
    for account in sessions:
        cloudformation = clients[account, "cloudformation"]
        cloudformation.create_stack(StackName="baseline", TemplateBody=template)
        ends[account] = cloudformation.describe_stacks(StackName="baseline")["Stacks"][0]["StackStatus"]
        held[account] = len(cloudformation.describe_stack_resources(StackName="baseline")["StackResources"])

    assert ends == dict.fromkeys((had, fresh), "CREATE_COMPLETE")
    assert held[fresh] == held[had] + 1
    for account in sessions:
        roles = clients[account, "iam"].list_roles(PathPrefix=f"/aws-service-role/{SERVICE}/")["Roles"]
        assert len(roles) == 1


def search_role_but_in(account: str) -> dict:
    from aws_cdk import App, BootstraplessSynthesizer, Stack
    from aws_cdk.assertions import Template

    from accounts.stacks.account_kind import OtherAccount
    from accounts.stacks.search_service_role import SearchServiceRole

    stack = Stack(App(analytics_reporting=False), "Stack", synthesizer=BootstraplessSynthesizer())
    role = SearchServiceRole(stack, "SearchServiceRole")
    OtherAccount(role, "Elsewhere", accounts=[account]).only(role)
    found: dict = Template.from_stack(stack).to_json()
    found["Resources"]["Always"] = {"Type": "AWS::SNS::Topic"}
    return found
