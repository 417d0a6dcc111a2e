"""The load balancer, in a stack of its own as the Service layer has it."""

import json
from datetime import date

import pytest
from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template
from cdk_monitoring_constructs import AlarmFactoryDefaults, MonitoringFacade

from assembly.check import check
from assembly.load import CloudAssembly
from constructs_lib.certificate import Certificate
from constructs_lib.dns import Dns
from constructs_lib.load_balancer import LoadBalancer
from constructs_lib.log_bucket import LogBucket
from constructs_lib.network import Network
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.network import NetworkSettings, NetworkSpec, plan_subnets
from tests.constructs_lib.sample_data import ARCHIVE

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")


def build(
    app,
    new_stack,
    protection,
    *,
    account="111122223333",
    region="eu-west-1",
    cidr="10.16.0.0/20",
    domain="crm.example.com",
):
    """The load balancer in a stack after the one that its inputs are in."""
    home = new_stack("Foundation", app=app, account=account, region=region)
    service = new_stack("Service", app=app, account=account, region=region)
    spec = NetworkSpec(
        cidr=cidr,
        zones=plan_subnets(cidr, ZONES),
        settings=NetworkSettings(nat="regional", interface_endpoints=()),
    )
    role = iam.Role.from_role_arn(home, "Role", f"arn:{Aws.PARTITION}:iam::777788889999:role/delegate")
    dns = Dns(home, "Dns", domain=domain, parent_domain="example.com", delegation_role=role)
    load_balancer = LoadBalancer(
        service,
        "LoadBalancer",
        network=Network(
            home, "Network", spec=spec, flow_log_bucket=s3.Bucket.from_bucket_name(home, "Archive", "archive")
        ),
        certificate=Certificate(home, "Certificate", domain=domain, zone=dns.zone).certificate,
        log_bucket=LogBucket(home, "LogBucket", retention_days=90, protection=protection, archive=ARCHIVE).bucket,
        origin_domain=f"origin.{domain}",
        zone=dns.zone,
        protection=protection,
    )
    load_balancer.monitor(
        MonitoringFacade(
            service,
            "Monitoring",
            alarm_factory_defaults=AlarmFactoryDefaults(alarm_name_prefix="Service", actions_enabled=True),
        )
    )
    return service


@pytest.fixture(scope="module")
def template(new_app, new_stack, retained):
    return Template.from_stack(build(new_app(), new_stack, retained))


def only(template, type):
    (resource,) = template.find_resources(type).values()
    return resource["Properties"]


def attributes(template):
    load_balancer = only(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    return {each["Key"]: each["Value"] for each in load_balancer["LoadBalancerAttributes"]}


def test_it_has_no_public_address_and_stands_in_the_app_subnets(template):
    load_balancer = only(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")

    assert load_balancer["Scheme"] == "internal"
    assert len(load_balancer["Subnets"]) == 3
    assert all("AppSubnet" in json.dumps(subnet) for subnet in load_balancer["Subnets"])


def test_it_listens_by_https_only(template):
    listener = only(template, "AWS::ElasticLoadBalancingV2::Listener")

    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")


def test_it_speaks_no_tls_older_than_1_2(template):
    listener = only(template, "AWS::ElasticLoadBalancingV2::Listener")

    assert listener["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"


def test_a_request_that_no_service_claims_is_not_found(template):
    (action,) = only(template, "AWS::ElasticLoadBalancingV2::Listener")["DefaultActions"]

    assert (action["Type"], action["FixedResponseConfig"]["StatusCode"]) == ("fixed-response", "404")


def test_only_cloudfront_reaches_it(template):
    rule = only(template, "AWS::EC2::SecurityGroupIngress")

    assert rule["SourcePrefixListId"] == "pl-4fa04526"
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)
    assert "SecurityGroupIngress" not in only(template, "AWS::EC2::SecurityGroup")


def test_it_reaches_nothing_until_a_service_opens_its_door(template):
    (rule,) = only(template, "AWS::EC2::SecurityGroup")["SecurityGroupEgress"]

    assert rule["CidrIp"] == "255.255.255.255/32"


def test_its_security_group_says_the_same_in_every_cell(template):
    assert only(template, "AWS::EC2::SecurityGroup")["GroupDescription"] == (
        "HTTPS from the VPC origin of CloudFront to the load balancer"
    )


def test_it_drops_headers_and_requests_that_are_not_clear(template):
    assert attributes(template)["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert attributes(template)["routing.http.desync_mitigation_mode"] == "strictest"


def test_it_logs_where_the_log_bucket_lets_it_write(template):
    assert attributes(template)["access_logs.s3.enabled"] == "true"
    assert attributes(template)["access_logs.s3.prefix"] == "load-balancer"
    assert "LogBucket" in json.dumps(attributes(template)["access_logs.s3.bucket"])


def test_a_protected_one_refuses_to_be_deleted(template):
    assert attributes(template)["deletion_protection.enabled"] == "true"


def test_a_disposable_one_can_be_deleted(new_app, new_stack, disposable):
    template = Template.from_stack(build(new_app(), new_stack, disposable))

    assert attributes(template)["deletion_protection.enabled"] == "false"


def test_cloudfront_finds_it_under_the_origin_domain(template):
    record = only(template, "AWS::Route53::RecordSet")

    assert (record["Name"], record["Type"]) == ("origin.crm.example.com.", "A")
    assert "LoadBalancer" in json.dumps(record["AliasTarget"]["DNSName"])


@pytest.mark.parametrize(
    "name, metric, threshold",
    [
        ("ServerErrors", "HTTPCode_ELB_5XX_Count", 10),
        ("TargetErrors", "HTTPCode_Target_5XX_Count", 10),
        ("Latency", "TargetResponseTime", 2),
        ("Rejected", "RejectedConnectionCount", 0),
    ],
)
def test_alarms_when_requests_suffer(template, name, metric, threshold):
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "AlarmName": f"Service-LoadBalancer-LoadBalancer{name}-Critical",
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "Metrics": [
                Match.object_like(
                    {"MetricStat": Match.object_like({"Metric": Match.object_like({"MetricName": metric})})}
                )
            ],
        },
    )


def test_fails_in_a_region_whose_prefix_list_is_not_on_record(new_app, new_stack, disposable):
    with pytest.raises(InputError, match="'mars-north-1' is not on record"):
        build(new_app(), new_stack, disposable, region="mars-north-1")


def test_load_balancers_of_two_cells_differ_in_their_identity_only(new_app, new_stack, retained):
    def rendered(account, domain):
        service = build(new_app(), new_stack, retained, account=account, domain=domain)
        text = json.dumps(Template.from_stack(service).to_json())
        return text.replace(domain, "<domain>").replace(account, "<account>")

    assert rendered("111122223333", "crm.example.com") == rendered("444455556666", "shop.example.com")


def test_checks_have_nothing_to_say_that_is_not_excused(new_app, new_stack, retained):
    app = new_app()
    build(app, new_stack, retained)

    assembly = CloudAssembly.load(app.synth().directory)
    judgement = check(assembly, on=date(2026, 11, 21), app=app).judgement

    assert [str(finding) for finding in judgement.unexcused] == []
    assert [exception.rule for exception in judgement.unused] == []
