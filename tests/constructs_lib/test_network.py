"""The network of a cell, read from its template."""

import json
from datetime import date

import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template
from cdk_monitoring_constructs import MonitoringFacade

from assembly.check import check
from assembly.load import CloudAssembly
from constructs_lib.network import Network
from constructs_lib.specs.network import (
    REQUIRED_WITHOUT_NAT,
    AttachmentSpec,
    NetworkSettings,
    NetworkSpec,
    plan_subnets,
)

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")


def spec_of(nat="regional", *, cidr="10.16.0.0/20", endpoints=REQUIRED_WITHOUT_NAT):
    settings = NetworkSettings(nat=nat, interface_endpoints=endpoints)
    return NetworkSpec(cidr=cidr, zones=plan_subnets(cidr, ZONES), settings=settings)


def network_in(stack, spec, *, archive="acme-log-archive-flow-logs"):
    network = Network(
        stack, "Network", spec=spec, flow_log_bucket=s3.Bucket.from_bucket_name(stack, "Archive", archive)
    )
    network.monitor(MonitoringFacade(stack, "Monitoring"))
    return network


@pytest.fixture(scope="module")
def template(new_stack):
    stack = new_stack()
    network_in(stack, spec_of())
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def of_nat(new_stack):
    """The template of each way out."""

    def synthesize(nat):
        stack = new_stack()
        network_in(stack, spec_of(nat))
        return Template.from_stack(stack)

    done = {nat: synthesize(nat) for nat in ("per_az", "single", "none")}
    return done.__getitem__


def resources(template, type):
    return template.find_resources(type)


def properties(template, type):
    return [resource["Properties"] for resource in resources(template, type).values()]


def acl_entries(template, tier, *, egress):
    """Range and ports of each rule of a tier."""
    (acl,) = [id for id in resources(template, "AWS::EC2::NetworkAcl") if f"Acls{tier}" in id]
    return {
        (entry["CidrBlock"], entry["PortRange"]["From"], entry["PortRange"]["To"])
        for entry in properties(template, "AWS::EC2::NetworkAclEntry")
        if entry["NetworkAclId"] == {"Ref": acl} and entry["Egress"] is egress and entry["RuleAction"] == "allow"
    }


def tier_of(subnet):
    (name,) = [tag["Value"] for tag in subnet["Tags"] if tag["Key"] == "aws-cdk:subnet-name"]
    return name


def test_subnets_take_exactly_the_ranges_of_the_plan(template):
    subnets = {
        (tier_of(subnet), subnet["AvailabilityZone"]): subnet["CidrBlock"]
        for subnet in properties(template, "AWS::EC2::Subnet")
    }

    planned = {}
    for zone in spec_of().zones:
        planned[("Public", zone.zone)] = zone.public_cidr
        planned[("App", zone.zone)] = zone.app_cidr
        planned[("Data", zone.zone)] = zone.data_cidr
    assert subnets == planned


def test_vpc_takes_the_range_of_the_plan_and_resolves_names(template):
    template.has_resource_properties(
        "AWS::EC2::VPC", {"CidrBlock": "10.16.0.0/20", "EnableDnsSupport": True, "EnableDnsHostnames": True}
    )


def test_no_subnet_hands_out_public_addresses(template):
    assert not any(subnet.get("MapPublicIpOnLaunch") for subnet in properties(template, "AWS::EC2::Subnet"))


def test_the_default_security_group_is_emptied(template):
    template.has_resource_properties(
        "Custom::VpcRestrictDefaultSG",
        {"DefaultSecurityGroupId": {"Fn::GetAtt": [Match.string_like_regexp("NetworkVpc"), "DefaultSecurityGroup"]}},
    )


def default_routes(template, tier):
    """What the default routes of a tier lead to."""
    return [
        next(key for key in ("NatGatewayId", "GatewayId") if key in route)
        for id, resource in resources(template, "AWS::EC2::Route").items()
        if f"{tier}Subnet" in id and (route := resource["Properties"])["DestinationCidrBlock"] == "0.0.0.0/0"
    ]


def test_app_subnets_reach_out_through_one_regional_nat_gateway(template):
    (gateway,) = properties(template, "AWS::EC2::NatGateway")

    assert gateway["AvailabilityMode"] == "regional"
    assert "SubnetId" not in gateway
    assert default_routes(template, "App") == ["NatGatewayId"] * 3


def test_data_subnets_have_no_way_to_the_internet(template, of_nat):
    for each in (template, of_nat("per_az"), of_nat("single"), of_nat("none")):
        assert default_routes(each, "Data") == []


def test_per_az_puts_a_nat_gateway_into_each_public_subnet(of_nat):
    subnets = [gateway["SubnetId"]["Ref"] for gateway in properties(of_nat("per_az"), "AWS::EC2::NatGateway")]

    assert len({subnet for subnet in subnets if "PublicSubnet" in subnet}) == 3


def test_single_shares_one_nat_gateway(of_nat):
    targets = {
        json.dumps(route["NatGatewayId"])
        for route in properties(of_nat("single"), "AWS::EC2::Route")
        if "NatGatewayId" in route
    }

    assert len(targets) == 1
    assert default_routes(of_nat("single"), "App") == ["NatGatewayId"] * 3


def test_without_nat_app_subnets_have_endpoints_only(of_nat):
    assert default_routes(of_nat("none"), "App") == []
    assert properties(of_nat("none"), "AWS::EC2::NatGateway") == []


def test_without_nat_the_internet_gateway_stays_because_a_vpc_origin_needs_one(of_nat):
    of_nat("none").resource_count_is("AWS::EC2::InternetGateway", 1)


def test_data_network_acl_knows_app_subnets_only(template):
    app = {zone.app_cidr for zone in spec_of().zones}

    assert acl_entries(template, "Data", egress=False) == {
        (cidr, *ports) for cidr in app for ports in ((1024, 65535), (443, 443))
    }
    assert acl_entries(template, "Data", egress=True) == {(cidr, 32768, 65535) for cidr in app}


def ports_of_anywhere(entries):
    return {(low, high) for cidr, low, high in entries if cidr == "0.0.0.0/0"}


def test_internet_reaches_the_app_tier_on_https_and_on_ports_of_answers_only(template):
    assert ports_of_anywhere(acl_entries(template, "App", egress=False)) == {(443, 443), (32768, 65535)}


def test_app_tier_calls_the_internet_by_https_and_answers_cloudfront(template):
    assert ports_of_anywhere(acl_entries(template, "App", egress=True)) == {(443, 443), (1024, 65535)}


def test_public_network_acl_is_closed_where_no_nat_gateway_lives(template, of_nat):
    for each in (template, of_nat("none")):
        assert acl_entries(each, "Public", egress=False) == acl_entries(each, "Public", egress=True) == set()


def test_public_network_acl_lets_app_subnets_through_a_zonal_nat_gateway(of_nat):
    app = {zone.app_cidr for zone in spec_of().zones}

    assert {(cidr, 443, 443) for cidr in app} <= acl_entries(of_nat("per_az"), "Public", egress=False)
    assert acl_entries(of_nat("per_az"), "Public", egress=False) - {(cidr, 443, 443) for cidr in app} == {
        ("0.0.0.0/0", 1024, 65535)
    }


def test_every_subnet_has_the_network_acl_of_its_tier(template):
    pairs = [
        (association["SubnetId"]["Ref"], association["NetworkAclId"]["Ref"])
        for association in properties(template, "AWS::EC2::SubnetNetworkAclAssociation")
    ]

    assert len(pairs) == 9
    for subnet, acl in pairs:
        assert any(f"{tier}Subnet" in subnet and f"Acls{tier}" in acl for tier in ("Public", "App", "Data"))


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_gateway_endpoints_lead_to_own_resources_for_own_principals(template, service):
    (endpoint,) = [
        each
        for each in properties(template, "AWS::EC2::VPCEndpoint")
        if each["VpcEndpointType"] == "Gateway" and json.dumps(each["ServiceName"]).endswith(f'.{service}"]]}}')
    ]

    (own,) = [s for s in endpoint["PolicyDocument"]["Statement"] if s["Action"] == "*"]
    assert own["Condition"]["StringEquals"] == {
        "aws:PrincipalAccount": "111122223333",
        "aws:ResourceAccount": "111122223333",
    }
    assert all("AppSubnet" in table["Ref"] for table in endpoint["RouteTableIds"])


def test_image_layers_are_read_from_the_bucket_that_ecr_owns(template):
    template.has_resource_properties(
        "AWS::EC2::VPCEndpoint",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Action": "s3:GetObject",
                                "Resource": {
                                    "Fn::Join": [
                                        "",
                                        Match.array_with([":s3:::prod-eu-west-1-starport-layer-bucket/*"]),
                                    ]
                                },
                            }
                        )
                    ]
                )
            }
        },
    )


def test_interface_endpoints_let_app_subnets_in_by_https_and_nobody_else(template):
    groups = [
        group
        for group in properties(template, "AWS::EC2::SecurityGroup")
        if group["GroupDescription"] == "HTTPS from the app subnets to an interface endpoint"
    ]

    app = {(zone.app_cidr, "tcp", 443, 443) for zone in spec_of().zones}
    assert len(groups) == len(REQUIRED_WITHOUT_NAT)
    for group in groups:
        rules = group["SecurityGroupIngress"]
        assert {(r["CidrIp"], r["IpProtocol"], r["FromPort"], r["ToPort"]) for r in rules} == app


def test_interface_endpoints_serve_own_principals_under_the_public_name(template):
    endpoints = [e for e in properties(template, "AWS::EC2::VPCEndpoint") if e["VpcEndpointType"] == "Interface"]

    for endpoint in endpoints:
        (statement,) = endpoint["PolicyDocument"]["Statement"]
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}
        assert endpoint["PrivateDnsEnabled"] is True
        assert all("AppSubnet" in subnet["Ref"] for subnet in endpoint["SubnetIds"])


def test_a_network_without_interface_endpoints_has_none(new_stack):
    stack = new_stack()
    network_in(stack, spec_of("single", endpoints=()))

    endpoints = properties(Template.from_stack(stack), "AWS::EC2::VPCEndpoint")

    assert {endpoint["VpcEndpointType"] for endpoint in endpoints} == {"Gateway"}


def test_all_traffic_is_logged_to_the_archive_for_athena(template):
    template.has_resource_properties(
        "AWS::EC2::FlowLog",
        {
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogDestinationType": "s3",
            "LogDestination": {"Fn::Join": ["", Match.array_with([":s3:::acme-log-archive-flow-logs"])]},
            "DestinationOptions": {
                "FileFormat": "parquet",
                "HiveCompatiblePartitions": True,
                "PerHourPartition": True,
            },
        },
    )


def test_the_bucket_policy_of_the_archive_is_left_to_its_account(template):
    template.resource_count_is("AWS::S3::BucketPolicy", 0)


def test_alarms_when_a_nat_gateway_runs_out_of_ports(template):
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "Metrics": [
                Match.object_like(
                    {
                        "MetricStat": Match.object_like(
                            {
                                "Metric": {
                                    "Namespace": "AWS/NATGateway",
                                    "MetricName": "ErrorPortAllocation",
                                    "Dimensions": [
                                        {
                                            "Name": "NatGatewayId",
                                            "Value": {
                                                "Fn::GetAtt": [Match.string_like_regexp("NatGateway"), "NatGatewayId"]
                                            },
                                        }
                                    ],
                                }
                            }
                        )
                    }
                )
            ],
        },
    )


def test_every_zonal_nat_gateway_has_its_own_alarm(of_nat):
    watched = {
        json.dumps(alarm["Metrics"][0]["MetricStat"]["Metric"]["Dimensions"][0]["Value"])
        for alarm in properties(of_nat("per_az"), "AWS::CloudWatch::Alarm")
    }

    assert len(watched) == 3


def test_without_nat_there_is_nothing_to_alarm_on(of_nat):
    of_nat("none").resource_count_is("AWS::CloudWatch::Alarm", 0)


def test_networks_of_two_cells_differ_in_their_identity_only(new_stack):
    def rendered(account, cidr, archive):
        stack = new_stack(account=account)
        spec = spec_of(cidr=cidr)
        network_in(stack, spec, archive=archive)
        text = json.dumps(Template.from_stack(stack).to_json())
        ranges = [c for zone in spec.zones for c in (zone.public_cidr, zone.app_cidr, zone.data_cidr)]
        for number, value in enumerate([*ranges, cidr, account, archive]):
            text = text.replace(value, f"<{number}>")
        return text

    first = rendered("111122223333", "10.16.0.0/20", "acme-flow-logs")
    second = rendered("444455556666", "10.99.32.0/20", "other-flow-logs")

    assert first == second


@pytest.mark.parametrize("nat", ["regional", "per_az"])
def test_checks_have_nothing_to_say_that_is_not_excused(new_app, new_stack, nat):
    app = new_app()
    network_in(new_stack(app=app), spec_of(nat))

    assembly = CloudAssembly.load(app.synth().directory)
    judgement = check(assembly, on=date(2026, 11, 21), app=app).judgement

    assert [str(finding) for finding in judgement.unexcused] == []
    assert [exception.rule for exception in judgement.unused] == []


@pytest.fixture(scope="module")
def attached(new_stack):
    stack = new_stack()
    way = AttachmentSpec(transit_gateway="tgw-0123456789abcdef0", ranges=("172.16.0.0/12", "192.168.4.0/24"))
    network_in(stack, spec_of("single").model_copy(update={"attachment": way}))
    return Template.from_stack(stack)


def test_a_cell_is_attached_to_nothing_by_default(template):
    assert resources(template, "AWS::EC2::TransitGatewayVpcAttachment") == {}
    assert not [route for route in properties(template, "AWS::EC2::Route") if "TransitGatewayId" in route]


def test_an_attachment_is_in_the_app_subnets_of_every_zone(attached):
    (attachment,) = properties(attached, "AWS::EC2::TransitGatewayVpcAttachment")

    assert attachment["TransitGatewayId"] == "tgw-0123456789abcdef0"
    assert attachment["Options"]["DnsSupport"] == "enable"
    assert len(attachment["SubnetIds"]) == 3
    assert all("AppSubnet" in subnet["Ref"] for subnet in attachment["SubnetIds"])


def test_only_app_subnets_send_the_ranges_of_lines_to_the_hub(attached):
    (id,) = resources(attached, "AWS::EC2::TransitGatewayVpcAttachment")
    routes = [one for one in resources(attached, "AWS::EC2::Route").values() if "TransitGatewayId" in one["Properties"]]

    ways = {(one["Properties"]["RouteTableId"]["Ref"], one["Properties"]["DestinationCidrBlock"]) for one in routes}
    assert len(ways) == 6
    assert all("AppSubnet" in table for table, _ in ways)
    assert {cidr for _, cidr in ways} == {"172.16.0.0/12", "192.168.4.0/24"}
    assert all(id in one["DependsOn"] for one in routes)


def test_an_attachment_changes_nothing_that_was_there(attached, of_nat):
    before, after = of_nat("single").to_json()["Resources"], attached.to_json()["Resources"]

    assert {id: after.get(id) for id in before} == before
