"""A transit gateway on which spokes cannot reach each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

SHARED = "shared"
"""The segment of what every spoke may reach: lines from outside, and services that have a network of their own."""


class TransitGateway(Construct):
    """A transit gateway with a route table for each segment of spokes, and one for what is shared.

    Nothing is associated or propagated by default, so an attachment carries nothing until its table is chosen; that is
    why it may be accepted by itself. The table of a segment has a black-hole route for each pool of addresses that
    spokes draw from. It stays right by one rule: no attachment ever propagates its routes into it, because a route
    that is more specific than the black hole would win.
    See https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-isolated-shared.html.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        asn: int,
        segments: Sequence[str],
        pools: Mapping[str, str],
    ) -> None:
        """`segments` are names of segments of spokes; `pools` are IPv4 ranges by region."""
        super().__init__(scope, id)
        self._name = name
        self.gateway = self._build_gateway(asn)
        self.spoke_tables = {segment: self._build_table(segment) for segment in segments}
        self.shared_table = self._build_table(SHARED)
        for segment, table in self.spoke_tables.items():
            self._keep_spokes_apart(segment, table, pools)

    @property
    def tables(self) -> dict[str, ec2.CfnTransitGatewayRouteTable]:
        """Every route table by its segment."""
        return {**self.spoke_tables, SHARED: self.shared_table}

    def _build_gateway(self, asn: int) -> ec2.CfnTransitGateway:
        gateway = ec2.CfnTransitGateway(
            self,
            "Resource",
            description="Segments of the organization's network",
            amazon_side_asn=asn,
            auto_accept_shared_attachments="enable",
            default_route_table_association="disable",
            default_route_table_propagation="disable",
            dns_support="enable",
            multicast_support="disable",
            security_group_referencing_support="disable",
            vpn_ecmp_support="enable",
        )
        Tags.of(gateway).add("Name", self._name)
        return gateway

    def _build_table(self, segment: str) -> ec2.CfnTransitGatewayRouteTable:
        table = ec2.CfnTransitGatewayRouteTable(
            self, f"{_pascal(segment)}Table", transit_gateway_id=self.gateway.attr_id
        )
        Tags.of(table).add("Name", f"{self._name}-{segment}")
        return table

    def _keep_spokes_apart(
        self, segment: str, table: ec2.CfnTransitGatewayRouteTable, pools: Mapping[str, str]
    ) -> None:
        routes = Construct(self, f"{_pascal(segment)}BlackHoles")
        for region, pool in sorted(pools.items()):
            ec2.CfnTransitGatewayRoute(
                routes,
                region,
                transit_gateway_route_table_id=table.ref,
                destination_cidr_block=pool,
                blackhole=True,
            )


def _pascal(segment: str) -> str:
    return segment.title().replace("-", "")
