"""Service-linked roles: AWS's own roles for one of its services, once in an account."""

from botocore.exceptions import ClientError

from local.handlers.handler import Handler, Place, Resource
from local.properties import Properties


class ServiceLinkedRole(Handler):
    """A role that can be made once. The second stack that wants it fails, as on AWS."""

    types = ("AWS::IAM::ServiceLinkedRole",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the role; one that is there already is an error."""
        service = properties.text("AWSServiceName")
        try:
            made = place.aws.call("iam", "CreateServiceLinkedRole", {"AWSServiceName": service}).child("Role")
        except ClientError as error:
            raise ValueError(f"Service role name for {service} has been taken in this account") from error
        return Resource(made.text("RoleName"), {"RoleName": made.text("RoleName")})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Nothing of a role changes but its description."""
        return Resource(physical_id, {"RoleName": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the role."""
        place.aws.call("iam", "DeleteServiceLinkedRole", {"RoleName": physical_id})
