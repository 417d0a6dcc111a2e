"""Vended log deliveries: a source, a destination and the delivery between them."""

import contextlib

from botocore.exceptions import ClientError
from ministack.services import cloudwatch_logs

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
            **_format(properties),
        }
        made = place.aws.call("logs", "CreateDelivery", request).child("delivery")
        return Resource(made.text("id"), _attributes(made))

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change the format, in the emulator's store: it has no operation for it."""
        record: dict[str, Json] = cloudwatch_logs._deliveries[physical_id]
        record.update(_format(new))
        return Resource(physical_id, _attributes(Properties(record)))

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the delivery."""
        with contextlib.suppress(ClientError):
            place.aws.call("logs", "DeleteDelivery", {"id": physical_id})


def _format(properties: Properties) -> dict[str, Json]:
    """Return what is delivered of an event, and where it goes inside the destination."""
    made: dict[str, Json] = {}
    if "RecordFields" in properties:
        made["recordFields"] = list(properties.texts("RecordFields"))
    if "FieldDelimiter" in properties:
        made["fieldDelimiter"] = properties.text("FieldDelimiter")
    if "S3SuffixPath" in properties:
        made["s3DeliveryConfiguration"] = {
            "suffixPath": properties.text("S3SuffixPath"),
            "enableHiveCompatiblePath": properties.flag("S3EnableHiveCompatiblePath"),
        }
    return made


def _attributes(delivery: Properties) -> dict[str, Json]:
    return {
        "DeliveryId": delivery.text("id"),
        "Arn": delivery.text("arn"),
        "DeliveryDestinationType": delivery.text("deliveryDestinationType", "CWL"),
    }
