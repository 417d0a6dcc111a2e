"""The Fargate task of a container."""

import pytest

from constructs_lib.container import Task
from constructs_lib.specs.errors import InputError
from tests.constructs_lib.sample_service import SampleService, resource, statements


def build(sample, *, container=None, **changes):
    given = {
        "cpu": 512,
        "memory_mib": 1024,
        "family": "acme-crm-prod-api",
        "log_key": sample.key,
        "log_retention_days": 90,
    }
    return Task(sample.stack, "Task", container=container or sample.container("Repository"), **{**given, **changes})


@pytest.fixture(scope="module")
def template():
    sample = SampleService()
    build(sample, serves=True)
    return sample.template()


@pytest.fixture(scope="module")
def container(template):
    (only,) = resource(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return only


def test_it_runs_on_graviton_in_the_family_of_the_plan(template):
    definition = resource(template, "AWS::ECS::TaskDefinition")

    assert definition["Family"] == "acme-crm-prod-api"
    assert definition["RuntimePlatform"] == {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"}
    assert (definition["Cpu"], definition["Memory"]) == ("512", "1024")


def test_the_image_is_named_by_its_digest(container):
    assert container["Image"]["Fn::Join"][1][-1] == "/acme/api@sha256:" + "a" * 64


def test_the_container_has_no_rights(container):
    assert container["User"] == "65532:65532"
    assert container["Privileged"] is False
    assert container["ReadonlyRootFilesystem"] is True
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}


def test_the_container_reaps_its_children(container):
    assert container["LinuxParameters"]["InitProcessEnabled"] is True


def test_tmp_is_writable_and_takes_no_more_than_a_quarter_of_the_memory(container):
    (tmp,) = container["LinuxParameters"]["Tmpfs"]

    assert (tmp["ContainerPath"], tmp["Size"]) == ("/tmp", 256)
    assert "noexec" not in tmp["MountOptions"] and "ro" not in tmp["MountOptions"]


def test_no_secret_is_injected(container):
    assert "Secrets" not in container


def test_logs_never_block_the_program(container):
    options = container["LogConfiguration"]["Options"]

    assert options["mode"] == "non-blocking"
    assert options["awslogs-stream-prefix"] == "task"


def test_the_health_check_is_the_one_of_the_container(container):
    assert container["HealthCheck"]["Command"] == ["CMD", "healthcheck"]


def test_a_container_without_a_health_command_has_no_health_check():
    sample = SampleService()
    build(sample, container=sample.container("Repository", health_command=None))
    (container,) = resource(sample.template(), "AWS::ECS::TaskDefinition")["ContainerDefinitions"]

    assert "HealthCheck" not in container


def test_only_a_container_that_serves_opens_a_port(container):
    sample = SampleService()
    build(sample)
    (silent,) = resource(sample.template(), "AWS::ECS::TaskDefinition")["ContainerDefinitions"]

    assert container["PortMappings"] == [{"ContainerPort": 8443, "Protocol": "tcp"}]
    assert "PortMappings" not in silent


def test_the_log_group_is_encrypted_kept_as_long_as_the_spec_says_and_goes_with_the_stack(template):
    (group,) = template.find_resources("AWS::Logs::LogGroup").values()

    assert group["Properties"]["RetentionInDays"] == 90
    assert "Fn::GetStackOutput" in group["Properties"]["KmsKeyId"]
    assert group["DeletionPolicy"] == "Delete"


def test_a_retention_that_cloudwatch_does_not_know_is_refused():
    with pytest.raises(InputError, match="cannot be kept for 91 days"):
        build(SampleService(), log_retention_days=91)


def test_the_roles_are_for_tasks_of_this_account_only(template):
    roles = template.find_resources("AWS::IAM::Role").values()
    trusts = [role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0] for role in roles]

    assert len(trusts) == 2
    for trust in trusts:
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}


def test_the_execution_role_pulls_from_one_repository_only(template):
    (pull,) = statements(template, action="ecr:BatchGetImage")

    assert pull["Resource"] == "arn:aws:ecr:eu-west-1:777788889999:repository/acme/api"


def test_the_execution_role_reads_no_secret_and_decrypts_nothing(template):
    for action in ("secretsmanager:GetSecretValue", "kms:Decrypt", "ssm:GetParameters"):
        assert statements(template, action=action) == []


def test_the_agent_of_ecs_exec_gets_its_directories_and_nothing_else_becomes_writable():
    sample = SampleService()
    build(sample, execute_command=True)
    (container,) = resource(sample.template(), "AWS::ECS::TaskDefinition")["ContainerDefinitions"]

    assert {mount["ContainerPath"] for mount in container["MountPoints"]} == {"/var/lib/amazon", "/var/log/amazon"}
    assert container["ReadonlyRootFilesystem"] is True
