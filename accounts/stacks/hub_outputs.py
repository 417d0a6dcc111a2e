"""What the network hub's stack tells the stacks of products, and the registry, by names that name no product."""

from __future__ import annotations

from accounts.network_spec import segment_id
from constructs_lib.specs.identity import Segment

BASE_ZONE_ID = "BaseZoneId"
TRANSIT_GATEWAY_ARN = "TransitGatewayArn"
TRANSIT_GATEWAY_ID = "TransitGatewayId"
SHARED_TABLE = "SharedTable"


def hub_stack_name(organization: str) -> str:
    """The stack `NetworkHub` as CloudFormation has it."""
    return f"{organization}-network-hub"


def segment_table(segment: Segment) -> str:
    """The output with the route table of a segment: `NonProdTable`."""
    return f"{segment_id(segment)}Table"


def pool(region: str) -> str:
    """The output with the IPAM pool of a region: `PoolEuWest1`."""
    return f"Pool{region.title().replace('-', '')}"
