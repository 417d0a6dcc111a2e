"""What the network hub's stack tells the stacks of products, by names that do not depend on any product."""

from __future__ import annotations

from accounts.network_spec import Segment, segment_id

BASE_ZONE_ID = "BaseZoneId"
TRANSIT_GATEWAY_ARN = "TransitGatewayArn"
TRANSIT_GATEWAY_ID = "TransitGatewayId"
SHARED_TABLE = "SharedTable"


def segment_table(segment: Segment) -> str:
    """The output with the route table of a segment: `NonProdTable`."""
    return f"{segment_id(segment)}Table"


def pool(region: str) -> str:
    """The output with the IPAM pool of a region: `PoolEuWest1`."""
    return f"Pool{region.title().replace('-', '')}"
