"""Transit gateways: made by a stack, read back with boto3, among the other calls of EC2."""

import json
import re

from tests.local.conftest import Local
from tests.local.test_stacks import Stacks, template

GATEWAY = {
    "Type": "AWS::EC2::TransitGateway",
    "Properties": {
        "AmazonSideAsn": 64700,
        "DefaultRouteTableAssociation": "disable",
        "DefaultRouteTablePropagation": "disable",
        "Tags": [{"Key": "Name", "Value": "hub"}],
    },
}
TABLE = {
    "Type": "AWS::EC2::TransitGatewayRouteTable",
    "Properties": {"TransitGatewayId": {"Fn::GetAtt": ["Gateway", "Id"]}},
}


def black_hole(cidr: str) -> dict[str, object]:
    properties = {
        "TransitGatewayRouteTableId": {"Ref": "Table"},
        "DestinationCidrBlock": cidr,
        "Blackhole": True,
    }
    return {"Type": "AWS::EC2::TransitGatewayRoute", "Properties": properties}


def test_a_stack_makes_a_gateway_with_tables_and_routes(local: Local) -> None:
    stacks = Stacks(local)
    ec2 = local.session(account="222222222222", region="eu-west-1").client("ec2", endpoint_url=local.server.endpoint)
    body = template(None, Gateway=GATEWAY, Table=TABLE, Route=black_hole("10.0.0.0/10"))

    assert stacks.create("hub", body) == "CREATE_COMPLETE"

    (gateway,) = [one for one in ec2.describe_transit_gateways()["TransitGateways"] if one["State"] == "available"]
    assert gateway["Options"]["AmazonSideAsn"] == 64700
    assert gateway["Options"]["DefaultRouteTableAssociation"] == "disable"
    assert {"Key": "Name", "Value": "hub"} in gateway["Tags"]
    tables = ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]
    (table,) = [
        one for one in tables if one["TransitGatewayId"] == gateway["TransitGatewayId"] and one["State"] == "available"
    ]
    routes = ec2.search_transit_gateway_routes(
        TransitGatewayRouteTableId=table["TransitGatewayRouteTableId"],
        Filters=[{"Name": "state", "Values": ["blackhole"]}],
    )["Routes"]
    assert [(route["DestinationCidrBlock"], route["State"]) for route in routes] == [("10.0.0.0/10", "blackhole")]


def test_the_attachment_of_a_network_is_recorded_with_an_id_as_ec2_has_them(local: Local) -> None:
    cloudformation = local.session(account="222222222222", region="eu-west-1").client(
        "cloudformation", endpoint_url=local.server.endpoint
    )
    attachment = {
        "Type": "AWS::EC2::TransitGatewayVpcAttachment",
        "Properties": {
            "TransitGatewayId": "tgw-0123456789abcdef0",
            "VpcId": "vpc-0123456789abcdef0",
            "SubnetIds": ["subnet-0123456789abcdef0"],
        },
    }
    body = json.dumps(
        {
            "Resources": {"Attachment": attachment},
            "Outputs": {"AttachmentId": {"Value": {"Fn::GetAtt": ["Attachment", "Id"]}}},
        }
    )

    cloudformation.create_stack(StackName="attached", TemplateBody=body)

    (output,) = cloudformation.describe_stacks(StackName="attached")["Stacks"][0]["Outputs"]
    assert re.fullmatch(r"tgw-attach-[0-9a-f]{17}", output["OutputValue"])


def test_a_table_takes_a_destination_once(local: Local) -> None:
    twice = {"Route": black_hole("10.0.0.0/10"), "Again": {**black_hole("10.0.0.0/10"), "DependsOn": "Route"}}

    assert Stacks(local).create("twice", template(None, Gateway=GATEWAY, Table=TABLE, **twice)) == "ROLLBACK_COMPLETE"


def test_other_calls_of_ec2_are_answered_as_before(local: Local) -> None:
    ec2 = local.session(account="222222222222", region="eu-west-1").client("ec2", endpoint_url=local.server.endpoint)

    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "plain"}])

    (found,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert {"Key": "Name", "Value": "plain"} in found["Tags"]
