"""The API of a cell."""

import json

import pytest
from aws_cdk import Environment, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Match, Template

from tests.constructs_lib.sample_service import (
    API,
    CHEAP,
    Identity,
    SampleService,
    findings,
    resource,
    statements,
    told,
    watched,
)


def build(**changes):
    sample = SampleService()
    api = sample.api(API.model_copy(update=changes))
    api.monitor(sample.facade)
    return sample.template()


@pytest.fixture(scope="module")
def template():
    return build()


@pytest.fixture(scope="module")
def cheap():
    return build(**CHEAP)


@pytest.fixture(scope="module")
def service(template):
    return resource(template, "AWS::ECS::Service")


def test_new_tasks_are_healthy_before_old_ones_stop(service):
    deployment = service["DeploymentConfiguration"]

    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)


def test_a_deployment_that_does_not_start_is_rolled_back(service):
    assert service["DeploymentConfiguration"]["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


def test_a_deployment_that_raises_an_alarm_is_rolled_back(template, service):
    alarms = service["DeploymentConfiguration"]["Alarms"]

    assert (alarms["Enable"], alarms["Rollback"]) == (True, True)
    assert len(alarms["AlarmNames"]) == 2
    for name in alarms["AlarmNames"]:
        assert resource(template, "AWS::CloudWatch::Alarm", AlarmName=name)


@pytest.mark.parametrize(
    "name, metric",
    [
        ("acme-crm-prod-api-deployment-errors", "HTTPCode_Target_5XX_Count"),
        ("acme-crm-prod-api-deployment-unhealthy", "UnHealthyHostCount"),
    ],
)
def test_deployment_alarms_watch_the_targets_of_this_service(template, name, metric):
    alarm = resource(template, "AWS::CloudWatch::Alarm", AlarmName=name)

    assert watched(alarm) == {metric}
    assert "ApiTargetGroup" in json.dumps(alarm)
    assert alarm["TreatMissingData"] == "notBreaching"


def test_a_dashboard_in_another_stack_can_draw_the_metrics():
    sample = SampleService()
    api = sample.api()
    leaf = Stack(sample.app, "Leaf", env=Environment(account="111122223333", region="eu-west-1"))
    widget = cloudwatch.GraphWidget(left=[api.metric_latency(), api.metric_server_errors()])
    cloudwatch.Dashboard(leaf, "Dashboard", widgets=[[widget]])

    assert "Fn::Split" not in json.dumps(Template.from_stack(leaf).to_json())


def test_the_service_comes_after_its_deployment_alarms_and_its_rule(template):
    (service,) = template.find_resources("AWS::ECS::Service").values()
    awaited = {template.to_json()["Resources"][id]["Type"] for id in service["DependsOn"]}

    assert {"AWS::CloudWatch::Alarm", "AWS::ElasticLoadBalancingV2::ListenerRule"} <= awaited


def test_the_first_task_can_pull_its_image(template):
    (service,) = template.find_resources("AWS::ECS::Service").values()
    (policy,) = [
        id
        for id, found in template.find_resources("AWS::IAM::Policy").items()
        if "ecr:BatchGetImage" in json.dumps(found)
    ]

    assert policy in service["DependsOn"]


def test_an_update_does_not_undo_auto_scaling(service):
    assert "DesiredCount" not in service


def test_auto_scaling_keeps_the_range_of_the_spec(template):
    target = resource(template, "AWS::ApplicationAutoScaling::ScalableTarget")

    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 10)


@pytest.mark.parametrize("metric, value", [("ECSServiceAverageCPUUtilization", 70), ("ALBRequestCountPerTarget", 1000)])
def test_the_service_scales_on_cpu_and_on_requests(template, metric, value):
    template.has_resource_properties(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        {
            "TargetTrackingScalingPolicyConfiguration": Match.object_like(
                {
                    "PredefinedMetricSpecification": Match.object_like({"PredefinedMetricType": metric}),
                    "TargetValue": value,
                }
            )
        },
    )


def test_without_a_number_of_requests_only_cpu_scales():
    template = build(requests_per_task_per_minute=None)

    assert "ALBRequestCountPerTarget" not in json.dumps(template.to_json())


def test_the_load_balancer_speaks_https_to_the_tasks_and_asks_for_their_health(template):
    group = resource(template, "AWS::ElasticLoadBalancingV2::TargetGroup")

    assert (group["Protocol"], group["Port"], group["TargetType"]) == ("HTTPS", 8443, "ip")
    assert (group["HealthCheckProtocol"], group["HealthCheckPath"]) == ("HTTPS", "/health")


def test_targets_leave_after_30_seconds_and_nobody_sticks_to_one(template):
    attributes = {
        item["Key"]: item["Value"]
        for item in resource(template, "AWS::ElasticLoadBalancingV2::TargetGroup")["TargetGroupAttributes"]
    }

    assert attributes == {"deregistration_delay.timeout_seconds": "30", "stickiness.enabled": "false"}


def test_whatever_no_other_rule_claims_goes_to_the_api(template):
    rule = resource(template, "AWS::ElasticLoadBalancingV2::ListenerRule")

    assert rule["Priority"] == 50000
    assert rule["Conditions"] == [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}]


def test_only_the_load_balancer_reaches_the_tasks(template):
    tasks = [id for id in template.find_resources("AWS::EC2::SecurityGroup") if id.startswith("ApiService")]
    rules = [
        rule["Properties"]
        for rule in template.find_resources("AWS::EC2::SecurityGroupIngress").values()
        if rule["Properties"]["GroupId"]["Fn::GetAtt"][0] in tasks
    ]

    (rule,) = rules
    assert (rule["FromPort"], rule["ToPort"]) == (8443, 8443)
    assert rule["SourceSecurityGroupId"]["Fn::GetAtt"][0].startswith("LoadBalancer")


def test_tasks_are_in_the_app_subnets_without_a_public_address(service):
    network = service["NetworkConfiguration"]["AwsvpcConfiguration"]

    assert network["AssignPublicIp"] == "DISABLED"
    assert all("AppSubnet" in subnet["Fn::GetStackOutput"]["OutputName"] for subnet in network["Subnets"])


def test_tasks_reach_nothing_but_https_until_the_service_opens_a_door(template):
    (group,) = [
        found["Properties"]
        for id, found in template.find_resources("AWS::EC2::SecurityGroup").items()
        if id.startswith("ApiService")
    ]

    assert [(rule["FromPort"], rule["IpProtocol"]) for rule in group["SecurityGroupEgress"]] == [(443, "tcp")]


def test_the_service_opens_the_door_of_a_store_from_its_own_stack():
    sample = SampleService()
    sample.api().connections.allow_to(sample.data, ec2.Port.tcp(5432), "Reaches the database")

    rule = resource(sample.template(), "AWS::EC2::SecurityGroupIngress", FromPort=5432)
    assert "Fn::GetStackOutput" in rule["GroupId"]


def test_production_runs_on_fargate_and_has_no_shell(template, service):
    assert service["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE", "Weight": 1}]
    assert service.get("EnableExecuteCommand", False) is False
    assert statements(template, action="ssmmessages:OpenDataChannel") == []


def test_a_cheap_cell_runs_on_spot_and_may_have_a_shell(cheap):
    service = resource(cheap, "AWS::ECS::Service")

    assert service["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]
    assert service["EnableExecuteCommand"] is True
    assert len(statements(cheap, action="ssmmessages:OpenDataChannel")) == 1


def test_the_agent_of_a_shell_has_its_directories_to_write_to(cheap):
    (container,) = resource(cheap, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]

    writable = {mount["ContainerPath"] for mount in container["MountPoints"] if not mount["ReadOnly"]}
    assert writable == {"/var/lib/amazon", "/var/log/amazon"}


def test_tasks_are_spread_over_the_zones_and_carry_the_tags_of_the_service(service):
    assert service["AvailabilityZoneRebalancing"] == "ENABLED"
    assert (service["PropagateTags"], service["EnableECSManagedTags"]) == ("SERVICE", True)


@pytest.mark.parametrize(
    "metric, threshold",
    [
        ("CPUUtilization", 95),
        ("MemoryUtilization", 90),
        ("RunningTaskCount", 2),
        ("HTTPCode_Target_5XX_Count", 10),
        ("TargetResponseTime", 2),
        ("UnHealthyHostCount", 0),
    ],
)
def test_somebody_is_told_when_the_service_is_not_well(template, metric, threshold):
    alarms = [alarm for alarm in told(template, metric) if "Api" in alarm["AlarmName"]]

    assert [alarm["Threshold"] for alarm in alarms] == [threshold]


def test_a_service_that_may_run_no_task_is_not_missed():
    template = build(min_tasks=0)

    assert told(template, "RunningTaskCount") == []


@pytest.mark.parametrize("changes, log_days", [({}, None), (CHEAP, None), (CHEAP, 14)])
def test_a_whole_service_layer_passes_every_check(tmp_path, changes, log_days):
    sample = SampleService(tmp_path, execute_command_log_days=log_days)
    sample.everything(**changes)

    assert findings(tmp_path, sample) == []


def test_two_cells_of_one_shape_are_equal_but_for_their_identity():
    one = Identity()
    other = Identity(
        prefix="globex-erp-staging",
        account="444455556666",
        cidr="10.99.16.0/20",
        domain="erp.example.com",
        digest="sha256:" + "b" * 64,
    )
    texts = []
    for identity in (one, other):
        sample = SampleService(identity=identity)
        sample.everything()
        text = json.dumps(sample.template().to_json())
        for name in ("prefix", "account", "domain", "digest"):
            text = text.replace(getattr(identity, name), name)
        texts.append(text)

    assert texts[0] == texts[1]
