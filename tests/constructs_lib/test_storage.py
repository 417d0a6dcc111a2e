"""The buckets of a cell."""

import pytest
from aws_cdk.assertions import Template

from constructs_lib.specs.storage import StorageSpec
from constructs_lib.storage import Storage
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SNAPSHOT, SampleData, findings, only

SPEC = StorageSpec(
    noncurrent_version_days=30, archive_after_days=60, backup_retention_days=90, access_log_retention_days=365
)


def build(sample, spec=SPEC, protection=RETAIN):
    storage = Storage(
        sample.data,
        "Storage",
        spec=spec,
        key=sample.key,
        log_bucket=sample.log_bucket,
        protection=protection,
        page_origins=["https://crm.example.com"],
    )
    storage.grant_read_write_files(sample.reader)
    storage.grant_write_backups(sample.reader)
    return storage


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


def buckets(sample):
    """By the prefix of their access logs."""
    found = sample.template().find_resources("AWS::S3::Bucket").values()
    return {bucket["Properties"]["LoggingConfiguration"]["LogFilePrefix"]: bucket for bucket in found}


def rules(sample, prefix):
    found = buckets(sample)[prefix]["Properties"]["LifecycleConfiguration"]["Rules"]
    return {rule["Id"]: rule for rule in found}


@pytest.mark.parametrize("prefix", ["files/", "backups/"])
class TestEveryBucket:
    def test_is_encrypted_with_the_data_key_and_a_bucket_key(self, sample, prefix):
        encryption = buckets(sample)[prefix]["Properties"]["BucketEncryption"]
        (rule,) = encryption["ServerSideEncryptionConfiguration"]

        assert rule["BucketKeyEnabled"] is True
        assert "Key961B73FD" in str(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])

    def test_has_no_name_of_ours(self, sample, prefix):
        assert "BucketName" not in buckets(sample)[prefix]["Properties"]

    def test_keeps_versions_for_a_while(self, sample, prefix):
        assert buckets(sample)[prefix]["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
        rule = rules(sample, prefix)["expire-noncurrent-versions"]
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}

    def test_gives_up_on_unfinished_uploads(self, sample, prefix):
        rule = rules(sample, prefix)["abort-uploads"]

        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}

    def test_is_private_and_has_no_access_lists(self, sample, prefix):
        found = buckets(sample)[prefix]["Properties"]

        assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
        assert found["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}

    def test_is_retained(self, sample, prefix):
        assert buckets(sample)[prefix]["DeletionPolicy"] == "RetainExceptOnCreate"

    def test_is_tagged_as_confidential(self, sample, prefix):
        tags = buckets(sample)[prefix]["Properties"]["Tags"]

        assert {"Key": "data-classification", "Value": "confidential"} in tags


def test_requests_without_tls_1_2_are_refused(sample):
    for policy in sample.template().find_resources("AWS::S3::BucketPolicy").values():
        denied = [
            statement["Condition"]
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Deny" and statement["Principal"] == {"AWS": "*"}
        ]
        assert {"Bool": {"aws:SecureTransport": "false"}} in denied
        assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied


def test_the_log_bucket_is_left_as_it_is():
    def log_bucket(sample):
        return only(Template.from_stack(sample.foundation).find_resources("AWS::S3::Bucket"))

    sample = SampleData()
    build(sample)

    assert log_bucket(sample) == log_bucket(SampleData())


def test_files_move_to_intelligent_tiering(sample):
    (transition,) = rules(sample, "files/")["tier"]["Transitions"]

    assert transition == {"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 60}


def test_files_stay_in_the_standard_class_when_nothing_is_said():
    sample = SampleData()
    build(sample, SPEC.model_copy(update={"archive_after_days": None}))

    assert "tier" not in rules(sample, "files/")


def test_backups_expire_and_files_do_not(sample):
    assert rules(sample, "backups/")["expire-backups"]["ExpirationInDays"] == 90
    assert not [rule for rule in rules(sample, "files/").values() if "ExpirationInDays" in rule]


@pytest.mark.parametrize("protection", [DESTROY, SNAPSHOT])
def test_a_bucket_that_goes_is_not_emptied_by_a_function(protection):
    sample = SampleData()
    build(sample, protection=protection)

    for bucket in buckets(sample).values():
        assert bucket["DeletionPolicy"] == "Delete"
    assert sample.template().find_resources("Custom::S3AutoDeleteObjects") == {}


def test_a_service_reaches_files_but_neither_old_versions_nor_settings(sample):
    assert {action for action in sample.allowed() if action.startswith("s3:")} == {
        "s3:ListBucket",
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
    }


def test_exports_can_be_added_and_not_read_or_deleted(sample):
    def reaches_backups(action):
        return [statement for statement in sample.allowed()[action] if "Backups" in str(statement["Resource"])]

    assert reaches_backups("s3:PutObject")
    assert not reaches_backups("s3:GetObject")
    assert not reaches_backups("s3:DeleteObject")


def test_the_key_is_used_through_s3_only(sample):
    for statement in sample.allowed()["kms:Decrypt"]:
        assert "s3." in str(statement["Condition"]["StringEquals"]["kms:ViaService"])


@pytest.mark.parametrize("protection", [RETAIN, DESTROY])
def test_the_checks_find_nothing_that_is_not_excused(tmp_path, protection):
    assert findings(tmp_path, lambda sample: build(sample, protection=protection)) == []


def test_pages_of_the_cell_and_no_others_use_signed_urls_of_files(sample):
    (rule,) = buckets(sample)["files/"]["Properties"]["CorsConfiguration"]["CorsRules"]

    assert rule["AllowedOrigins"] == ["https://crm.example.com"]
    assert rule["AllowedMethods"] == ["GET", "PUT"]
    assert rule["AllowedHeaders"] == ["content-md5", "content-type", "x-amz-*"]


def test_no_page_reaches_exports(sample):
    assert "CorsConfiguration" not in buckets(sample)["backups/"]["Properties"]
