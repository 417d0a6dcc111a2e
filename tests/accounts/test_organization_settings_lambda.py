"""The function that sets trail and detectors, with clients that are fakes."""

import json

import pytest
from botocore.exceptions import ClientError

from accounts.lambdas.organization_settings import index

TRAIL = {
    "Name": "example-organization",
    "Bucket": "trail-bucket",
    "Key": "key-arn",
    "Selectors": '[{"Name":"Management"}]',
}
DETECTOR = {"Region": "us-east-1", "Plans": ["S3_DATA_EVENTS", "RDS_LOGIN_EVENTS"]}
OWNED = "arn:aws:cloudtrail:eu-west-1:111111111111:trail/example-organization"


class FakeTrails:
    def __init__(self, known=()):
        self.known = list(known)
        self.calls = []

    def create_trail(self, **request):
        self.calls.append(("create", request))
        if self.known:
            raise ClientError({"Error": {"Code": "TrailAlreadyExistsException", "Message": "there"}}, "CreateTrail")
        return {"TrailARN": OWNED}

    def describe_trails(self):
        return {"trailList": self.known}

    def update_trail(self, **request):
        self.calls.append(("update", request))

    def put_event_selectors(self, *, TrailName, AdvancedEventSelectors):
        self.calls.append(("select", {"TrailName": TrailName, "AdvancedEventSelectors": AdvancedEventSelectors}))

    def start_logging(self, *, Name):
        self.calls.append(("start", {"Name": Name}))


class FakeDetectors:
    def __init__(self, known=()):
        self.known = list(known)
        self.calls = []

    def list_detectors(self):
        return {"DetectorIds": self.known}

    def create_detector(self, *, Enable):
        self.calls.append(("create", {"Enable": Enable}))
        return {"DetectorId": "made"}

    def update_detector(self, **request):
        self.calls.append(("update", request))

    def update_organization_configuration(self, **request):
        self.calls.append(("organization", request))


def ask(type, settings, *, trails=None, detectors=None, request_type="Create"):
    answers = []
    regions = []
    index.handle(
        {
            "RequestType": request_type,
            "ResponseURL": "https://answers.example.com/1",
            "StackId": "stack",
            "RequestId": "request",
            "ResourceType": type,
            "LogicalResourceId": "Resource",
            "ResourceProperties": settings,
        },
        trails=lambda: trails,
        detectors=lambda region: regions.append(region) or detectors,
        respond=lambda url, body: answers.append(json.loads(body)),
    )
    (answer,) = answers
    return answer, regions


def test_a_new_trail_is_for_all_accounts_and_regions_with_signed_files_and_is_started():
    trails = FakeTrails()

    answer, _ = ask(index.TRAIL, TRAIL, trails=trails)

    assert answer["Status"] == "SUCCESS"
    assert trails.calls[0] == (
        "create",
        {
            "Name": "example-organization",
            "S3BucketName": "trail-bucket",
            "KmsKeyId": "key-arn",
            "IncludeGlobalServiceEvents": True,
            "IsMultiRegionTrail": True,
            "EnableLogFileValidation": True,
            "IsOrganizationTrail": True,
        },
    )
    assert trails.calls[1:] == [
        ("select", {"TrailName": OWNED, "AdvancedEventSelectors": [{"Name": "Management"}]}),
        ("start", {"Name": OWNED}),
    ]


def test_a_trail_that_is_there_is_made_what_is_declared_by_the_arn_that_its_owner_gave_it():
    trails = FakeTrails([{"Name": "other", "TrailARN": "arn"}, {"Name": "example-organization", "TrailARN": OWNED}])

    answer, _ = ask(index.TRAIL, TRAIL, trails=trails, request_type="Update")

    assert answer["Status"] == "SUCCESS"
    assert [name for name, _ in trails.calls] == ["create", "update", "select", "start"]
    assert trails.calls[1][1]["Name"] == OWNED
    assert trails.calls[1][1]["IsOrganizationTrail"] is True


def test_a_trail_that_is_not_shown_fails_and_says_so():
    answer, _ = ask(index.TRAIL, TRAIL, trails=FakeTrails([{"Name": "other", "TrailARN": "arn"}]))

    assert answer["Status"] == "FAILED"
    assert "example-organization exists and is not shown" in answer["Reason"]


def test_a_refusal_is_answered_with_its_reason():
    trails = FakeTrails()

    def refuse(**request):
        raise ClientError({"Error": {"Code": "InsufficientEncryptionPolicyException", "Message": "no"}}, "CreateTrail")

    trails.create_trail = refuse
    answer, _ = ask(index.TRAIL, TRAIL, trails=trails)

    assert answer["Status"] == "FAILED"
    assert "InsufficientEncryptionPolicyException" in answer["Reason"]


@pytest.mark.parametrize(("known", "id"), [([], "made"), (["found"], "found")])
def test_a_detector_is_found_or_made_and_on_with_its_plans_in_every_account(known, id):
    detectors = FakeDetectors(known)

    answer, regions = ask(index.DETECTOR, DETECTOR, detectors=detectors)

    assert (answer["Status"], regions) == ("SUCCESS", ["us-east-1"])
    calls = dict(detectors.calls)
    assert ("create" in calls) == (not known)
    assert calls["update"]["DetectorId"] == id
    assert calls["update"]["Features"] == [
        {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"},
        {"Name": "RDS_LOGIN_EVENTS", "Status": "ENABLED"},
    ]
    assert calls["organization"] == {
        "DetectorId": id,
        "AutoEnableOrganizationMembers": "ALL",
        "Features": [
            {"Name": "S3_DATA_EVENTS", "AutoEnable": "ALL"},
            {"Name": "RDS_LOGIN_EVENTS", "AutoEnable": "ALL"},
        ],
    }


@pytest.mark.parametrize(("type", "settings"), [(index.TRAIL, TRAIL), (index.DETECTOR, DETECTOR)])
def test_deleting_the_resource_leaves_everything_on(type, settings):
    trails, detectors = FakeTrails(), FakeDetectors()

    answer, _ = ask(type, settings, trails=trails, detectors=detectors, request_type="Delete")

    assert answer["Status"] == "SUCCESS"
    assert (trails.calls, detectors.calls) == ([], [])


def test_an_unknown_type_fails():
    answer, _ = ask("Custom::Other", {})

    assert (answer["Status"], answer["Reason"]) == ("FAILED", "ValueError: Custom::Other is not known")


def test_a_resource_keeps_its_identity_over_updates():
    first, _ = ask(index.TRAIL, TRAIL, trails=FakeTrails())
    again, _ = ask(index.TRAIL, {**TRAIL, "Bucket": "other"}, trails=FakeTrails(), request_type="Update")

    assert first["PhysicalResourceId"] == again["PhysicalResourceId"] == "example-organization"
