"""A bucket for revisions: locked in a protected cell, and nobody who writes can take a version away."""

import pytest

from constructs_lib.revision_store import RevisionStore
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SampleData, findings


def build(protection, sample=None):
    sample = sample or SampleData()
    store = RevisionStore(
        sample.data,
        "Revisions",
        retention_days=2555,
        key=sample.key,
        log_bucket=sample.log_bucket,
        log_prefix="documents-revisions/",
        protection=protection,
    )
    store.grant_add_and_read(sample.reader)
    return sample


@pytest.fixture(scope="module")
def protected():
    return build(RETAIN)


def bucket(sample):
    return next(iter(sample.template().find_resources("AWS::S3::Bucket").values()))


def test_every_version_of_a_protected_cell_is_locked_for_its_time(protected):
    found = bucket(protected)

    assert found["Properties"]["ObjectLockEnabled"] is True
    assert found["Properties"]["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {
        "Mode": "GOVERNANCE",
        "Days": 2555,
    }
    assert found["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert found["DeletionPolicy"] == "RetainExceptOnCreate"
    assert found["UpdateReplacePolicy"] == "Retain"


def test_a_disposable_cell_can_be_emptied():
    found = bucket(build(DESTROY))

    assert "Rule" not in found["Properties"].get("ObjectLockConfiguration", {})
    assert found["DeletionPolicy"] == "Delete"


def test_access_is_logged_and_versions_never_expire(protected):
    found = bucket(protected)["Properties"]

    assert found["LoggingConfiguration"]["LogFilePrefix"] == "documents-revisions/"
    assert [rule["Id"] for rule in found["LifecycleConfiguration"]["Rules"]] == ["abort-uploads"]


def test_who_writes_can_neither_delete_a_version_nor_touch_the_lock(protected):
    actions = set(protected.allowed())

    assert {"s3:PutObject", "s3:GetObjectVersion", "s3:ListBucketVersions"} <= actions
    assert not [one for one in actions if one.startswith(("s3:Delete", "s3:Bypass", "s3:PutObjectR")) or "*" in one]


def test_passes_every_check(tmp_path):
    assert findings(tmp_path, lambda sample: build(RETAIN, sample)) == []
