"""The log archive and security tooling, deployed by the real CDK CLI and read back."""

import json
from pathlib import Path

import pytest

from accounts.platform import Platform
from constructs_lib.specs.registry import AccountEntry, Registry
from tests.accounts.vending.world import organization
from tests.local.conftest import ROOT, Local

SECURITY, ARCHIVE = "222222222222", "333333333333"
HOME, EDGE = "eu-west-1", "us-east-1"
TRAIL = "example-organization"


@pytest.fixture(scope="module")
def deployed(local: Local, tmp_path_factory) -> Local:
    from aws_cdk import App

    from accounts.organization import build_organization

    ids = {
        "management": "111111111111",
        "security-tooling": SECURITY,
        "log-archive": ARCHIVE,
        "network-hub": "444444444444",
        "shared-services": "555555555555",
        "ci-cd": "666666666666",
    }
    registry = Registry(accounts={name: AccountEntry(id=id, state="active") for name, id in ids.items()})
    folder: Path = tmp_path_factory.mktemp("watching")
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = App(outdir=str(folder), analytics_reporting=False, context=context)
    build_organization(app, Platform(organization(), registry, {}))
    app.synth()
    local.bootstrap({ARCHIVE: [HOME], SECURITY: [HOME, EDGE]})
    for account, stacks in ((ARCHIVE, ["LogArchive"]), (SECURITY, ["SecurityTooling", f"SecurityTooling-{EDGE}"])):
        options = ["--app", str(folder), "--exclusively", "--require-approval", "never"]
        outcome = local.cdk("deploy", *options, *stacks, account=account)
        assert outcome.code == 0, outcome.output[-4000:]
    return local


def client(local: Local, service: str, account: str, region: str = HOME):
    return local.session(account, region).client(service, endpoint_url=local.server.endpoint)


def test_the_buckets_are_locked_as_declared(deployed: Local) -> None:
    s3 = client(deployed, "s3", ARCHIVE)

    for kind in ("trail", "flow-logs", "access-logs"):
        found = s3.get_object_lock_configuration(Bucket=f"example-{kind}-{ARCHIVE}-{HOME}")
        assert found["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 1}


def test_the_trail_of_the_organization_runs_and_writes_to_the_archive(deployed: Local) -> None:
    cloudtrail = client(deployed, "cloudtrail", SECURITY)

    (trail,) = [one for one in cloudtrail.describe_trails()["trailList"] if one["Name"] == TRAIL]
    assert (trail["IsOrganizationTrail"], trail["IsMultiRegionTrail"], trail["LogFileValidationEnabled"]) == (
        True,
        True,
        True,
    )
    assert trail["S3BucketName"] == f"example-trail-{ARCHIVE}-{HOME}"
    assert trail["KmsKeyId"].endswith(f"{ARCHIVE}:alias/example-log-archive")
    assert cloudtrail.get_trail_status(Name=trail["TrailARN"])["IsLogging"] is True


@pytest.mark.parametrize("region", [HOME, EDGE])
def test_guardduty_is_on_for_every_account_in_every_governed_region(deployed: Local, region: str) -> None:
    guardduty = client(deployed, "guardduty", SECURITY, region)

    (detector,) = guardduty.list_detectors()["DetectorIds"]
    told = guardduty.describe_organization_configuration(DetectorId=detector)
    assert told["AutoEnableOrganizationMembers"] == "ALL"
    assert {"S3_DATA_EVENTS", "RUNTIME_MONITORING"} <= {
        feature["Name"] for feature in told["Features"] if feature["AutoEnable"] == "ALL"
    }


def test_the_bus_of_security_is_there(deployed: Local) -> None:
    names = [bus["Name"] for bus in client(deployed, "events", SECURITY).list_event_buses()["EventBuses"]]

    assert "example-security" in names
