"""Transit gateways with their route tables and static routes."""

from botocore.exceptions import ClientError

from local.handlers.ec2_tags import retag
from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties

_OPTIONS = (
    "AutoAcceptSharedAttachments",
    "DefaultRouteTableAssociation",
    "DefaultRouteTablePropagation",
    "DnsSupport",
    "MulticastSupport",
    "VpnEcmpSupport",
)


class TransitGateway(Handler):
    """A transit gateway."""

    types = ("AWS::EC2::TransitGateway",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the gateway."""
        options: dict[str, Json] = {name: properties.text(name) for name in _OPTIONS if properties.text(name)}
        options["AmazonSideAsn"] = properties.number("AmazonSideAsn", 64512)
        made = place.aws.call(
            "ec2", "CreateTransitGateway", {"Description": properties.text("Description"), "Options": options}
        ).child("TransitGateway")
        id = made.text("TransitGatewayId")
        if (
            "disable"
            == properties.text("DefaultRouteTableAssociation")
            == properties.text("DefaultRouteTablePropagation")
        ):
            _drop_default_tables(place, id)
        retag(place, id, Properties({}), properties)
        return _gateway(place, id)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change the tags; options are not changed."""
        retag(place, physical_id, old, new)
        return _gateway(place, physical_id)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the gateway."""
        _delete(place, "DeleteTransitGateway", {"TransitGatewayId": physical_id})


class TransitGatewayRouteTable(Handler):
    """A route table of a transit gateway."""

    types = ("AWS::EC2::TransitGatewayRouteTable",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the table. The gateway has to be there."""
        gateway = properties.text("TransitGatewayId")
        place.aws.call("ec2", "DescribeTransitGateways", {"TransitGatewayIds": [gateway]})
        made = place.aws.call("ec2", "CreateTransitGatewayRouteTable", {"TransitGatewayId": gateway})
        id = made.child("TransitGatewayRouteTable").text("TransitGatewayRouteTableId")
        retag(place, id, Properties({}), properties)
        return Resource(id, {"TransitGatewayRouteTableId": id})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change the tags."""
        retag(place, physical_id, old, new)
        return Resource(physical_id, {"TransitGatewayRouteTableId": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the table."""
        _delete(place, "DeleteTransitGatewayRouteTable", {"TransitGatewayRouteTableId": physical_id})


class TransitGatewayRoute(Handler):
    """A static route. A table takes a destination once."""

    types = ("AWS::EC2::TransitGatewayRoute",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the route. Raises ValueError for a destination that the table has a route for."""
        table, destination = _route(properties)
        found = place.aws.call(
            "ec2",
            "SearchTransitGatewayRoutes",
            {
                "TransitGatewayRouteTableId": table,
                "Filters": [{"Name": "route-search.exact-match", "Values": [destination]}],
            },
        )
        if list(found.children("Routes")):
            raise ValueError(f"RouteAlreadyExists: {table} has a route for {destination}")
        request: dict[str, Json] = {
            "TransitGatewayRouteTableId": table,
            "DestinationCidrBlock": destination,
            "Blackhole": properties.flag("Blackhole"),
        }
        if properties.text("TransitGatewayAttachmentId"):
            request["TransitGatewayAttachmentId"] = properties.text("TransitGatewayAttachmentId")
        place.aws.call("ec2", "CreateTransitGatewayRoute", request)
        return Resource(f"{table}_{destination}")

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the route."""
        table, destination = _route(properties)
        request: dict[str, Json] = {"TransitGatewayRouteTableId": table, "DestinationCidrBlock": destination}
        _delete(place, "DeleteTransitGatewayRoute", request)


def _route(properties: Properties) -> tuple[str, str]:
    return properties.text("TransitGatewayRouteTableId"), properties.text("DestinationCidrBlock")


def _drop_default_tables(place: Place, gateway: str) -> None:
    """Moto makes a default table whatever the options say."""
    found = place.aws.call(
        "ec2",
        "DescribeTransitGatewayRouteTables",
        {"Filters": [{"Name": "transit-gateway-id", "Values": [gateway]}]},
    )
    for table in found.children("TransitGatewayRouteTables"):
        id = table.text("TransitGatewayRouteTableId")
        _delete(place, "DeleteTransitGatewayRouteTable", {"TransitGatewayRouteTableId": id})


def _gateway(place: Place, id: str) -> Resource:
    arn = f"arn:aws:ec2:{place.aws.region}:{place.aws.account}:transit-gateway/{id}"
    return Resource(id, {"Id": id, "TransitGatewayArn": arn, "EncryptionSupportState": "disable"})


def _delete(place: Place, operation: str, request: dict[str, Json]) -> None:
    try:
        place.aws.call("ec2", operation, request)
    except ClientError as error:
        if "NotFound" not in error.response["Error"]["Code"]:
            raise
