"""Spokes never reach each other: read from the templates of any organization, as a transit gateway would route."""

import ipaddress
import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.network_spec import NetworkSpec
from accounts.platform import Platform
from accounts.stacks.network_hub import network_stacks
from tests.accounts.platforms import cell, templates

NAMES = ("acme-crm", "beta-shop", "gamma-app")
OUTSIDE = ("192.168.0.0/16", "172.16.0.0/12", "198.18.0.0/15")


def attachment(number):
    return f"tgw-attach-{number:08x}"


class Gateway:
    """The tables of a transit gateway, from the templates that fill them."""

    def __init__(self, found, ranges):
        self.associated, self.routes = {}, {}
        outputs = {name: text(output["Value"]) for name, output in found["NetworkHub"]["Outputs"].items()}
        for template in found.values():
            for resource in template["Resources"].values():
                properties = resource.get("Properties", {})
                where = properties.get("TransitGatewayRouteTableId")
                if where is None:
                    continue
                table = (
                    outputs[where["Fn::GetStackOutput"]["OutputName"]] if "Fn::GetStackOutput" in where else text(where)
                )
                target = properties.get("TransitGatewayAttachmentId")
                match resource["Type"]:
                    case "AWS::EC2::TransitGatewayRouteTableAssociation":
                        self.associated[target] = table
                    case "AWS::EC2::TransitGatewayRoute":
                        self.add(table, properties["DestinationCidrBlock"], target)
                    case "AWS::EC2::TransitGatewayRouteTablePropagation":
                        self.add(table, ranges[target], target)

    def add(self, table, cidr, target):
        self.routes.setdefault(table, []).append((ipaddress.IPv4Network(cidr), target))

    def route(self, source, address):
        """The attachment that a packet leaves by; none when it is dropped. The most specific route wins."""
        fits = [
            (net.prefixlen, target)
            for net, target in self.routes.get(self.associated.get(source), [])
            if address in net
        ]
        return max(fits, key=lambda fit: fit[0])[1] if fits else None


def text(value):
    return json.dumps(value)


@st.composite
def organizations(draw):
    cells = [
        cell(name, environment, number, attachment=attachment(number))
        for number, (name, environment) in enumerate(
            draw(st.lists(st.sampled_from([(n, e) for n in NAMES for e in ("dev", "staging", "prod")]), unique=True))
        )
    ]
    declared = draw(st.sets(st.sampled_from([(one.product, one.environment) for one in cells]))) if cells else set()
    attached = {}
    for product, environment in sorted(declared):
        attached.setdefault(product, []).append(environment)
    lines = draw(st.lists(st.sampled_from(OUTSIDE), unique=True, max_size=3))
    vpn = [
        {
            "name": f"site-{number}",
            "address": f"203.0.113.{number}",
            "ranges": [cidr],
            "attachment": attachment(1000 + number),
        }
        for number, cidr in enumerate(lines)
    ]
    segments = draw(st.sets(st.sampled_from(["prod", "non-prod"])))
    return cells, NetworkSpec.model_validate(
        {"attached": attached, "vpn": vpn, "outside_segments": sorted(segments), "ipam": False}
    )


def gateway_of(organization, registry, cells, network):
    whole = Platform(
        organization.model_copy(update={"network": network}), registry.model_copy(update={"cells": cells}), {}
    )
    with tempfile.TemporaryDirectory() as folder:
        found = {name: json.loads(one) for name, one in templates(network_stacks, whole, Path(folder)).items()}
    return Gateway(found, {one.attachment: one.cidr for one in cells})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=organizations())
def test_no_spoke_reaches_another(organization, registry, drawn):
    cells, network = drawn
    gateway = gateway_of(organization, registry, cells, network)

    for one in cells:
        for other in cells:
            if one is not other:
                assert gateway.route(one.attachment, ipaddress.IPv4Network(other.cidr)[5]) is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=organizations())
def test_lines_reach_the_attached_cells_of_their_segments_and_nobody_else(organization, registry, drawn):
    cells, network = drawn
    gateway = gateway_of(organization, registry, cells, network)

    for line in network.vpn:
        for one in cells:
            inside = "prod" if one.environment == "prod" else "non-prod"
            reached = network.is_attached(one.product, one.environment) and inside in network.outside_segments
            there = gateway.route(line.attachment, ipaddress.IPv4Network(one.cidr)[5])
            back = gateway.route(one.attachment, ipaddress.IPv4Network(line.ranges[0])[5])
            assert there == (one.attachment if reached else None)
            assert back == (line.attachment if reached else None)
        for other in network.vpn:
            assert gateway.route(line.attachment, ipaddress.IPv4Network(other.ranges[0])[5]) is None
