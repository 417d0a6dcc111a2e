"""Cross-account zone delegation, done natively: CDK's function needs the AWS SDK for Node."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from local.aws import Aws
from local.handlers.handler import Handler, Place, Resource
from local.properties import Properties

if TYPE_CHECKING:
    from types_boto3_route53.literals import ChangeActionType


class ZoneDelegation(Handler):
    """The NS record of a zone in its parent zone, written with a role of the parent's account."""

    types = ("Custom::CrossAccountZoneDelegation",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Write the record."""
        self._change(place, properties, "UPSERT")
        return Resource(properties.text("DelegatedZoneName"))

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Write the record anew; the one of a former name is taken away."""
        if old.text("DelegatedZoneName") != new.text("DelegatedZoneName"):
            self.delete(place, physical_id, old)
        return self.create(place, new)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Take the record away."""
        self._change(place, properties, "DELETE")

    def _change(self, place: Place, properties: Properties, action: "ChangeActionType") -> None:
        hub = self._hub(place, properties)
        zone = properties.text("ParentZoneId") or _zone_id(hub, properties.text("ParentZoneName"))
        hub.route53.change_resource_record_sets(
            HostedZoneId=zone,
            ChangeBatch={
                "Changes": [
                    {
                        "Action": action,
                        "ResourceRecordSet": {
                            "Name": properties.text("DelegatedZoneName"),
                            "Type": "NS",
                            "TTL": properties.number("TTL", 172800),
                            "ResourceRecords": [{"Value": name} for name in _name_servers(properties)],
                        },
                    }
                ]
            },
        )

    def _hub(self, place: Place, properties: Properties) -> Aws:
        """Return the services of the role's account. The role has to exist there."""
        role = properties.text("AssumeRoleArn")
        hub = place.elsewhere(role.split(":")[4], place.aws.region)
        hub.iam.get_role(RoleName=role.rsplit("/", 1)[-1])
        return hub


def _zone_id(hub: Aws, name: str) -> str:
    zones = hub.route53.list_hosted_zones_by_name(DNSName=name)["HostedZones"]
    found = [zone["Id"] for zone in zones if zone["Name"].rstrip(".") == name.rstrip(".")]
    if len(found) != 1:
        raise ValueError(f"expected one hosted zone named {name} in the parent account, found {len(found)}")
    return found[0].rsplit("/", 1)[-1]


def _name_servers(properties: Properties) -> Iterable[str]:
    return properties.texts("DelegatedZoneNameServers")
