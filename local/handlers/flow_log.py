"""Flow logs."""

from botocore.exceptions import ClientError

from local.handlers.ec2_tags import retag
from local.handlers.handler import Handler, Place, Resource
from local.properties import Properties


class FlowLog(Handler):
    """A flow log of a VPC, subnet or network interface, to S3, a log group or Firehose."""

    types = ("AWS::EC2::FlowLog",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the flow log."""
        kind = properties.text("LogDestinationType", "cloud-watch-logs")
        destination = properties.text("LogDestination") or properties.text("LogGroupName")
        resource_type = properties.text("ResourceType")
        traffic = properties.text("TrafficType", "ALL")
        made = place.aws.ec2.create_flow_logs(
            ResourceIds=[properties.text("ResourceId")],
            ResourceType="Subnet" if resource_type == "Subnet" else "VPC",
            TrafficType="REJECT" if traffic == "REJECT" else "ACCEPT" if traffic == "ACCEPT" else "ALL",
            LogDestinationType="s3" if kind == "s3" else "cloud-watch-logs",
            LogDestination=destination,
        )
        identifier = made["FlowLogIds"][0]
        retag(place, identifier, Properties({}), properties)
        return Resource(identifier, {"Id": identifier})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change the tags."""
        retag(place, physical_id, old, new)
        return Resource(physical_id, {"Id": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the flow log."""
        try:
            place.aws.ec2.delete_flow_logs(FlowLogIds=[physical_id])
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise
