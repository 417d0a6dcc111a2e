"""What API and worker have in common. What they have besides is in their own tests."""

import json

import pytest

from tests.constructs_lib.sample_service import API, CHEAP, WORKER, SampleService, resource, told

KINDS = ["api", "worker"]


def build(kind, **changes):
    sample = SampleService()
    built = (
        sample.api(API.model_copy(update=changes))
        if kind == "api"
        else sample.worker(WORKER.model_copy(update=changes))
    )
    built.monitor(sample.facade)
    return sample.template()


@pytest.fixture(scope="module", params=KINDS)
def template(request):
    return build(request.param)


def test_bad_updates_go_back_by_themselves(template):
    deployment = resource(template, "AWS::ECS::Service")["DeploymentConfiguration"]

    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert deployment["Alarms"]["Rollback"] is True


def test_every_deployment_alarm_exists(template):
    alarms = template.find_resources("AWS::CloudWatch::Alarm").values()
    known = {alarm["Properties"].get("AlarmName") for alarm in alarms}

    assert set(resource(template, "AWS::ECS::Service")["DeploymentConfiguration"]["Alarms"]["AlarmNames"]) <= known


def test_capacity_is_never_promised_by_launch_type(template):
    service = resource(template, "AWS::ECS::Service")

    assert "LaunchType" not in service
    assert service["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE", "Weight": 1}]


def test_security_groups_are_described_by_a_constant(template):
    descriptions = {
        group["Properties"]["GroupDescription"] for group in template.find_resources("AWS::EC2::SecurityGroup").values()
    }

    assert "Tasks of a service: HTTPS out, and what the service opens itself" in descriptions
    assert not any("Service/" in description for description in descriptions)


def test_fewer_tasks_than_the_minimum_tell_somebody(template):
    (alarm,) = told(template, "RunningTaskCount")

    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 2)


@pytest.mark.parametrize("kind", KINDS)
def test_a_shell_is_a_matter_of_the_spec(kind):
    assert "ssmmessages" in json.dumps(build(kind, **CHEAP).to_json())
    assert "ssmmessages" not in json.dumps(build(kind).to_json())
