"""Tags of EC2 resources, as a request specifies them and as an update changes them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from local.handlers.handler import Place
from local.properties import Properties

if TYPE_CHECKING:
    from types_boto3_ec2.literals import ResourceTypeType
    from types_boto3_ec2.type_defs import TagSpecificationTypeDef, TagTypeDef


def tag_specifications(resource_type: "ResourceTypeType", properties: Properties) -> "list[TagSpecificationTypeDef]":
    """Return the tag specification of a create request; none where the template sets no tags."""
    tags = properties.tags()
    return [{"ResourceType": resource_type, "Tags": _items(tags)}] if tags else []


def retag(place: Place, resource_id: str, old: Properties, new: Properties) -> None:
    """Make the tags of an existing resource what the template says."""
    before, after = old.tags(), new.tags()
    gone = [name for name in before if name not in after]
    if gone:
        place.aws.ec2.delete_tags(Resources=[resource_id], Tags=[{"Key": name} for name in gone])
    if after and after != before:
        place.aws.ec2.create_tags(Resources=[resource_id], Tags=_items(after))


def _items(tags: Mapping[str, str]) -> "list[TagTypeDef]":
    return [{"Key": name, "Value": value} for name, value in tags.items()]
