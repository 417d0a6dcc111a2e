"""The permission service: TLS on every hop, closed to all but those who open its door, watched."""

import json

import pytest
from aws_cdk import aws_ec2 as ec2

from constructs_lib.specs.permission_service import PermissionServiceSpec
from tests.constructs_lib.sample_service import API, SampleService, findings, resource, told, watched

SPEC = PermissionServiceSpec().service(API)


def build(sample: SampleService) -> SampleService:
    """The service, and one that asks it."""
    service = sample.permissions(SPEC)
    service.monitor(sample.facade)
    asker = ec2.SecurityGroup(
        sample.stack, "Asker", vpc=sample.network.vpc, description="Asks", allow_all_outbound=False
    )
    asker.connections.allow_to_default_port(service, "The service asks for permissions")
    return sample


@pytest.fixture(scope="module")
def template():
    return build(SampleService()).template()


@pytest.fixture(scope="module")
def container(template):
    (found,) = resource(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return found


def ingress(template, group: str) -> list[dict]:
    return [
        rule["Properties"]
        for rule in template.find_resources("AWS::EC2::SecurityGroupIngress").values()
        if rule["Properties"]["GroupId"]["Fn::GetAtt"][0].startswith(group)
    ]


def test_it_listens_with_the_certificate_of_the_cell_on_a_port_that_cloudfront_does_not_reach(template):
    listener = resource(template, "AWS::ElasticLoadBalancingV2::Listener", Port=8443)

    assert listener["Protocol"] == "HTTPS"
    assert listener["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    assert listener["Certificates"] == [{"CertificateArn": "arn:aws:acm:eu-west-1:111122223333:certificate/one"}]
    assert {rule["FromPort"] for rule in ingress(template, "LoadBalancer") if "SourcePrefixListId" in rule} == {443}


def test_the_load_balancer_speaks_https_to_the_tasks(template):
    group = resource(template, "AWS::ElasticLoadBalancingV2::TargetGroup")

    assert (group["Protocol"], group["Port"], group["HealthCheckProtocol"]) == ("HTTPS", 8443, "HTTPS")
    assert group["HealthCheckPath"] == "/health"


def test_who_opens_the_door_reaches_it_by_his_security_group_and_nobody_else_does(template):
    (door,) = (rule for rule in ingress(template, "LoadBalancer") if rule["FromPort"] <= 8443 <= rule["ToPort"])

    assert door["SourceSecurityGroupId"]["Fn::GetAtt"][0].startswith("Asker")
    assert "CidrIp" not in json.dumps(door)


def test_only_the_load_balancer_reaches_the_tasks(template):
    (rule,) = ingress(template, "PermissionsService")

    assert rule["FromPort"] == 8443
    assert rule["SourceSecurityGroupId"]["Fn::GetAtt"][0].startswith("LoadBalancer")


def test_tasks_run_on_arm_without_rights_without_a_public_address_and_cannot_write_their_root(template, container):
    task = resource(template, "AWS::ECS::TaskDefinition")
    service = resource(template, "AWS::ECS::Service")

    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    assert container["ReadonlyRootFilesystem"] is True
    assert container["User"] == "65532:65532"
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert service["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"
    assert service.get("EnableExecuteCommand") is False


def test_no_secret_is_injected_because_it_would_be_stale_after_a_rotation(container):
    assert "Secrets" not in container


def test_an_update_that_does_not_start_or_answers_with_errors_is_rolled_back(template):
    (found,) = template.find_resources("AWS::ECS::Service").values()
    deployment = found["Properties"]["DeploymentConfiguration"]

    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert deployment["Alarms"]["AlarmNames"] == [
        "acme-crm-prod-permissions-deployment-errors",
        "acme-crm-prod-permissions-deployment-unhealthy",
    ]
    metrics = {
        name: watched(resource(template, "AWS::CloudWatch::Alarm", AlarmName=name))
        for name in deployment["Alarms"]["AlarmNames"]
    }
    assert list(metrics.values()) == [{"HTTPCode_Target_5XX_Count"}, {"UnHealthyHostCount"}]
    awaited = {template.to_json()["Resources"][id]["Type"] for id in found["DependsOn"]}
    assert {"AWS::CloudWatch::Alarm", "AWS::ElasticLoadBalancingV2::Listener"} <= awaited


@pytest.mark.parametrize(
    ("metric", "threshold"),
    [("HTTPCode_Target_5XX_Count", 10), ("TargetResponseTime", 0.5), ("UnHealthyHostCount", 0)],
)
def test_somebody_hears_of_errors_slow_answers_and_unhealthy_tasks(template, metric, threshold):
    (alarm,) = told(template, metric)

    assert alarm["Threshold"] == threshold
    assert "PermissionsTargetGroup" in json.dumps(alarm)


def test_somebody_hears_of_missing_tasks(template):
    (alarm,) = told(template, "RunningTaskCount")

    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (2, "LessThanThreshold")


def test_passes_every_check(tmp_path):
    assert findings(tmp_path, build(SampleService(tmp_path))) == []
