"""Archives of event buses."""

import json

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties


class Archive(Handler):
    """What a bus keeps, to be replayed."""

    types = ("AWS::Events::Archive",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the archive under its name, or one made for it."""
        name = properties.text("ArchiveName") or place.name[:48]
        source: dict[str, Json] = {"EventSourceArn": properties.text("SourceArn")}
        made = place.aws.call("events", "CreateArchive", {"ArchiveName": name, **source, **_changeable(properties)})
        return Resource(name, {"ArchiveName": name, "Arn": made.text("ArchiveArn")})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change what it keeps, and for how long."""
        made = place.aws.call("events", "UpdateArchive", {"ArchiveName": physical_id, **_changeable(new)})
        return Resource(physical_id, {"ArchiveName": physical_id, "Arn": made.text("ArchiveArn")})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the archive."""
        place.aws.call("events", "DeleteArchive", {"ArchiveName": physical_id})


def _changeable(properties: Properties) -> dict[str, Json]:
    request: dict[str, Json] = {"RetentionDays": int(properties.text("RetentionDays") or 0)}
    for name in ("Description", "KmsKeyIdentifier"):
        if properties.text(name):
            request[name] = properties.text(name)
    if "EventPattern" in properties:
        request["EventPattern"] = json.dumps(dict(properties.child("EventPattern")))
    return request
