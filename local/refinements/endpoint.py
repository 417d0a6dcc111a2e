"""VPC endpoints."""

import uuid

from ministack.services import ec2

from local.handlers.handler import Place
from local.properties import Json, Properties
from local.refinements.refinement import Refinement


class VpcEndpoint(Refinement):
    """An interface endpoint has a network interface in each subnet."""

    types = ("AWS::EC2::VPCEndpoint",)

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Draw the interfaces' ids."""
        record = ec2._vpc_endpoints[physical_id]
        if not record.get("NetworkInterfaceIds"):
            record["NetworkInterfaceIds"] = [f"eni-{uuid.uuid4().hex[:17]}" for _ in properties.texts("SubnetIds")]
        interfaces: list[Json] = list(record["NetworkInterfaceIds"])
        return {"Id": physical_id, "NetworkInterfaceIds": interfaces}
