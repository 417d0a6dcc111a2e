"""Additional metrics of CloudFront distributions."""

from botocore.exceptions import ClientError

from local.handlers.handler import Handler, Place, Resource
from local.properties import Properties


class MonitoringSubscription(Handler):
    """Whether a distribution sends its additional metrics."""

    types = ("AWS::CloudFront::MonitoringSubscription",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Put the subscription; putting it again changes it."""
        distribution = properties.text("DistributionId")
        place.aws.call(
            "cloudfront",
            "CreateMonitoringSubscription",
            {
                "DistributionId": distribution,
                "MonitoringSubscription": dict(properties.child("MonitoringSubscription")),
            },
        )
        return Resource(distribution)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the subscription."""
        try:
            place.aws.call("cloudfront", "DeleteMonitoringSubscription", {"DistributionId": physical_id})
        except ClientError as error:
            if not error.response["Error"]["Code"].startswith("NoSuch"):
                raise
