"""The bucket of assets: a name is written once, and only CloudFront shows what is in it."""

import pytest

from constructs_lib.asset_store import AssetStore
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SampleData, findings, properties


def build(protection, sample=None):
    sample = sample or SampleData()
    store = AssetStore(
        sample.data,
        "Assets",
        prefix="models",
        origins=["https://shop.example.com"],
        restore_days=30,
        log_bucket=sample.log_bucket,
        log_prefix="assets/",
        protection=protection,
    )
    store.grant_upload(sample.reader)
    return sample


@pytest.fixture(scope="module")
def protected():
    return build(RETAIN)


def statements(sample):
    document = properties(sample.template(), "AWS::S3::BucketPolicy")["PolicyDocument"]
    return {one["Sid"]: one for one in document["Statement"] if "Sid" in one}


def test_an_upload_that_could_replace_an_asset_is_refused_to_everybody(protected):
    refused = statements(protected)["ANameIsWrittenOnce"]

    assert refused["Effect"] == "Deny"
    assert refused["Principal"] == {"AWS": "*"}
    assert refused["Action"] == "s3:PutObject"
    assert refused["Condition"] == {
        "Null": {"s3:if-none-match": "true"},
        "Bool": {"s3:ObjectCreationOperation": "true"},
    }


def test_cloudfront_of_this_account_reads_what_is_below_the_prefix_and_nothing_else(protected):
    read = statements(protected)["CloudFrontReads"]

    assert read["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert read["Resource"]["Fn::Join"][1][-1] == "/models/*"
    assert read["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}


def test_pages_of_the_product_upload_and_no_others(protected):
    (rule,) = properties(protected.template(), "AWS::S3::Bucket")["CorsConfiguration"]["CorsRules"]

    assert rule["AllowedOrigins"] == ["https://shop.example.com"]
    assert rule["AllowedMethods"] == ["PUT"]
    assert "if-none-match" in rule["AllowedHeaders"]


def test_containers_upload_and_read_but_never_delete(protected):
    allowed = protected.allowed()

    assert set(allowed) == {"s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"}
    assert str(allowed["s3:PutObject"][0]["Resource"]).endswith("'/models/*']]}")


def test_what_was_deleted_can_be_restored(protected):
    found = properties(protected.template(), "AWS::S3::Bucket")

    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    assert found["LifecycleConfiguration"]["Rules"][0]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


@pytest.mark.parametrize(("protection", "policy"), [(RETAIN, "RetainExceptOnCreate"), (DESTROY, "Delete")])
def test_it_stays_where_data_stays(protection, policy):
    (bucket,) = build(protection).template().find_resources("AWS::S3::Bucket").values()

    assert bucket["DeletionPolicy"] == policy


def test_passes_every_check(tmp_path):
    assert findings(tmp_path, lambda sample: build(RETAIN, sample)) == []
