"""What belongs to a web ACL: its log, and the resources that it guards."""

from botocore.exceptions import ClientError

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties


class WebAclAssociation(Handler):
    """A web ACL in front of a load balancer or an API."""

    types = ("AWS::WAFv2::WebACLAssociation",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Associate."""
        acl, guarded = properties.text("WebACLArn"), properties.text("ResourceArn")
        place.aws.call("wafv2", "AssociateWebACL", {"WebACLArn": acl, "ResourceArn": guarded})
        return Resource(f"{guarded}|{acl}")

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Disassociate."""
        place.aws.call("wafv2", "DisassociateWebACL", {"ResourceArn": properties.text("ResourceArn")})


class FirewallLogging(Handler):
    """Where a web ACL logs to."""

    types = ("AWS::WAFv2::LoggingConfiguration",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Put the configuration; putting it again changes it."""
        configuration: dict[str, Json] = {
            "ResourceArn": properties.text("ResourceArn"),
            "LogDestinationConfigs": list(properties.texts("LogDestinationConfigs")),
            "RedactedFields": properties.get("RedactedFields") or [],
        }
        if "LoggingFilter" in properties:
            configuration["LoggingFilter"] = dict(properties.child("LoggingFilter"))
        place.aws.call("wafv2", "PutLoggingConfiguration", {"LoggingConfiguration": configuration})
        return Resource(properties.text("ResourceArn"), {"ManagedByFirewallManager": False})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the configuration."""
        try:
            place.aws.call("wafv2", "DeleteLoggingConfiguration", {"ResourceArn": physical_id})
        except ClientError as error:
            if error.response["Error"]["Code"] != "WAFNonexistentItemException":
                raise
