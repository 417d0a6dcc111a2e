"""Sets what security services offer to a delegated administrator and CloudFormation cannot, as a custom resource.

`Custom::OrganizationTrail`: CloudFormation starts a trail by its name, and the name of an organization's trail means
one of the management account's. `Custom::OrganizationDetector`: naming the administrator of GuardDuty makes a detector
already, and which accounts and plans are enabled has no resource type. All calls can be repeated. Deleting a resource
leaves everything on: no guardrail lets it be switched off.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import NotRequired, Protocol, TypedDict

import boto3

TRAIL = "Custom::OrganizationTrail"
DETECTOR = "Custom::OrganizationDetector"

_THERE_ALREADY = "TrailAlreadyExistsException"


class Settings(TypedDict):
    """The properties of a resource, as CloudFormation sends them. Which are there depends on its type."""

    ServiceToken: NotRequired[str]
    Name: NotRequired[str]
    Bucket: NotRequired[str]
    Key: NotRequired[str]
    Selectors: NotRequired[str]
    Region: NotRequired[str]
    Plans: NotRequired[Sequence[str]]


class Request(TypedDict):
    """What CloudFormation asks for."""

    RequestType: str
    ResponseURL: str
    StackId: str
    RequestId: str
    ResourceType: str
    LogicalResourceId: str
    ResourceProperties: Settings


class Answer(TypedDict):
    """The parts of CloudTrail's and GuardDuty's answers that are read."""

    TrailARN: NotRequired[str]
    trailList: NotRequired[Sequence[Mapping[str, str]]]
    DetectorIds: NotRequired[Sequence[str]]
    DetectorId: NotRequired[str]


class Trails(Protocol):
    """The part of CloudTrail's client that is used."""

    def create_trail(self, **request: str | bool) -> Answer:
        """Create a trail."""

    def describe_trails(self) -> Answer:
        """Find trails; the organization's is among them."""

    def update_trail(self, **request: str | bool) -> Answer:
        """Change a trail."""

    def put_event_selectors(self, *, TrailName: str, AdvancedEventSelectors: object) -> object:  # noqa: N803
        """Say what the trail records."""

    def start_logging(self, *, Name: str) -> object:  # noqa: N803
        """Start it."""


class Detectors(Protocol):
    """The part of GuardDuty's client that is used."""

    def list_detectors(self) -> Answer:
        """Find the detector of the region: there is one at most."""

    def create_detector(self, *, Enable: bool) -> Answer:  # noqa: N803
        """Make it."""

    def update_detector(self, **request: object) -> object:
        """Enable its plans."""

    def update_organization_configuration(self, **request: object) -> object:
        """Say which accounts and plans are enabled in the organization."""


def set_trail(client: Trails, settings: Settings) -> str:
    """Create the trail, or make it what is declared, and start it. Returns its ARN."""
    request: dict[str, str | bool] = {
        "S3BucketName": settings["Bucket"],
        "KmsKeyId": settings["Key"],
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "EnableLogFileValidation": True,
        "IsOrganizationTrail": True,
    }
    try:
        arn = client.create_trail(Name=settings["Name"], **request)["TrailARN"]
    except Exception as error:
        if _code(error) != _THERE_ALREADY:
            raise
        arn = _arn_of(client, settings["Name"])
        client.update_trail(Name=arn, **request)
    client.put_event_selectors(TrailName=arn, AdvancedEventSelectors=json.loads(settings["Selectors"]))
    client.start_logging(Name=arn)
    return arn


def _arn_of(client: Trails, name: str) -> str:
    found = [trail["TrailARN"] for trail in client.describe_trails()["trailList"] if trail["Name"] == name]
    if not found:
        raise LookupError(f"the trail {name} exists and is not shown to this account")
    return found[0]


def set_detector(client: Detectors, settings: Settings) -> str:
    """Find or make the region's detector; enable it and its plans in every account. Returns its id."""
    plans = settings["Plans"]
    known = client.list_detectors()["DetectorIds"]
    detector = known[0] if known else client.create_detector(Enable=True)["DetectorId"]
    client.update_detector(
        DetectorId=detector,
        Enable=True,
        FindingPublishingFrequency="FIFTEEN_MINUTES",
        Features=[{"Name": plan, "Status": "ENABLED"} for plan in plans],
    )
    client.update_organization_configuration(
        DetectorId=detector,
        AutoEnableOrganizationMembers="ALL",
        Features=[{"Name": plan, "AutoEnable": "ALL"} for plan in plans],
    )
    return detector


def handle(
    request: Request,
    *,
    trails: Callable[[], Trails],
    detectors: Callable[[str], Detectors],
    respond: Callable[[str, bytes], None],
) -> None:
    """Do what CloudFormation asks for, and answer whatever happens: a request without an answer blocks for an hour."""
    settings, status, reason = request["ResourceProperties"], "SUCCESS", ""
    try:
        if request["RequestType"] != "Delete":
            if request["ResourceType"] == TRAIL:
                set_trail(trails(), settings)
            elif request["ResourceType"] == DETECTOR:
                set_detector(detectors(settings["Region"]), settings)
            else:
                raise ValueError(f"{request['ResourceType']} is not known")
    except Exception as error:
        status, reason = "FAILED", f"{type(error).__name__}: {error}"
    print(json.dumps({"request": request["RequestType"], "status": status, "reason": reason}))
    answer = {
        "Status": status,
        "Reason": reason[:1000],
        "PhysicalResourceId": settings.get("Name") or settings.get("Region") or request["LogicalResourceId"],
        "StackId": request["StackId"],
        "RequestId": request["RequestId"],
        "LogicalResourceId": request["LogicalResourceId"],
    }
    respond(request["ResponseURL"], json.dumps(answer).encode())


def handler(request: Request, context: object) -> None:
    """The entry point of the function."""
    handle(
        request,
        trails=lambda: boto3.client("cloudtrail"),
        detectors=lambda region: boto3.client("guardduty", region_name=region),
        respond=_put,
    )


def _put(url: str, body: bytes) -> None:
    # The signature of the address covers an empty content type.
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})
    with urllib.request.urlopen(request, timeout=10):
        return


def _code(error: Exception) -> str:
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
