"""Composite alarms."""

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties


class CompositeAlarm(Handler):
    """An alarm over the states of other alarms."""

    types = ("AWS::CloudWatch::CompositeAlarm",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Put the alarm."""
        return self._put(place, properties.text("AlarmName") or place.name, properties)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Put the alarm again under its name."""
        return self._put(place, physical_id, new)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the alarm."""
        place.aws.call("cloudwatch", "DeleteAlarms", {"AlarmNames": [physical_id]})

    def _put(self, place: Place, name: str, properties: Properties) -> Resource:
        request: dict[str, Json] = {
            "AlarmName": name,
            "AlarmRule": properties.text("AlarmRule"),
            "AlarmDescription": properties.text("AlarmDescription"),
            "ActionsEnabled": properties.text("ActionsEnabled") != "false",
        }
        for actions in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            request[actions] = list(properties.texts(actions))
        place.aws.call("cloudwatch", "PutCompositeAlarm", request)
        return Resource(name, {"Arn": f"arn:aws:cloudwatch:{place.aws.region}:{place.aws.account}:alarm:{name}"})
