"""Composite alarms."""

from local.handlers.handler import Handler, Place, Resource
from local.properties import Properties


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
        place.aws.cloudwatch.delete_alarms(AlarmNames=[physical_id])

    def _put(self, place: Place, name: str, properties: Properties) -> Resource:
        place.aws.cloudwatch.put_composite_alarm(
            AlarmName=name,
            AlarmRule=properties.text("AlarmRule"),
            AlarmDescription=properties.text("AlarmDescription"),
            ActionsEnabled=properties.text("ActionsEnabled") != "false",
            AlarmActions=properties.texts("AlarmActions"),
            OKActions=properties.texts("OKActions"),
            InsufficientDataActions=properties.texts("InsufficientDataActions"),
        )
        return Resource(name, {"Arn": f"arn:aws:cloudwatch:{place.aws.region}:{place.aws.account}:alarm:{name}"})
