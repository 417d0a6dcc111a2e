"""The topic that alarms go to."""

import json

import pytest
from aws_cdk.assertions import Template

from constructs_lib.alarm_topic import AlarmTopic
from constructs_lib.encryption import Encryption


@pytest.fixture(scope="module")
def template(new_stack, retained):
    stack = new_stack()
    AlarmTopic(stack, "AlarmTopic", key=Encryption(stack, "Encryption", protection=retained).messaging_key)
    return Template.from_stack(stack)


def statement(template, effect):
    (policy,) = template.find_resources("AWS::SNS::TopicPolicy").values()
    (found,) = [s for s in policy["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == effect]
    return found


def test_messages_are_encrypted_with_the_key_of_the_cell(template):
    (topic,) = template.find_resources("AWS::SNS::Topic").values()

    assert "EncryptionMessagingKey" in json.dumps(topic["Properties"]["KmsMasterKeyId"])


def test_nobody_publishes_without_tls(template):
    denied = statement(template, "Deny")

    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["Principal"] == "*"


def test_alarms_of_the_account_and_region_publish_and_nobody_else_is_let_in(template):
    allowed = statement(template, "Allow")

    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Action"] == "sns:Publish"
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    assert ":cloudwatch:eu-west-1:111122223333:alarm:*" in json.dumps(allowed["Condition"]["ArnLike"]["aws:SourceArn"])


def test_it_has_no_name_of_its_own(template):
    (topic,) = template.find_resources("AWS::SNS::Topic").values()

    assert "TopicName" not in topic["Properties"]
