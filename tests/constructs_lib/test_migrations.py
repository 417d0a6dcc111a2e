"""The migrations of a cell, as they are in its template. What the function does is in test_migrations_lambda."""

import json

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from tests.constructs_lib.sample_service import Identity, SampleService, resource, statements


@pytest.fixture(scope="module")
def sample():
    sample = SampleService()
    migrations = sample.migrations()
    migrations.connections.allow_to(sample.data, ec2.Port.tcp(5432), "Migrations reach the database")
    migrations.task_role.add_to_principal_policy(
        iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=["arn:aws:secretsmanager:::a"])
    )
    sample.api().service.node.add_dependency(migrations.resource)
    return sample


@pytest.fixture(scope="module")
def template(sample):
    return sample.template()


@pytest.fixture(scope="module")
def migrations(template):
    return resource(template, "Custom::Migrations")


def test_a_new_image_or_task_definition_is_a_change_of_the_resource(migrations):
    assert migrations["Digest"] == "sha256:" + "a" * 64
    assert migrations["TaskDefinition"]["Ref"].startswith("MigrationsTask")


def test_another_digest_changes_the_resource_and_no_logical_id(template):
    other = SampleService(identity=Identity(digest="sha256:" + "c" * 64))
    other.migrations()
    changed = resource(other.template(), "Custom::Migrations")

    assert changed["Digest"] == "sha256:" + "c" * 64
    assert set(other.template().find_resources("Custom::Migrations")) == set(
        template.find_resources("Custom::Migrations")
    )


def test_services_wait_for_the_migrations(template):
    (service,) = template.find_resources("AWS::ECS::Service").values()
    (resource_id,) = template.find_resources("Custom::Migrations")

    assert resource_id in service["DependsOn"]


def test_the_task_waits_for_what_was_granted_and_opened_later(template):
    (found,) = template.find_resources("Custom::Migrations").values()
    awaited = [template.to_json()["Resources"][id] for id in found["DependsOn"]]

    assert any("secretsmanager:GetSecretValue" in json.dumps(item) for item in awaited)
    assert any(item["Type"] == "AWS::EC2::SecurityGroupEgress" for item in awaited)
    assert any(item["Type"] == "AWS::EC2::SecurityGroupIngress" for item in awaited)


def test_the_task_runs_in_the_app_subnets(migrations):
    assert all("AppSubnet" in subnet["Fn::GetStackOutput"]["OutputName"] for subnet in migrations["Subnets"])


def test_cloudformation_gives_up_after_the_function_did(migrations, template):
    function = resource(template, "AWS::Lambda::Function")

    assert int(migrations["TimeoutMinutes"]) * 60 < function["Timeout"] == 900 <= int(migrations["ServiceTimeout"])


def test_the_function_runs_python_on_graviton_and_is_named_by_cloudformation(template):
    function = resource(template, "AWS::Lambda::Function")

    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert "FunctionName" not in function


def test_the_function_runs_this_one_task_definition_in_this_one_cluster(template):
    (run,) = statements(template, action="ecs:RunTask")

    assert run["Resource"]["Ref"].startswith("MigrationsTaskDefinition")
    assert run["Condition"]["ArnEquals"]["ecs:cluster"]["Fn::GetAtt"][0].startswith("Cluster")


@pytest.mark.parametrize("action", ["ecs:StopTask", "ecs:DescribeTasks"])
def test_the_function_follows_tasks_of_this_one_cluster(template, action):
    (follow,) = statements(template, action=action)

    assert follow["Condition"]["ArnEquals"]["ecs:cluster"]["Fn::GetAtt"][0].startswith("Cluster")
    assert follow["Resource"]["Fn::Join"][1][-1] == "/*"


def test_the_function_passes_the_two_roles_of_the_task_to_ecs_only(template):
    (passing,) = statements(template, action="iam:PassRole")

    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert len(passing["Resource"]) == 2


def test_the_function_touches_one_parameter(template):
    (lock,) = statements(template, action="ssm:PutParameter")

    assert lock["Resource"]["Fn::Join"][1][-1].endswith(":parameter/cells/acme-crm-prod/migrations-lock")


def test_the_function_reads_no_secret(template):
    (reading,) = statements(template, action="secretsmanager:GetSecretValue")
    (policy,) = [
        found["Properties"]
        for found in template.find_resources("AWS::IAM::Policy").values()
        if reading in found["Properties"]["PolicyDocument"]["Statement"]
    ]

    (role,) = policy["Roles"]
    assert role["Ref"].startswith("MigrationsTaskRole")


def test_nobody_reaches_the_task(template):
    groups = [id for id in template.find_resources("AWS::EC2::SecurityGroup") if id.startswith("Migrations")]
    reached = [
        rule["Properties"]["GroupId"].get("Fn::GetAtt", [""])[0]
        for rule in template.find_resources("AWS::EC2::SecurityGroupIngress").values()
    ]

    assert len(groups) == 1
    assert not set(groups) & set(reached)
