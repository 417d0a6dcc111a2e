import json

import pytest

from accounts.network_spec import NetworkSpec
from accounts.stacks.network_hub import network_stacks
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import CellEntry
from tests.accounts.platforms import cell, platform, products, templates, too_large

HUB = "NetworkHub"
CRM = "NetworkHub-acme-crm"
ATTACHMENT = "tgw-attach-0123456789abcdef0"
TWO_ATTACHED = (
    cell("acme-crm", "dev", 1, attachment="tgw-attach-00000001"),
    cell("acme-crm", "prod", 2, attachment=ATTACHMENT),
)


@pytest.fixture(scope="module")
def roles(ground):
    return {role["Properties"]["RoleName"]: role["Properties"] for role in ground.all(CRM, "AWS::IAM::Role")}


@pytest.fixture
def hub_with(lay_ground, organization, registry):
    def run(cells=None, **network):
        changed = organization.model_copy(update={"network": NetworkSpec.model_validate(network)})
        cells = registry.cells if cells is None else cells
        return lay_ground(changed, registry.model_copy(update={"cells": cells}))

    return run


def resources(ground, stack, type):
    return ground.template(stack).find_resources(type)


def test_the_base_zone_is_public_and_outlives_its_stack(ground):
    template = ground.template(HUB)

    template.has_resource_properties("AWS::Route53::HostedZone", {"Name": "example.com."})
    template.has_resource("AWS::Route53::HostedZone", {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"})


def test_only_the_declared_authorities_issue_certificates_for_the_domain(ground):
    record = ground.only(HUB, "AWS::Route53::RecordSet")["Properties"]

    assert record["Type"] == "CAA"
    assert record["Name"] == "example.com."
    assert record["ResourceRecords"] == ['0 issue "amazon.com"', '0 issuewild "amazon.com"']


# --- delegation ---


def test_every_cell_has_a_delegation_role_of_the_agreed_name(roles, registry):
    assert set(roles) == {cell.identity.delegation_role_name for cell in registry.cells}


def test_a_delegation_role_is_trusted_by_the_foundation_of_its_cell_only(roles):
    trust = roles["cell-dns-acme-crm-prod-eu-west-1"]["AssumeRolePolicyDocument"]["Statement"]

    assert trust == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::777788889999:root"},
            "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::777788889999:role/acme-crm-prod-foundation*"}},
        }
    ]


def test_a_delegation_role_may_change_exactly_one_record(roles):
    (policy,) = roles["cell-dns-acme-crm-dev-eu-west-1"]["Policies"]
    change, find = policy["PolicyDocument"]["Statement"]

    assert change["Action"] == "route53:ChangeResourceRecordSets"
    assert change["Condition"]["ForAllValues:StringEquals"] == {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["crm-dev.example.com"],
        "route53:ChangeResourceRecordSetsRecordTypes": ["NS"],
        "route53:ChangeResourceRecordSetsActions": ["UPSERT", "DELETE"],
    }
    assert find["Action"] == "route53:ListHostedZonesByName"


def test_a_request_that_names_no_record_is_not_let_through(roles):
    """ForAllValues is true for a key that is not there."""
    (policy,) = roles["cell-dns-acme-crm-dev-eu-west-1"]["Policies"]
    change = policy["PolicyDocument"]["Statement"][0]["Condition"]

    assert change["Null"] == dict.fromkeys(change["ForAllValues:StringEquals"], "false")


def test_the_record_can_be_written_in_the_base_zone_only(ground, roles):
    (policy,) = roles["cell-dns-acme-crm-dev-eu-west-1"]["Policies"]
    zone = {"StackName": "example-network-hub", "Region": "eu-west-1", "OutputName": "BaseZoneId"}

    resource = policy["PolicyDocument"]["Statement"][0]["Resource"]

    assert resource == "arn:aws:route53:::hostedzone/" + str({"Fn::GetStackOutput": zone})
    (base_zone,) = resources(ground, HUB, "AWS::Route53::HostedZone")
    ground.template(HUB).has_output("BaseZoneId", {"Value": {"Ref": base_zone}})


def test_a_pending_cell_has_addresses_but_no_role_yet(hub_with, registry):
    pending = CellEntry(
        product="beta-shop", environment="dev", region="eu-west-1", cidr="10.0.8.0/21", domain="shop-dev.example.com"
    )
    ground = hub_with(cells=(*registry.cells, pending))

    assert resources(ground, "NetworkHub-beta-shop", "AWS::IAM::Role") == {}
    assert ground.only("NetworkHub-beta-shop", "AWS::EC2::IPAMAllocation")["Properties"]["Cidr"] == "10.0.8.0/21"


def test_a_long_stack_name_is_trusted_by_what_cloudformation_keeps_of_it(hub_with, registry):
    ground = hub_with(cells=(*registry.cells, cell("a-twenty-letter-name", "staging", 20)))

    found = resources(ground, "NetworkHub-a-twenty-letter-name", "AWS::IAM::Role")
    assert "role/a-twenty-letter-name-sta*" in str(found)


# --- addresses ---


def test_the_pool_of_each_region_is_below_one_that_holds_them_all(lay_ground, organization, registry):
    two = organization.model_copy(update={"address_pools": {"us-east-1": "10.64.0.0/10", "eu-west-1": "10.0.0.0/10"}})
    ground = lay_ground(two, registry)

    pools = [pool["Properties"] for pool in ground.all(HUB, "AWS::EC2::IPAMPool")]
    top = next(pool for pool in pools if "Locale" not in pool)
    below = {pool["Locale"]: pool for pool in pools if "Locale" in pool}
    assert top["ProvisionedCidrs"] == [{"Cidr": "10.0.0.0/10"}, {"Cidr": "10.64.0.0/10"}]
    assert below["us-east-1"]["ProvisionedCidrs"] == [{"Cidr": "10.64.0.0/10"}]
    assert all("SourceIpamPoolId" in pool for pool in below.values())


def test_every_range_of_the_registry_is_recorded_in_the_pool_of_its_region(ground, registry):
    recorded = [resource["Properties"] for resource in ground.all(CRM, "AWS::EC2::IPAMAllocation")]

    assert {one["Description"]: one["Cidr"] for one in recorded} == {
        cell.identity.key: cell.cidr for cell in registry.cells
    }
    assert {one["IpamPoolId"]["Fn::GetStackOutput"]["OutputName"] for one in recorded} == {"PoolEuWest1"}


def test_addresses_of_another_region_are_recorded_in_that_region(lay_ground, organization, registry):
    """IPAM takes an allocation only where the pool's locale is."""
    two = organization.model_copy(update={"address_pools": {"eu-west-1": "10.0.0.0/10", "us-east-1": "10.64.0.0/10"}})
    far = CellEntry(
        product="acme-crm", environment="prod", region="us-east-1", account="777788889999", state="active",
        cidr="10.64.0.0/20", domain="crm-us.example.com",
    )  # fmt: skip
    ground = lay_ground(two, registry.model_copy(update={"cells": (*registry.cells, far)}))

    there = ground.only("NetworkHubAddresses-acme-crm-us-east-1", "AWS::EC2::IPAMAllocation")["Properties"]
    assert there["Cidr"] == "10.64.0.0/20"
    assert there["IpamPoolId"]["Fn::GetStackOutput"] == {
        "StackName": "example-network-hub",
        "Region": "eu-west-1",
        "OutputName": "PoolUsEast1",
    }
    assert "10.64.0.0/20" not in str(ground.all(CRM, "AWS::EC2::IPAMAllocation"))
    assert ground.assembly.stack("NetworkHubAddresses-acme-crm-us-east-1").region == "us-east-1"


def test_without_ipam_nothing_of_it_is_there(hub_with):
    ground = hub_with(ipam=False)

    for stack in (HUB, CRM):
        assert not [one for one in ground.template(stack).to_json()["Resources"].values() if "IPAM" in one["Type"]]


# --- transit gateway ---


def test_an_attachment_carries_nothing_until_its_segment_is_chosen(ground):
    gateway = ground.only(HUB, "AWS::EC2::TransitGateway")["Properties"]

    assert gateway["DefaultRouteTableAssociation"] == "disable"
    assert gateway["DefaultRouteTablePropagation"] == "disable"


def test_every_segment_of_spokes_drops_what_is_for_another_spoke(ground):
    routes = [route["Properties"] for route in ground.all(HUB, "AWS::EC2::TransitGatewayRoute")]

    tables = {route["TransitGatewayRouteTableId"]["Ref"] for route in routes}
    assert len(tables) == 2
    assert all(route["Blackhole"] is True for route in routes)
    assert {route["DestinationCidrBlock"] for route in routes} == {"10.0.0.0/10"}


def test_what_crosses_the_transit_gateway_is_written_to_the_log_archive(ground):
    log = ground.only(HUB, "AWS::EC2::FlowLog")["Properties"]

    assert log["ResourceType"] == "TransitGateway"
    assert log["LogDestination"] == "arn:aws:s3:::example-flow-logs-333333333333-eu-west-1"
    names = [bucket["Properties"]["BucketName"] for bucket in ground.all("LogArchive", "AWS::S3::Bucket")]
    assert "example-flow-logs-333333333333-eu-west-1" in names


def test_nothing_is_shared_or_attached_by_default(ground):
    for stack in (HUB, CRM):
        for type in ("AWS::RAM::ResourceShare", "AWS::EC2::TransitGatewayRouteTableAssociation"):
            assert resources(ground, stack, type) == {}


def test_the_gateway_is_shared_with_the_accounts_of_attached_cells_only(hub_with):
    ground = hub_with(attached={"acme-crm": ("prod",)})

    share = ground.only(CRM, "AWS::RAM::ResourceShare")["Properties"]
    assert share["AllowExternalPrincipals"] is False
    assert share["Principals"] == ["777788889999"]


def test_a_product_that_is_not_there_cannot_be_attached(hub_with):
    with pytest.raises(InputError, match="'beta-shop', which is not there") as error:
        hub_with(attached={"beta-shop": ("prod",)})

    assert "acme-crm" in error.value.hint


def test_the_hub_chooses_the_segment_of_an_attachment(hub_with):
    ground = hub_with(cells=TWO_ATTACHED, attached={"acme-crm": ("dev", "prod")})

    found = [one["Properties"] for one in ground.all(CRM, "AWS::EC2::TransitGatewayRouteTableAssociation")]
    assert {
        one["TransitGatewayAttachmentId"]: one["TransitGatewayRouteTableId"]["Fn::GetStackOutput"]["OutputName"]
        for one in found
    } == {"tgw-attach-00000001": "NonProdTable", ATTACHMENT: "ProdTable"}


def test_an_attachment_of_a_cell_that_is_not_declared_attached_gets_no_segment(hub_with):
    ground = hub_with(cells=(cell("acme-crm", "prod", 2, attachment=ATTACHMENT),))

    assert ATTACHMENT not in json.dumps(ground.template(CRM).to_json())


def test_only_segments_that_the_outside_reaches_tell_it_the_way_back(hub_with):
    ground = hub_with(cells=TWO_ATTACHED, attached={"acme-crm": ("dev", "prod")}, outside_segments=("prod",))

    back = ground.only(CRM, "AWS::EC2::TransitGatewayRouteTablePropagation")["Properties"]
    assert back["TransitGatewayAttachmentId"] == ATTACHMENT
    assert back["TransitGatewayRouteTableId"]["Fn::GetStackOutput"]["OutputName"] == "SharedTable"


# --- lines from outside ---


VPN = {"name": "berlin", "address": "203.0.113.10", "ranges": ["192.168.0.0/16"]}


def test_a_vpn_ends_in_the_transit_gateway_with_strong_tunnels(hub_with):
    ground = hub_with(vpn=[VPN])

    connection = ground.only(HUB, "AWS::EC2::VPNConnection")["Properties"]
    assert "TransitGatewayId" in connection
    assert len(connection["VpnTunnelOptionsSpecifications"]) == 2
    for tunnel in connection["VpnTunnelOptionsSpecifications"]:
        assert tunnel["IKEVersions"] == [{"Value": "ikev2"}]
        assert (
            tunnel["Phase1EncryptionAlgorithms"] == tunnel["Phase2EncryptionAlgorithms"] == [{"Value": "AES256-GCM-16"}]
        )


def test_a_long_number_of_a_device_is_given_as_a_long_one(hub_with):
    ground = hub_with(vpn=[{**VPN, "asn": 4_200_000_001}])

    device = ground.only(HUB, "AWS::EC2::CustomerGateway")["Properties"]
    assert device["BgpAsnExtended"] == 4_200_000_001
    assert "BgpAsn" not in device


def test_a_line_carries_nothing_until_its_attachment_is_declared(hub_with):
    ground = hub_with(vpn=[VPN])

    assert resources(ground, HUB, "AWS::EC2::TransitGatewayRouteTableAssociation") == {}
    assert "192.168.0.0/16" not in json.dumps(ground.template(HUB).to_json())


def test_a_line_reaches_its_segments_by_static_routes(hub_with):
    ground = hub_with(vpn=[{**VPN, "attachment": ATTACHMENT}], outside_segments=("prod",))

    open_routes = [
        route["Properties"]
        for route in ground.all(HUB, "AWS::EC2::TransitGatewayRoute")
        if "TransitGatewayAttachmentId" in route["Properties"]
    ]
    (prod,) = [
        key
        for key in resources(ground, HUB, "AWS::EC2::TransitGatewayRouteTable")
        if "ProdTable" in key and "Non" not in key
    ]
    assert [(route["DestinationCidrBlock"], route["TransitGatewayRouteTableId"]) for route in open_routes] == [
        ("192.168.0.0/16", {"Ref": prod})
    ]
    assert resources(ground, HUB, "AWS::EC2::TransitGatewayRouteTablePropagation") == {}


def test_direct_connect_announces_the_pools_and_nothing_else(hub_with):
    ground = hub_with(direct_connect={"asn": 64600, "ranges": ["172.16.0.0/12"]})

    association = ground.only(HUB, "AWS::DirectConnect::DirectConnectGatewayAssociation")["Properties"]
    assert association["AllowedPrefixesToDirectConnectGateway"] == ["10.0.0.0/10"]
    assert ground.only(HUB, "AWS::DirectConnect::DirectConnectGateway")["Properties"]["AmazonSideAsn"] == "64600"


# --- size ---


def test_two_hundred_products_stay_below_four_fifths_of_every_limit(organization, registry, tmp_path):
    attached = dict.fromkeys(products(200), ("dev", "staging", "prod"))
    network = NetworkSpec(attached=attached)

    found = templates(network_stacks, platform(organization, registry, products(200), network=network), tmp_path)

    assert len(found) == 201
    assert too_large(found) == {}


def test_a_new_product_changes_no_template_that_is_there(organization, registry, tmp_path):
    before = templates(network_stacks, platform(organization, registry, []), tmp_path / "none")
    one = templates(network_stacks, platform(organization, registry, products(1)), tmp_path / "one")
    three = templates(network_stacks, platform(organization, registry, products(3)), tmp_path / "three")

    assert set(before) == {HUB}
    assert before.items() <= one.items() <= three.items()
