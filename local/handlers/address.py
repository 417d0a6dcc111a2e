"""Elastic IP addresses and NAT gateways."""

import uuid

from botocore.exceptions import ClientError
from ministack.services import ec2

from local.handlers.ec2_tags import retag, tag_specifications
from local.handlers.handler import Handler, Place, Resource
from local.properties import Properties


class ElasticIp(Handler):
    """An elastic IP address. `Ref` is the address."""

    types = ("AWS::EC2::EIP",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Allocate an address."""
        made = place.aws.ec2.allocate_address(
            Domain="vpc", TagSpecifications=tag_specifications("elastic-ip", properties)
        )
        return Resource(made["PublicIp"], {"AllocationId": made["AllocationId"], "PublicIp": made["PublicIp"]})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change the tags."""
        found = place.aws.ec2.describe_addresses(PublicIps=[physical_id])["Addresses"]
        allocation = found[0]["AllocationId"]
        retag(place, allocation, old, new)
        return Resource(physical_id, {"AllocationId": allocation, "PublicIp": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Release the address."""
        for address in place.aws.ec2.describe_addresses()["Addresses"]:
            if address.get("PublicIp") == physical_id:
                place.aws.ec2.release_address(AllocationId=address["AllocationId"])


class NatGateway(Handler):
    """A NAT gateway of one zone, or a regional one, which has a VPC and no subnet."""

    types = ("AWS::EC2::NatGateway",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the gateway."""
        if properties.text("SubnetId"):
            made = place.aws.ec2.create_nat_gateway(
                SubnetId=properties.text("SubnetId"),
                AllocationId=properties.text("AllocationId"),
                ConnectivityType="private" if properties.text("ConnectivityType") == "private" else "public",
                TagSpecifications=tag_specifications("natgateway", properties),
            )
            identifier = made["NatGateway"]["NatGatewayId"]
        else:
            identifier = self._create_regional(place, properties)
        return Resource(identifier, {"NatGatewayId": identifier})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change the tags."""
        retag(place, physical_id, old, new)
        return Resource(physical_id, {"NatGatewayId": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the gateway."""
        try:
            place.aws.ec2.delete_nat_gateway(NatGatewayId=physical_id)
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise
        ec2._nat_gateways.pop(physical_id, None)

    def _create_regional(self, place: Place, properties: Properties) -> str:
        """Put a regional gateway into the emulator's store: its API insists on a subnet."""
        if properties.text("AvailabilityMode") != "regional" or not properties.text("VpcId"):
            raise ValueError("a NAT gateway needs SubnetId, or AvailabilityMode regional and VpcId")
        identifier = f"nat-{uuid.uuid4().hex[:17]}"
        ec2._nat_gateways[identifier] = {
            "NatGatewayId": identifier,
            "SubnetId": "",
            "VpcId": properties.text("VpcId"),
            "AllocationId": "",
            "ConnectivityType": "public",
            "State": "available",
            "CreateTime": ec2._now_ts(),
            "Tags": [],
        }
        retag(place, identifier, Properties({}), properties)
        return identifier
