"""Where lines from outside end: VPN connections and a Direct Connect gateway on the transit gateway."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Tags
from aws_cdk import aws_directconnect as directconnect
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from accounts.network_spec import DirectConnectSpec, LineSpec, NetworkSpec, VpnSpec, segment_id
from constructs_lib.transit_gateway import TransitGateway

_TWO_BYTE_ASN = 65535


class OutsideLines(Construct):
    """The lines that the organization declares. None by default.

    Their routes are static, from the declaration: what a router outside announces never gets into a table of spokes,
    or it could announce the range of a cell and receive that cell's traffic. The price: a range has one line, and no
    second one takes over. A line is associated when its attachment is declared; until then it carries nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        network: NetworkSpec,
        hub: TransitGateway,
        pools: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        self._name = name
        self._network = network
        self._hub = hub
        for vpn in network.vpn:
            self._open(self._build_vpn(vpn), vpn)
        if network.direct_connect is not None:
            self._open(self._build_direct_connect(network.direct_connect, pools), network.direct_connect)

    def _build_vpn(self, vpn: VpnSpec) -> Construct:
        scope = Construct(self, vpn.name)
        long = vpn.asn > _TWO_BYTE_ASN
        device = ec2.CfnCustomerGateway(
            scope,
            "CustomerGateway",
            type="ipsec.1",
            ip_address=vpn.address,
            bgp_asn=None if long else vpn.asn,
            bgp_asn_extended=vpn.asn if long else None,
        )
        connection = ec2.CfnVPNConnection(
            scope,
            "Connection",
            type="ipsec.1",
            customer_gateway_id=device.ref,
            transit_gateway_id=self._hub.gateway.attr_id,
            vpn_tunnel_options_specifications=[_strong_tunnel(), _strong_tunnel()],
        )
        for resource in (device, connection):
            Tags.of(resource).add("Name", f"{self._name}-{vpn.name}")
        return scope

    def _build_direct_connect(self, line: DirectConnectSpec, pools: Sequence[str]) -> Construct:
        scope = Construct(self, "DirectConnect")
        gateway = directconnect.CfnDirectConnectGateway(
            scope, "Gateway", direct_connect_gateway_name=self._name, amazon_side_asn=str(line.asn)
        )
        directconnect.CfnDirectConnectGatewayAssociation(
            scope,
            "Association",
            direct_connect_gateway_id=gateway.attr_direct_connect_gateway_id,
            associated_gateway_id=self._hub.gateway.attr_id,
            allowed_prefixes_to_direct_connect_gateway=list(pools),
        )
        return scope

    def _open(self, scope: Construct, line: LineSpec) -> None:
        if line.attachment is None:
            return
        ec2.CfnTransitGatewayRouteTableAssociation(
            scope,
            "Segment",
            transit_gateway_attachment_id=line.attachment,
            transit_gateway_route_table_id=self._hub.shared_table.ref,
        )
        for segment in self._network.outside_segments:
            routes = Construct(scope, f"RoutesOf{segment_id(segment)}")
            for cidr in line.ranges:
                # By the range, because a table takes a route once: by number, taking one away would move the others.
                ec2.CfnTransitGatewayRoute(
                    routes,
                    cidr.replace("/", "-"),
                    transit_gateway_route_table_id=self._hub.spoke_tables[segment].ref,
                    destination_cidr_block=cidr,
                    transit_gateway_attachment_id=line.attachment,
                )


def _strong_tunnel() -> ec2.CfnVPNConnection.VpnTunnelOptionsSpecificationProperty:
    """IKEv2, AES-256 and no old groups: AWS takes SHA-1 and group 2 as well when nothing is said.

    See https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html.
    """
    vpn = ec2.CfnVPNConnection
    groups = (19, 20, 21)
    return vpn.VpnTunnelOptionsSpecificationProperty(
        ike_versions=[vpn.IKEVersionsRequestListValueProperty(value="ikev2")],
        phase1_encryption_algorithms=[vpn.Phase1EncryptionAlgorithmsRequestListValueProperty(value="AES256-GCM-16")],
        phase2_encryption_algorithms=[vpn.Phase2EncryptionAlgorithmsRequestListValueProperty(value="AES256-GCM-16")],
        phase1_integrity_algorithms=[vpn.Phase1IntegrityAlgorithmsRequestListValueProperty(value="SHA2-384")],
        phase2_integrity_algorithms=[vpn.Phase2IntegrityAlgorithmsRequestListValueProperty(value="SHA2-384")],
        phase1_dh_group_numbers=[vpn.Phase1DHGroupNumbersRequestListValueProperty(value=group) for group in groups],
        phase2_dh_group_numbers=[vpn.Phase2DHGroupNumbersRequestListValueProperty(value=group) for group in groups],
    )
