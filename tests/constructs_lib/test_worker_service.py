"""The worker of a cell."""

import json

import pytest

from tests.constructs_lib.sample_service import WORKER, SampleService, resource, told, watched

MATH = "jobs / IF(tasks > 0, tasks, 1)"


def build(*, queue_depth=True, **changes):
    sample = SampleService()
    worker = sample.worker(
        WORKER.model_copy(update=changes), queue_depth=sample.jobs_waiting() if queue_depth else None
    )
    worker.monitor(sample.facade)
    return sample.template()


@pytest.fixture(scope="module")
def template():
    return build()


@pytest.fixture(scope="module")
def steps(template):
    policy = resource(template, "AWS::ApplicationAutoScaling::ScalingPolicy", PolicyType="StepScaling")
    return policy["StepScalingPolicyConfiguration"]


def test_nobody_reaches_the_worker(template):
    assert template.find_resources("AWS::EC2::SecurityGroupIngress") == {}
    assert "LoadBalancers" not in resource(template, "AWS::ECS::Service")


def test_the_worker_is_started_with_its_own_command(template):
    (container,) = resource(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]

    assert container["Command"] == ["worker"]


def test_an_update_does_not_undo_auto_scaling(template):
    assert "DesiredCount" not in resource(template, "AWS::ECS::Service")


def test_an_update_that_eats_all_memory_is_rolled_back(template):
    (name,) = resource(template, "AWS::ECS::Service")["DeploymentConfiguration"]["Alarms"]["AlarmNames"]

    assert watched(resource(template, "AWS::CloudWatch::Alarm", AlarmName=name)) == {"MemoryUtilization"}


def test_the_service_does_not_wait_for_the_alarm_that_waits_for_it(template):
    (service,) = template.find_resources("AWS::ECS::Service").values()
    alarms = template.find_resources("AWS::CloudWatch::Alarm")

    assert not set(service["DependsOn"]) & set(alarms)


def test_the_worker_scales_on_cpu(template):
    policy = resource(template, "AWS::ApplicationAutoScaling::ScalingPolicy", PolicyType="TargetTrackingScaling")

    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70


def test_more_waiting_jobs_per_task_than_the_spec_says_add_tasks(template):
    (alarm,) = [
        found["Properties"]
        for found in template.find_resources("AWS::CloudWatch::Alarm").values()
        if "JobsWaiting" in watched(found["Properties"])
    ]

    assert alarm["Threshold"] == 100
    assert [metric["Expression"] for metric in alarm["Metrics"] if "Expression" in metric] == [MATH]


def test_the_longer_the_queue_the_more_tasks_are_added(steps):
    adjustments = [step["ScalingAdjustment"] for step in steps["StepAdjustments"]]

    assert steps["AdjustmentType"] == "PercentChangeInCapacity"
    assert adjustments == sorted(adjustments)


def test_steps_add_one_task_at_least_and_never_take_one_away(steps):
    assert steps["MinAdjustmentMagnitude"] == 1
    assert min(step["ScalingAdjustment"] for step in steps["StepAdjustments"]) > 0


@pytest.mark.parametrize("changes", [{"queue_depth": False}, {"queue_depth_per_task": None}])
def test_without_a_queue_or_a_number_only_cpu_scales(changes):
    text = json.dumps(build(**changes).to_json())

    assert "StepScaling" not in text and "TargetTrackingScaling" in text


@pytest.mark.parametrize("metric", ["CPUUtilization", "MemoryUtilization", "RunningTaskCount"])
def test_somebody_is_told_when_the_worker_is_not_well(template, metric):
    assert len(told(template, metric)) == 1
