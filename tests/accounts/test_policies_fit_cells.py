"""What the baseline allows is enough for the cells it carries: a ceiling too low shows here, not in AWS."""

from fnmatch import fnmatchcase

import pytest

from assembly.load import CloudAssembly
from cells.product_file import product_names
from constructs_lib.specs.landing import EXECUTION_POLICY_NAME, PERMISSION_BOUNDARY_NAME
from tests.conftest import ROOT

SERVICE_OF_TYPE = {
    "AWS::Amplify": "amplify",
    "AWS::ApiGateway": "apigateway",
    "AWS::ApiGatewayV2": "apigateway",
    "AWS::AppConfig": "appconfig",
    "AWS::ApplicationAutoScaling": "application-autoscaling",
    "AWS::Backup": "backup",
    "AWS::CertificateManager": "acm",
    "AWS::Chatbot": "chatbot",
    "AWS::CloudFront": "cloudfront",
    "AWS::CloudWatch": "cloudwatch",
    "AWS::Cognito": "cognito-idp",
    "AWS::DynamoDB": "dynamodb",
    "AWS::EC2": "ec2",
    "AWS::ECS": "ecs",
    "AWS::ElastiCache": "elasticache",
    "AWS::ElasticLoadBalancingV2": "elasticloadbalancing",
    "AWS::Events": "events",
    "AWS::GuardDuty": "guardduty",
    "AWS::IAM": "iam",
    "AWS::KMS": "kms",
    "AWS::Lambda": "lambda",
    "AWS::Logs": "logs",
    "AWS::OpenSearchService": "es",
    "AWS::RDS": "rds",
    "AWS::Route53": "route53",
    "AWS::S3": "s3",
    "AWS::SES": "ses",
    "AWS::SNS": "sns",
    "AWS::SQS": "sqs",
    "AWS::Scheduler": "scheduler",
    "AWS::SSM": "ssm",
    "AWS::SecretsManager": "secretsmanager",
    "AWS::Shield": "shield",
    "AWS::Synthetics": "synthetics",
    "AWS::WAFv2": "wafv2",
    "AWS::XRay": "xray",
}


CELLS = [("acme-crm", "dev"), *((name, "prod") for name in product_names(ROOT / "cells" / "products"))]


def as_list(value):
    return value if isinstance(value, list) else [value]


def allowed(policy):
    return [
        action
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
        for action in as_list(statement.get("Action", []))
    ]


def denied_outright(policy):
    return [
        action
        for statement in policy["Statement"]
        if statement["Effect"] == "Deny" and statement.get("Resource") == "*" and "Condition" not in statement
        for action in as_list(statement.get("Action", []))
    ]


def matches(action, patterns):
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def runtime_actions(assembly):
    """Every action that a policy of the cell allows to one of its roles."""
    found = set()
    for stack in assembly.stacks:
        for id, resource in stack.resources.items():
            properties = resource.get("Properties", {})
            # A user pool has `Policies` too: of its passwords.
            inline = properties.get("Policies", []) if stack.resource_type(id) == "AWS::IAM::Role" else []
            documents = [policy["PolicyDocument"] for policy in inline]
            if stack.resource_type(id) in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
                documents.append(properties["PolicyDocument"])
            for document in documents:
                found.update(allowed(document))
    return found


@pytest.mark.parametrize(("product", "environment"), CELLS)
def test_the_permission_boundary_lets_a_cell_do_what_its_roles_may(ground, product_cell, product, environment):
    boundary = ground.policy("BaselineGlobal", PERMISSION_BOUNDARY_NAME)
    actions = runtime_actions(CloudAssembly.load(product_cell(product, environment)))

    assert actions
    assert {action for action in actions if not matches(action, allowed(boundary))} == set()
    assert {action for action in actions if matches(action, denied_outright(boundary))} == set()


@pytest.mark.parametrize(("product", "environment"), CELLS)
def test_the_execution_policy_can_make_every_resource_of_a_cell(ground, product_cell, product, environment):
    policy = ground.policy("BaselineGlobal", EXECUTION_POLICY_NAME)
    types = {
        stack.resource_type(id)
        for stack in CloudAssembly.load(product_cell(product, environment)).stacks
        for id in stack.resources
        if stack.resource_type(id).startswith("AWS::")
    }
    services = {SERVICE_OF_TYPE[type.rpartition("::")[0]] for type in types}

    uncovered = {
        service for service in services if not any(action.startswith(f"{service}:") for action in allowed(policy))
    }

    assert uncovered == set()


@pytest.mark.parametrize(("product", "environment"), CELLS)
def test_every_role_of_a_cell_carries_the_boundary(product_cell, product, environment):
    for stack in CloudAssembly.load(product_cell(product, environment)).stacks:
        for id, resource in stack.resources.items():
            if stack.resource_type(id) == "AWS::IAM::Role":
                assert PERMISSION_BOUNDARY_NAME in str(resource["Properties"].get("PermissionsBoundary")), (
                    stack.id,
                    id,
                )
