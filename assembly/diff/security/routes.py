"""Where packets may go between networks: routes, gateways, peerings, and the entries of network ACLs.

See https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html and
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assembly.diff.security.facts import Fact, Setting
from assembly.diff.security.network import ANYWHERE
from assembly.diff.security.resource import Resource, Term
from assembly.diff.security.traffic import entry_traffic

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")

_TARGETS: Mapping[str, str] = {
    "GatewayId": "the gateway",
    "EgressOnlyInternetGatewayId": "the outward gateway",
    "NatGatewayId": "the NAT gateway",
    "TransitGatewayId": "the transit gateway",
    "VpcPeeringConnectionId": "the peering",
    "VpcEndpointId": "the endpoint",
    "NetworkInterfaceId": "the network interface",
    "InstanceId": "the machine",
    "CarrierGatewayId": "the carrier gateway",
    "LocalGatewayId": "the local gateway",
    "CoreNetworkArn": "the core network",
}
"""Property of a route to what it leads to."""

_ENDS: Mapping[str, tuple[str, str]] = {
    "AWS::EC2::VPCPeeringConnection": ("VpcId", "PeerVpcId"),
    "AWS::EC2::TransitGatewayAttachment": ("VpcId", "TransitGatewayId"),
    "AWS::EC2::TransitGatewayVpcAttachment": ("VpcId", "TransitGatewayId"),
    "AWS::EC2::VPCGatewayAttachment": ("VpcId", "InternetGatewayId"),
    "AWS::EC2::TransitGatewayRouteTableAssociation": ("TransitGatewayAttachmentId", "TransitGatewayRouteTableId"),
    "AWS::EC2::TransitGatewayRouteTablePropagation": ("TransitGatewayAttachmentId", "TransitGatewayRouteTableId"),
}
"""Type to the two properties that it connects."""


def route_facts(resource: Resource) -> Iterator[Fact]:
    """Where a resource lets packets go."""
    read = _FACTS.get(resource.type)
    if read:
        yield from read(resource)


def entry_settings(resource: Resource) -> Iterator[Setting]:
    """The number of an entry of a network ACL: entries count in that order, the first one that matches decides."""
    if resource.type == "AWS::EC2::NetworkAclEntry":
        number = resource.said("RuleNumber")
        fact = next(_entry(resource))
        text = f"the entry by which {_meaning(resource)} now has the number {number}"
        yield Setting("network", (*fact.key, "number"), 0, number, text, f"was {number}")


def _somewhere(resource: Resource, paths: tuple[str, ...]) -> Term:
    value = next((value for path in paths if (value := resource.first(path)) is not None), None)
    term = resource.term(value)
    return Term(term.key, f"anywhere ({term.key})") if term.key in ANYWHERE else term


def _route(resource: Resource) -> Iterator[Fact]:
    table, where = resource.term(resource.first("RouteTableId")), _somewhere(resource, _DESTINATIONS)
    for path, what in _TARGETS.items():
        value = resource.first(path)
        if value is not None:
            target = resource.term(value)
            words = f"packets for {where.words} to {what} {target.words}"
            key = ("route", table.key, where.key, target.key)
            yield Fact("network", key, f"{table.words} now sends {words}", f"{table.words} no longer sends {words}")


def _transit_route(resource: Resource) -> Iterator[Fact]:
    table = resource.term(resource.first("TransitGatewayRouteTableId"))
    where, target = _somewhere(resource, _DESTINATIONS), resource.term(resource.first("TransitGatewayAttachmentId"))
    if resource.said("Blackhole") == "true":
        words, opens = f"packets for {where.words}", False
        now, no_longer = f"{table.words} now drops {words}", f"{table.words} no longer drops {words}"
    else:
        words, opens = f"packets for {where.words} to {target.words}", True
        now, no_longer = f"{table.words} now sends {words}", f"{table.words} no longer sends {words}"
    yield Fact("network", ("route", table.key, where.key, target.key, str(opens)), now, no_longer, opens)


def _connection(resource: Resource) -> Iterator[Fact]:
    one, other = (resource.term(resource.first(path)) for path in _ENDS[resource.type])
    now, no_longer = (f"{one.words} is {when} connected to {other.words}" for when in ("now", "no longer"))
    yield Fact("network", (resource.type, one.key, other.key), now, no_longer)


def _entry(resource: Resource) -> Iterator[Fact]:
    acl, peer = resource.term(resource.first("NetworkAclId")), _somewhere(resource, ("CidrBlock", "Ipv6CidrBlock"))
    allows, outward = _allows(resource), _outward(resource)
    verb = f"{_VERBS[allows, outward]} {entry_traffic(resource)} {'to' if outward else 'from'} {{items}}"
    key = ("entry", acl.key, str(allows), str(outward), str(entry_traffic(resource)), peer.key)
    yield Fact("network", key, f"{acl.words} now {verb}", f"{acl.words} no longer {verb}", allows, peer.words)


_VERBS = {(True, False): "lets in", (True, True): "lets out", (False, False): "keeps out", (False, True): "keeps in"}


def _meaning(resource: Resource) -> str:
    fact = next(_entry(resource))
    return fact.now.replace(" now ", " ", 1).replace("{items}", fact.item)


def _allows(resource: Resource) -> bool:
    return resource.said("RuleAction").lower() != "deny"


def _outward(resource: Resource) -> bool:
    return resource.said("Egress").lower() == "true"


_FACTS: Mapping[str, Callable[[Resource], Iterator[Fact]]] = {
    "AWS::EC2::Route": _route,
    "AWS::EC2::TransitGatewayRoute": _transit_route,
    "AWS::EC2::NetworkAclEntry": _entry,
    **dict.fromkeys(_ENDS, _connection),
}
