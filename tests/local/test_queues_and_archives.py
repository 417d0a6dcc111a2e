"""Redrive of dead-letter queues and archives of buses, which the emulator underneath does not have."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Local

ACCOUNT = "222222222222"


def client(local: Local, service: str):
    return local.session(ACCOUNT).client(service, endpoint_url=local.server.endpoint)


def deploy(local: Local, name: str, resources: dict[str, object]) -> None:
    cloudformation = client(local, "cloudformation")
    body = json.dumps({"Resources": resources})
    try:
        cloudformation.create_stack(StackName=name, TemplateBody=body)
    except cloudformation.exceptions.AlreadyExistsException:
        cloudformation.update_stack(StackName=name, TemplateBody=body)
    assert cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"].endswith("_COMPLETE")


def test_messages_of_a_dead_letter_queue_go_back_to_their_queue(local: Local) -> None:
    sqs = client(local, "sqs")
    dead = sqs.create_queue(QueueName="redrive-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    source = sqs.create_queue(QueueName="redrive-source", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    sqs.send_message(QueueUrl=dead, MessageBody="poison")

    assert sqs.start_message_move_task(SourceArn=arn)["TaskHandle"]

    assert "Messages" not in sqs.receive_message(QueueUrl=dead)
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=source)["Messages"]] == ["poison"]


def test_a_queue_that_is_nobodys_dead_letter_queue_is_refused(local: Local) -> None:
    sqs = client(local, "sqs")
    url = sqs.create_queue(QueueName="redrive-alone")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    with pytest.raises(ClientError, match="must be configured as a Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=arn)


def test_an_archive_is_made_changed_and_taken_away(local: Local) -> None:
    events = client(local, "events")
    bus: dict[str, object] = {"Type": "AWS::Events::EventBus", "Properties": {"Name": "archived"}}

    def archive(days: int) -> dict[str, object]:
        source = {"Fn::GetAtt": ["Bus", "Arn"]}
        properties = {"ArchiveName": "all", "SourceArn": source, "RetentionDays": days}
        return {"Type": "AWS::Events::Archive", "Properties": properties}

    deploy(local, "archives", {"Bus": bus, "Archive": archive(30)})
    assert events.describe_archive(ArchiveName="all")["RetentionDays"] == 30

    deploy(local, "archives", {"Bus": bus, "Archive": archive(60)})
    assert events.describe_archive(ArchiveName="all")["RetentionDays"] == 60

    deploy(local, "archives", {"Bus": bus})
    with pytest.raises(ClientError, match="ResourceNotFound"):
        events.describe_archive(ArchiveName="all")
