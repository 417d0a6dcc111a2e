"""Canaries of CloudWatch Synthetics, which moto keeps. They are told to run and never do: nothing is asked here."""

from moto.synthetics.models import SyntheticsBackend, synthetics_backends

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties


class Canary(Handler):
    """A canary whose code is in its bucket and whose role is there."""

    types = ("AWS::Synthetics::Canary",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the canary under its name, and start it if the template says so."""
        name = properties.text("Name")
        self._check(place, properties)
        return self._put(place, name, properties)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Give the canary its new code and numbers, under its name."""
        self._check(place, new)
        return self._put(place, physical_id, new)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Forget the canary."""
        _backend(place).canaries.pop(physical_id, None)

    def _check(self, place: Place, properties: Properties) -> None:
        code = properties.child("Code")
        place.aws.call("s3", "HeadObject", {"Bucket": code.text("S3Bucket"), "Key": code.text("S3Key")})
        role = properties.text("ExecutionRoleArn")
        place.aws.call("iam", "GetRole", {"RoleName": role.rsplit("/", 1)[-1]})

    def _put(self, place: Place, name: str, properties: Properties) -> Resource:
        request: dict[str, Json] = {
            "Name": name,
            "Code": {key: properties.child("Code").text(key) for key in ("S3Bucket", "S3Key", "Handler")},
            "ArtifactS3Location": properties.text("ArtifactS3Location"),
            "ExecutionRoleArn": properties.text("ExecutionRoleArn"),
            "Schedule": {"Expression": properties.child("Schedule").text("Expression")},
            "RunConfig": {"TimeoutInSeconds": properties.child("RunConfig").number("TimeoutInSeconds", 60)},
            "SuccessRetentionPeriodInDays": properties.number("SuccessRetentionPeriod", 31),
            "FailureRetentionPeriodInDays": properties.number("FailureRetentionPeriod", 31),
            "RuntimeVersion": properties.text("RuntimeVersion"),
        }
        made = place.aws.call("synthetics", "CreateCanary", request).child("Canary")
        canary = _backend(place).canaries[name]
        # moto knows neither starting nor stopping.
        canary.state = "RUNNING" if properties.flag("StartCanaryAfterCreation") else "READY"
        return Resource(name, {"Id": made.text("Id"), "State": canary.state})


def _backend(place: Place) -> SyntheticsBackend:
    return synthetics_backends[place.aws.account][place.aws.region]
