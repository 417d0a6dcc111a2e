"""Backup selections."""

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties


class BackupSelection(Handler):
    """What a backup plan takes."""

    types = ("AWS::Backup::BackupSelection",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the selection."""
        given = properties.child("BackupSelection")
        selection: dict[str, Json] = {
            "SelectionName": given.text("SelectionName"),
            "IamRoleArn": given.text("IamRoleArn"),
            "Resources": list(given.texts("Resources")),
        }
        plan = properties.text("BackupPlanId")
        made = place.aws.call(
            "backup", "CreateBackupSelection", {"BackupPlanId": plan, "BackupSelection": selection}
        ).text("SelectionId")
        return Resource(f"{made}_{plan}", {"Id": f"{made}_{plan}", "SelectionId": made, "BackupPlanId": plan})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the selection."""
        request = {"BackupPlanId": properties.text("BackupPlanId"), "SelectionId": physical_id.split("_")[0]}
        place.aws.call("backup", "DeleteBackupSelection", request)
