"""The ECS cluster of a cell."""

import pytest

from tests.constructs_lib.sample_service import SampleService, resource


@pytest.fixture(scope="module")
def template():
    return SampleService().template()


def test_container_insights_go_down_to_the_task(template):
    settings = resource(template, "AWS::ECS::Cluster")["ClusterSettings"]

    assert settings == [{"Name": "containerInsights", "Value": "enhanced"}]


def test_services_may_choose_between_fargate_and_spot(template):
    assert resource(template, "AWS::ECS::Cluster")["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]


def test_cloudformation_names_the_cluster(template):
    assert "ClusterName" not in resource(template, "AWS::ECS::Cluster")


def test_without_ecs_exec_nothing_is_set_up_for_it(template):
    assert "Configuration" not in resource(template, "AWS::ECS::Cluster")
    assert template.find_resources("AWS::Logs::LogGroup") == {}


def test_sessions_of_ecs_exec_are_encrypted_and_logged():
    template = SampleService(execute_command_log_days=14).template()
    configuration = resource(template, "AWS::ECS::Cluster")["Configuration"]["ExecuteCommandConfiguration"]

    assert configuration["Logging"] == "OVERRIDE"
    assert "Fn::GetStackOutput" in configuration["KmsKeyId"]
    assert configuration["LogConfiguration"]["CloudWatchEncryptionEnabled"] is True
    assert resource(template, "AWS::Logs::LogGroup")["RetentionInDays"] == 14


def test_ecs_exec_changes_nothing_in_the_policy_of_the_key():
    plain, with_sessions = SampleService(), SampleService(execute_command_log_days=14)
    with_sessions.api()
    plain.api()

    def policy(sample):
        from aws_cdk.assertions import Template

        return resource(Template.from_stack(sample.foundation), "AWS::KMS::Key")["KeyPolicy"]

    assert policy(with_sessions) == policy(plain)
