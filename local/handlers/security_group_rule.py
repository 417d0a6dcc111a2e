"""Rules of security groups that a template declares beside their group."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from local.handlers.handler import Handler, Place, Resource
from local.properties import Properties

if TYPE_CHECKING:
    from types_boto3_ec2.type_defs import IpPermissionUnionTypeDef


class IngressRule(Handler):
    """A rule that lets traffic in."""

    types = ("AWS::EC2::SecurityGroupIngress",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Authorize the rule."""
        made = place.aws.ec2.authorize_security_group_ingress(
            GroupId=properties.text("GroupId"), IpPermissions=[permission(properties, "Source")]
        )
        identifier = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return Resource(identifier, {"Id": identifier})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Revoke the rule."""
        try:
            place.aws.ec2.revoke_security_group_ingress(
                GroupId=properties.text("GroupId"), IpPermissions=[permission(properties, "Source")]
            )
        except ClientError as error:
            _ignore_missing(error)


class EgressRule(Handler):
    """A rule that lets traffic out."""

    types = ("AWS::EC2::SecurityGroupEgress",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Authorize the rule."""
        made = place.aws.ec2.authorize_security_group_egress(
            GroupId=properties.text("GroupId"), IpPermissions=[permission(properties, "Destination")]
        )
        identifier = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return Resource(identifier, {"Id": identifier})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Revoke the rule."""
        try:
            place.aws.ec2.revoke_security_group_egress(
                GroupId=properties.text("GroupId"), IpPermissions=[permission(properties, "Destination")]
            )
        except ClientError as error:
            _ignore_missing(error)


def permission(properties: Properties, other_end: str) -> "IpPermissionUnionTypeDef":
    """Return the permission of a rule's properties; `other_end` is Source or Destination."""
    made: IpPermissionUnionTypeDef = {"IpProtocol": properties.text("IpProtocol", "-1")}
    if "FromPort" in properties:
        made["FromPort"] = properties.number("FromPort")
    if "ToPort" in properties:
        made["ToPort"] = properties.number("ToPort")
    description = properties.text("Description")
    group = properties.text(f"{other_end}SecurityGroupId")
    prefix_list = properties.text(f"{other_end}PrefixListId")
    if properties.text("CidrIp"):
        made["IpRanges"] = [{"CidrIp": properties.text("CidrIp"), "Description": description}]
    elif properties.text("CidrIpv6"):
        made["Ipv6Ranges"] = [{"CidrIpv6": properties.text("CidrIpv6"), "Description": description}]
    elif prefix_list:
        made["PrefixListIds"] = [{"PrefixListId": prefix_list, "Description": description}]
    elif group:
        made["UserIdGroupPairs"] = [{"GroupId": group, "Description": description}]
    else:
        raise ValueError(f"the rule names no {other_end.lower()}")
    return made


def _ignore_missing(error: ClientError) -> None:
    if "NotFound" not in error.response["Error"]["Code"]:
        raise error
