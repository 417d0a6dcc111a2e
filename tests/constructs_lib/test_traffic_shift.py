"""An API whose requests move from one set of tasks to another when it is updated."""

import json

import pytest

from constructs_lib.specs.service import ApiSpec
from tests.constructs_lib.sample_service import API, SampleService, findings, resource

_ROLE = "ECS moves the requests of a service between two sets of tasks"


def build(**changes):
    sample = SampleService()
    api = sample.api(API.model_copy(update=changes))
    api.monitor(sample.facade)
    return sample


@pytest.fixture(scope="module")
def template():
    return build(deployment="blue-green", bake_minutes=7).template()


@pytest.fixture(scope="module")
def service(template):
    return resource(template, "AWS::ECS::Service")


def alarm_stats(template):
    """The metrics of each alarm."""
    alarms = template.find_resources("AWS::CloudWatch::Alarm").values()
    metrics = [alarm["Properties"].get("Metrics", ()) for alarm in alarms]
    return [[one["MetricStat"]["Metric"] for one in some if "MetricStat" in one] for some in metrics if some]


def shift_role(template):
    return resource(template, "AWS::IAM::Role", Description=_ROLE)


def target_groups(template):
    return template.find_resources("AWS::ElasticLoadBalancingV2::TargetGroup")


def test_all_requests_move_at_once_and_the_old_tasks_stay_for_the_bake_time(service):
    deployment = service["DeploymentConfiguration"]

    assert (deployment["Strategy"], deployment["BakeTimeInMinutes"]) == ("BLUE_GREEN", 7)


def test_a_canary_takes_a_part_of_the_requests_first():
    service = resource(build(deployment="canary", canary_percent=20).template(), "AWS::ECS::Service")

    deployment = service["DeploymentConfiguration"]
    assert deployment["Strategy"] == "CANARY"
    assert deployment["CanaryConfiguration"] == {"CanaryBakeTimeInMinutes": 5, "CanaryPercent": 20}


def test_an_alarm_brings_the_old_version_back_and_there_is_no_circuit_breaker(service):
    deployment = service["DeploymentConfiguration"]

    assert deployment["Alarms"]["Rollback"] is True
    assert "DeploymentCircuitBreaker" not in deployment


def test_the_rule_starts_with_everything_on_the_first_group(template):
    rule = resource(template, "AWS::ElasticLoadBalancingV2::ListenerRule")

    (action,) = rule["Actions"]
    assert [group["Weight"] for group in action["ForwardConfig"]["TargetGroups"]] == [100, 0]


def test_the_service_knows_the_other_group_the_rule_and_the_role(template, service):
    (balancer,) = service["LoadBalancers"]

    advanced = balancer["AdvancedConfiguration"]
    groups = set(target_groups(template))
    assert {balancer["TargetGroupArn"]["Ref"], advanced["AlternateTargetGroupArn"]["Ref"]} == groups
    assert "ProductionListenerRule" in advanced
    assert "RoleArn" in advanced


def test_both_groups_check_health_alike(template):
    one, other = (group["Properties"] for group in target_groups(template).values())

    assert one == other


def test_the_role_changes_the_two_groups_and_the_rule_only(template):
    (policy,) = shift_role(template)["Policies"]
    registering, modifying, describing = policy["PolicyDocument"]["Statement"]

    assert {arn["Ref"] for arn in registering["Resource"]} == set(target_groups(template))
    assert [modifying["Resource"]["Ref"]] == list(template.find_resources("AWS::ElasticLoadBalancingV2::ListenerRule"))
    assert all(":Describe" in action for action in describing["Action"])


def test_nobody_but_ecs_of_this_account_becomes_the_role(template):
    (statement,) = shift_role(template)["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": "ecs.amazonaws.com"}
    assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]


@pytest.mark.parametrize("metric", ["HTTPCode_Target_5XX_Count", "TargetResponseTime"])
def test_errors_and_latency_count_whichever_group_has_the_requests(template, metric):
    stats = [stat for stats in alarm_stats(template) for stat in stats if stat["MetricName"] == metric]

    assert stats
    assert all([one["Name"] for one in stat["Dimensions"]] == ["LoadBalancer"] for stat in stats)


def test_unhealthy_tasks_of_both_groups_count(template):
    sums = [stats for stats in alarm_stats(template) if stats[0]["MetricName"] == "UnHealthyHostCount"]

    assert [len({json.dumps(stat) for stat in stats}) for stats in sums] == [2, 2]


def test_it_scales_on_cpu_only(template):
    policies = template.find_resources("AWS::ApplicationAutoScaling::ScalingPolicy").values()

    kinds = [
        one["Properties"]["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"][
            "PredefinedMetricType"
        ]
        for one in policies
    ]
    assert kinds == ["ECSServiceAverageCPUUtilization"]


def test_a_service_layer_that_shifts_traffic_passes_every_check(tmp_path):
    sample = SampleService(tmp_path)
    sample.everything(deployment="canary")

    assert findings(tmp_path, sample) == []


def test_rolling_is_what_an_api_does_when_nothing_is_said():
    assert ApiSpec.model_fields["deployment"].default == "rolling"
