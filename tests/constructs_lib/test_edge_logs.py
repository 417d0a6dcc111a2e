"""The access logs of CloudFront: what they say, where they go, and who may write them."""

import pytest

from tests.constructs_lib.sample_data import DESTROY, RETAIN, SNAPSHOT
from tests.constructs_lib.sample_edge import SPEC, SampleEdge, properties


@pytest.fixture(scope="module")
def edge():
    return SampleEdge().template()


def bucket(template):
    (found,) = template.find_resources("AWS::S3::Bucket").values()
    return found


def writers(statements):
    return [statement for statement in statements if statement.get("Sid") == "AccessLogs"]


def source_of(statement):
    return statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Join"][1][-1]


def test_the_distribution_is_the_source(edge):
    source = properties(edge, "AWS::Logs::DeliverySource")
    (distribution,) = edge.find_resources("AWS::CloudFront::Distribution")

    assert source["LogType"] == "ACCESS_LOGS"
    assert source["ResourceArn"]["Fn::Join"][1][-1] == {"Ref": distribution}


def test_they_go_to_a_bucket_as_json(edge):
    destination = properties(edge, "AWS::Logs::DeliveryDestination")
    (name,) = edge.find_resources("AWS::S3::Bucket")

    assert destination["OutputFormat"] == "json"
    assert destination["DestinationResourceArn"] == {"Fn::GetAtt": [name, "Arn"]}


def test_source_and_destination_have_names_of_the_plan(edge):
    assert properties(edge, "AWS::Logs::DeliverySource")["Name"] == "acme-crm-prod-front-door"
    assert properties(edge, "AWS::Logs::DeliveryDestination")["Name"] == "acme-crm-prod-front-door"
    assert properties(edge, "AWS::Logs::Delivery")["DeliverySourceName"] == "acme-crm-prod-front-door"


@pytest.mark.parametrize("field", ["cs(Cookie)", "cs-uri-query", "cs(Referer)", "cs-headers"])
def test_they_leave_out_what_may_carry_credentials(edge, field):
    assert field not in properties(edge, "AWS::Logs::Delivery")["RecordFields"]


@pytest.mark.parametrize("field", ["date", "time", "c-ip", "cs-method", "cs-uri-stem", "sc-status"])
def test_they_say_who_asked_for_what(edge, field):
    assert field in properties(edge, "AWS::Logs::Delivery")["RecordFields"]


def test_the_delivery_waits_until_it_may_write(edge):
    (delivery,) = edge.find_resources("AWS::Logs::Delivery").values()
    (policy,) = edge.find_resources("AWS::S3::BucketPolicy")
    (source,) = edge.find_resources("AWS::Logs::DeliverySource")

    assert {policy, source} <= set(delivery["DependsOn"])


def test_only_this_delivery_may_write(edge):
    (statement,) = writers(properties(edge, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"])

    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert statement["Action"] == "s3:PutObject"
    assert statement["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "111122223333",
        "s3:x-amz-acl": "bucket-owner-full-control",
    }
    assert source_of(statement) == ":logs:us-east-1:111122223333:delivery-source:acme-crm-prod-front-door"


def test_only_this_delivery_may_use_the_key(edge):
    (statement,) = writers(properties(edge, "AWS::KMS::Key")["KeyPolicy"]["Statement"])

    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert statement["Action"] == ["kms:GenerateDataKey*", "kms:Decrypt"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    assert source_of(statement) == ":logs:us-east-1:111122223333:delivery-source:acme-crm-prod-front-door"


def test_the_bucket_is_encrypted_with_the_key_of_the_edge(edge):
    (rule,) = bucket(edge)["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    (key,) = edge.find_resources("AWS::KMS::Key")

    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == {"Fn::GetAtt": [key, "Arn"]}


def test_the_bucket_is_private_and_needs_no_access_control_lists(edge):
    found = bucket(edge)["Properties"]

    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert found["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert {"Key": "data-classification", "Value": "confidential"} in found["Tags"]


def test_requests_without_tls_1_2_are_denied(edge):
    found = properties(edge, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    conditions = [statement["Condition"] for statement in found if statement["Effect"] == "Deny"]

    assert {"Bool": {"aws:SecureTransport": "false"}} in conditions
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in conditions


def test_they_are_kept_as_long_as_the_spec_says():
    template = SampleEdge(spec=SPEC.model_copy(update={"log_retention_days": 365})).template()
    (rule,) = bucket(template)["Properties"]["LifecycleConfiguration"]["Rules"]

    assert rule["ExpirationInDays"] == 365


@pytest.mark.parametrize(
    ("protection", "policy", "emptied"),
    [(RETAIN, "RetainExceptOnCreate", False), (SNAPSHOT, "Delete", True), (DESTROY, "Delete", True)],
    ids=["retain", "snapshot", "destroy"],
)
def test_what_becomes_of_them_is_what_the_protection_says(protection, policy, emptied):
    template = SampleEdge(protection=protection).template()

    assert bucket(template)["DeletionPolicy"] == policy
    assert bool(template.find_resources("Custom::S3AutoDeleteObjects")) is emptied
