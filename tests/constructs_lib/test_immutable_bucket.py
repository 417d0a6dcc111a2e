"""A bucket for records that nobody may change."""

import pytest

from constructs_lib.immutable_bucket import ImmutableBucket
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SampleData, findings, properties


def build(sample, *, lock_days=365, protection=RETAIN):
    bucket = ImmutableBucket(
        sample.data,
        "Archive",
        key=sample.key,
        log_bucket=sample.log_bucket,
        log_prefix="audit-log/",
        lock_days=lock_days,
        protection=protection,
    )
    bucket.grant_add(sample.reader)


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


def test_what_is_written_is_locked_for_everybody_for_the_days_of_the_setting(sample):
    bucket = properties(sample.template(), "AWS::S3::Bucket")

    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": 365}


def test_without_a_lock_there_are_versions_still():
    sample = SampleData()
    build(sample, lock_days=None, protection=DESTROY)
    bucket = properties(sample.template(), "AWS::S3::Bucket")

    assert "ObjectLockConfiguration" not in bucket
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_who_adds_can_neither_read_nor_delete_nor_unlock(sample):
    assert {action for action in sample.allowed() if action.startswith("s3:")} == {"s3:PutObject"}


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert [finding for finding in findings(tmp_path, build) if not finding.startswith("Foundation")] == []
