"""CloudFront VPC origins."""

from botocore.exceptions import ClientError
from ministack.services import cloudfront

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties

_SERVICE = "cloudfront"


class VpcOrigin(Handler):
    """A private load balancer behind a distribution. While one uses it, every change answers 409, tags included."""

    types = ("AWS::CloudFront::VpcOrigin",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the origin."""
        request: dict[str, Json] = {"VpcOriginEndpointConfig": _configuration(properties)}
        tags: list[Json] = [{"Key": key, "Value": value} for key, value in properties.tags().items()]
        if tags:
            request["Tags"] = {"Items": tags}
        made = place.aws.call(_SERVICE, "CreateVpcOrigin", request).child("VpcOrigin")
        return Resource(made.text("Id"), _attributes(made))

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change the origin, which CloudFront refuses while a distribution uses it."""
        if cloudfront._vpc_origin_in_use(physical_id):
            raise ValueError(
                f"Resource of type 'AWS::CloudFront::VpcOrigin' with identifier '{physical_id}' is attached to a "
                "distribution and cannot be updated (Service: CloudFront, Status Code: 409)"
            )
        request: dict[str, Json] = {
            "Id": physical_id,
            "IfMatch": place.aws.call(_SERVICE, "GetVpcOrigin", {"Id": physical_id}).text("ETag"),
            "VpcOriginEndpointConfig": _configuration(new),
        }
        return Resource(
            physical_id, _attributes(place.aws.call(_SERVICE, "UpdateVpcOrigin", request).child("VpcOrigin"))
        )

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the origin."""
        try:
            tag = place.aws.call(_SERVICE, "GetVpcOrigin", {"Id": physical_id}).text("ETag")
            place.aws.call(_SERVICE, "DeleteVpcOrigin", {"Id": physical_id, "IfMatch": tag})
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityNotFound":
                raise


def _configuration(properties: Properties) -> dict[str, Json]:
    given = properties.child("VpcOriginEndpointConfig")
    protocols: list[Json] = list(given.texts("OriginSSLProtocols") or ["TLSv1.2"])
    return {
        "Name": given.text("Name"),
        "Arn": given.text("Arn"),
        "HTTPPort": given.number("HTTPPort", 80),
        "HTTPSPort": given.number("HTTPSPort", 443),
        "OriginProtocolPolicy": given.text("OriginProtocolPolicy", "match-viewer"),
        "OriginSslProtocols": {"Quantity": len(protocols), "Items": protocols},
    }


def _attributes(made: Properties) -> dict[str, Json]:
    return {
        "Id": made.text("Id"),
        "Arn": made.text("Arn"),
        "Status": made.text("Status"),
        "CreatedTime": str(made.get("CreatedTime")),
        "LastModifiedTime": str(made.get("LastModifiedTime")),
    }
