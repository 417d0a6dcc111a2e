"""What the network hub's stack tells the stacks of products, by names that do not depend on any product.

Written out, because a reference that CDK makes by itself adds an output to the hub's template when the first product
needs it: so a product would change a template that is everybody's.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Fn

from accounts.network_spec import Segment

BASE_ZONE_ID = "BaseZoneId"
TRANSIT_GATEWAY_ARN = "TransitGatewayArn"
TRANSIT_GATEWAY_ID = "TransitGatewayId"
SHARED_TABLE = "SharedTable"


def segment_table(segment: Segment) -> str:
    """The output with the route table of a segment: `NonProdTable`."""
    return f"{segment.title().replace('-', '')}Table"


def pool(region: str) -> str:
    """The output with the IPAM pool of a region: `PoolEuWest1`."""
    return f"Pool{region.title().replace('-', '')}"


@dataclass(frozen=True)
class HubOutputs:
    """Reads the outputs of the hub's stack in the same account, from any region."""

    stack_name: str
    region: str

    def value(self, output: str) -> str:
        """A reference to the value, which CloudFormation reads when it deploys."""
        return Fn.get_stack_output(self.stack_name, output, self.region)
