"""Vended log deliveries: a source, a destination and the delivery between them."""

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties


class DeliverySource(Handler):
    """A resource that sends logs."""

    types = ("AWS::Logs::DeliverySource",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Put the source; putting it again changes it."""
        request = {
            "name": properties.text("Name"),
            "resourceArn": properties.text("ResourceArn"),
            "logType": properties.text("LogType"),
        }
        made = place.aws.call("logs", "PutDeliverySource", request).child("deliverySource")
        arns: list[Json] = list(made.texts("resourceArns"))
        return Resource(
            properties.text("Name"), {"Arn": made.text("arn"), "Service": made.text("service"), "ResourceArns": arns}
        )

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the source."""
        place.aws.call("logs", "DeleteDeliverySource", {"name": physical_id})


class DeliveryDestination(Handler):
    """Where logs go."""

    types = ("AWS::Logs::DeliveryDestination",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Put the destination; putting it again changes it."""
        request: dict[str, Json] = {
            "name": properties.text("Name"),
            "deliveryDestinationConfiguration": {"destinationResourceArn": properties.text("DestinationResourceArn")},
        }
        if "OutputFormat" in properties:
            request["outputFormat"] = properties.text("OutputFormat")
        made = place.aws.call("logs", "PutDeliveryDestination", request).child("deliveryDestination")
        kind = made.text("deliveryDestinationType", "CWL")
        return Resource(properties.text("Name"), {"Arn": made.text("arn"), "DeliveryDestinationType": kind})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the destination."""
        place.aws.call("logs", "DeleteDeliveryDestination", {"name": physical_id})


class Delivery(Handler):
    """From one source to one destination."""

    types = ("AWS::Logs::Delivery",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the delivery."""
        request: dict[str, Json] = {
            "deliverySourceName": properties.text("DeliverySourceName"),
            "deliveryDestinationArn": properties.text("DeliveryDestinationArn"),
        }
        if "RecordFields" in properties:
            request["recordFields"] = list(properties.texts("RecordFields"))
        if "FieldDelimiter" in properties:
            request["fieldDelimiter"] = properties.text("FieldDelimiter")
        if "S3SuffixPath" in properties:
            request["s3DeliveryConfiguration"] = {
                "suffixPath": properties.text("S3SuffixPath"),
                "enableHiveCompatiblePath": properties.flag("S3EnableHiveCompatiblePath"),
            }
        made = place.aws.call("logs", "CreateDelivery", request).child("delivery")
        kind = made.text("deliveryDestinationType", "CWL")
        return Resource(
            made.text("id"), {"DeliveryId": made.text("id"), "Arn": made.text("arn"), "DeliveryDestinationType": kind}
        )

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the delivery."""
        place.aws.call("logs", "DeleteDelivery", {"id": physical_id})
