"""One product's part of the network hub: the delegation roles, addresses and attachments of its cells."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ram as ram
from aws_cdk import aws_route53 as route53
from constructs import Construct

from accounts.network_spec import NetworkSpec
from accounts.stacks import hub_outputs
from accounts.stacks.delegation_role import DelegationRole
from accounts.stacks.stack_outputs import StackOutputs
from constructs_lib.specs.identity import segment_of
from constructs_lib.specs.landing import Landing
from constructs_lib.specs.registry import CellEntry


class ProductNetwork(Stack):
    """The cells of a product as the hub knows them, in the home region. Stateless.

    The roles keep the construct path, and so the logical id, that they had when they were in the hub's own stack.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        landing: Landing,
        network: NetworkSpec,
        hub: StackOutputs,
        cells: Sequence[CellEntry],
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Network hub of one product: zone delegation, addresses and attachments of its cells",
            termination_protection=True,
        )
        self._build_delegations(landing, hub, cells)
        at_home = [cell for cell in cells if cell.region == landing.home_region]
        if network.ipam:
            Addresses(self, "Addresses", hub=hub, cells=at_home)
        attached = [cell for cell in at_home if network.is_attached(cell.product, cell.environment)]
        if any(cell.account for cell in attached):
            Attachments(self, "Attachments", name=stack_name, network=network, hub=hub, cells=attached)

    def _build_delegations(self, landing: Landing, hub: StackOutputs, cells: Sequence[CellEntry]) -> None:
        zone = route53.PublicHostedZone.from_public_hosted_zone_attributes(
            self, "BaseZone", hosted_zone_id=hub.value(hub_outputs.BASE_ZONE_ID), zone_name=landing.base_domain
        )
        delegations = Construct(self, "Delegations")
        for cell in cells:
            if cell.account is not None:
                DelegationRole(delegations, f"{cell.identity.prefix}-{cell.region}", zone=zone, cell=cell)


class RemoteAddresses(Stack):
    """The addresses of a product's cells in a region that is not the hub's: IPAM takes them in that region only."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        hub: StackOutputs,
        cells: Sequence[CellEntry],
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Network hub of one product: addresses of its cells in this region",
            termination_protection=True,
        )
        Addresses(self, "Addresses", hub=hub, cells=cells)


class Addresses(Construct):
    """The ranges of cells, recorded in IPAM as the registry has them, also of cells that are not built yet.

    See https://docs.aws.amazon.com/vpc/latest/ipam/manually-allocate-ipam.html.
    """

    def __init__(self, scope: Construct, id: str, *, hub: StackOutputs, cells: Sequence[CellEntry]) -> None:
        super().__init__(scope, id)
        for cell in cells:
            ec2.CfnIPAMAllocation(
                self,
                f"{cell.identity.prefix}-{cell.region}",
                ipam_pool_id=hub.value(hub_outputs.pool(cell.region)),
                cidr=cell.cidr,
                description=cell.identity.key,
            )


class Attachments(Construct):
    """The cells of a product that are attached to the transit gateway.

    Their accounts may use it, and nobody else's. A cell makes its attachment; the hub chooses the segment when the
    registry knows the attachment, and until then it carries nothing. Its routes go to the shared table, where lines
    from outside find the way back, and never to a table of spokes.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        network: NetworkSpec,
        hub: StackOutputs,
        cells: Sequence[CellEntry],
    ) -> None:
        super().__init__(scope, id)
        self._network = network
        self._hub = hub
        ram.CfnResourceShare(
            self,
            "Share",
            name=name,
            allow_external_principals=False,
            principals=sorted({cell.account for cell in cells if cell.account is not None}),
            resource_arns=[hub.value(hub_outputs.TRANSIT_GATEWAY_ARN)],
        )
        for cell in cells:
            if cell.attachment is not None:
                self._associate(cell, cell.attachment)

    def _associate(self, cell: CellEntry, attachment: str) -> None:
        segment = segment_of(cell.environment)
        scope = Construct(self, f"{cell.identity.prefix}-{cell.region}")
        ec2.CfnTransitGatewayRouteTableAssociation(
            scope,
            "Segment",
            transit_gateway_attachment_id=attachment,
            transit_gateway_route_table_id=self._hub.value(hub_outputs.segment_table(segment)),
        )
        if segment in self._network.outside_segments:
            ec2.CfnTransitGatewayRouteTablePropagation(
                scope,
                "WayBack",
                transit_gateway_attachment_id=attachment,
                transit_gateway_route_table_id=self._hub.value(hub_outputs.SHARED_TABLE),
            )
