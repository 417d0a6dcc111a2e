import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from local.repairs.detectors import tell_detectors


@pytest.fixture
def guardduty(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    tell_detectors()
    with mock_aws():
        yield boto3.client("guardduty", region_name="eu-west-1")


def test_what_is_enabled_in_an_organization_is_kept(guardduty):
    detector = guardduty.create_detector(Enable=True)["DetectorId"]

    before = guardduty.describe_organization_configuration(DetectorId=detector)
    guardduty.update_organization_configuration(
        DetectorId=detector,
        AutoEnableOrganizationMembers="ALL",
        Features=[{"Name": "S3_DATA_EVENTS", "AutoEnable": "ALL"}],
    )

    after = guardduty.describe_organization_configuration(DetectorId=detector)
    assert before["AutoEnableOrganizationMembers"] == "NONE"
    assert after["AutoEnableOrganizationMembers"] == "ALL"
    assert after["Features"] == [{"Name": "S3_DATA_EVENTS", "AutoEnable": "ALL"}]


def test_a_detector_that_is_not_there_is_refused(guardduty):
    with pytest.raises(ClientError, match="BadRequestException"):
        guardduty.update_organization_configuration(DetectorId="0" * 32, AutoEnableOrganizationMembers="ALL")
