"""A topic that services publish to."""

import pytest

from constructs_lib.topic import Topic
from tests.constructs_lib.sample_data import SampleData, findings, properties


def build(sample):
    Topic(sample.data, "Events", key=sample.key).grant_publish(sample.reader)


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


def test_messages_are_encrypted_with_the_key_and_the_topic_is_named_by_cloudformation(sample):
    topic = properties(sample.template(), "AWS::SNS::Topic")

    assert "Key961B73FD" in str(topic["KmsMasterKeyId"])
    assert "TopicName" not in topic


def test_requests_without_tls_are_refused(sample):
    policy = properties(sample.template(), "AWS::SNS::TopicPolicy")["PolicyDocument"]

    assert [statement["Condition"] for statement in policy["Statement"] if statement["Effect"] == "Deny"] == [
        {"Bool": {"aws:SecureTransport": "false"}}
    ]


def test_a_publisher_uses_the_key_through_sns_only(sample):
    (statement,) = sample.allowed()["kms:GenerateDataKey"]

    assert "sns:Publish" in sample.allowed()
    assert "sns." in str(statement["Condition"]["StringEquals"]["kms:ViaService"])


def test_the_topic_is_tagged(sample):
    tags = properties(sample.template(), "AWS::SNS::Topic")["Tags"]

    assert {"Key": "data-classification", "Value": "confidential"} in tags


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, build) == []
