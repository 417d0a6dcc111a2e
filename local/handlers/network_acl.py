"""Network ACLs, their entries and the subnets that they guard."""

import uuid

from botocore.exceptions import ClientError
from ministack.services import ec2

from local.handlers.ec2_tags import retag, tag_specifications
from local.handlers.handler import Handler, Place, Resource
from local.properties import Properties


class NetworkAcl(Handler):
    """A network ACL."""

    types = ("AWS::EC2::NetworkAcl",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the ACL."""
        made = place.aws.ec2.create_network_acl(
            VpcId=properties.text("VpcId"), TagSpecifications=tag_specifications("network-acl", properties)
        )
        identifier = made["NetworkAcl"]["NetworkAclId"]
        return Resource(identifier, {"Id": identifier})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change the tags."""
        retag(place, physical_id, old, new)
        return Resource(physical_id, {"Id": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the ACL."""
        try:
            place.aws.ec2.delete_network_acl(NetworkAclId=physical_id)
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise


class NetworkAclEntry(Handler):
    """A numbered rule of a network ACL."""

    types = ("AWS::EC2::NetworkAclEntry",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Add the entry."""
        self._put(place, properties, replace=False)
        return Resource(place.name, {"Id": place.name})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Replace the entry under its number."""
        self._put(place, new, replace=True)
        return Resource(physical_id, {"Id": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Remove the entry."""
        try:
            place.aws.ec2.delete_network_acl_entry(
                NetworkAclId=properties.text("NetworkAclId"),
                RuleNumber=properties.number("RuleNumber"),
                Egress=properties.flag("Egress"),
            )
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise

    def _put(self, place: Place, properties: Properties, *, replace: bool) -> None:
        call = place.aws.ec2.replace_network_acl_entry if replace else place.aws.ec2.create_network_acl_entry
        ports = properties.child("PortRange")
        call(
            NetworkAclId=properties.text("NetworkAclId"),
            RuleNumber=properties.number("RuleNumber"),
            Egress=properties.flag("Egress"),
            Protocol=properties.text("Protocol"),
            RuleAction="allow" if properties.text("RuleAction") == "allow" else "deny",
            CidrBlock=properties.text("CidrBlock"),
            PortRange={"From": ports.number("From"), "To": ports.number("To")},
        )


class SubnetAclAssociation(Handler):
    """The network ACL of a subnet. The emulator's own API forgets the subnet, so its store is written."""

    types = ("AWS::EC2::SubnetNetworkAclAssociation",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Move the subnet to the ACL."""
        subnet, acl = properties.text("SubnetId"), properties.text("NetworkAclId")
        if acl not in ec2._network_acls:
            raise ValueError(f"the network ACL '{acl}' does not exist")
        self._release(subnet)
        identifier = f"aclassoc-{uuid.uuid4().hex[:17]}"
        ec2._network_acls[acl]["Associations"].append({"NetworkAclAssociationId": identifier, "SubnetId": subnet})
        return Resource(identifier, {"AssociationId": identifier})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Give the subnet back to the VPC's default ACL."""
        for acl in ec2._network_acls.values():
            acl["Associations"] = [
                item for item in acl["Associations"] if item["NetworkAclAssociationId"] != physical_id
            ]

    def _release(self, subnet: str) -> None:
        for acl in ec2._network_acls.values():
            acl["Associations"] = [item for item in acl["Associations"] if item["SubnetId"] != subnet]
