"""The keys of a cell: who may use them, and how long they live."""

import pytest
from aws_cdk.assertions import Match, Template

from constructs_lib.encryption import EdgeEncryption, Encryption


@pytest.fixture(scope="module")
def template(new_stack, retained):
    stack = new_stack()
    Encryption(stack, "Encryption", protection=retained)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def edge(new_stack, retained):
    stack = new_stack(region="us-east-1")
    EdgeEncryption(stack, "Encryption", protection=retained)
    return Template.from_stack(stack)


def statements(template, id):
    (key,) = [key for name, key in template.find_resources("AWS::KMS::Key").items() if id in name]
    return key["Properties"]["KeyPolicy"]["Statement"]


def services(template, id):
    return {s["Principal"]["Service"]: s for s in statements(template, id) if "Service" in s["Principal"]}


def test_every_key_rotates_within_a_year(template, edge):
    for each in (template, edge):
        each.all_resources_properties("AWS::KMS::Key", {"EnableKeyRotation": True, "RotationPeriodInDays": 365})


def test_no_aws_service_may_use_the_data_key_by_itself(template):
    assert services(template, "DataKey") == {}


def test_messages_and_logs_are_open_to_the_services_that_write_them(template):
    assert set(services(template, "MessagingKey")) == {
        "logs.eu-west-1.amazonaws.com",
        "cloudwatch.amazonaws.com",
        "sns.amazonaws.com",
        "events.amazonaws.com",
    }


def test_cloudwatch_logs_uses_a_key_for_log_groups_of_the_account_only(template):
    condition = services(template, "MessagingKey")["logs.eu-west-1.amazonaws.com"]["Condition"]

    (arn,) = condition["ArnLike"].values()
    assert list(condition["ArnLike"]) == ["kms:EncryptionContext:aws:logs:arn"]
    assert arn["Fn::Join"][1][-1] == ":logs:eu-west-1:111122223333:log-group:*"


@pytest.mark.parametrize("service", ["cloudwatch.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com"])
def test_a_service_that_writes_messages_acts_for_the_account_only(template, service):
    statement = services(template, "MessagingKey")[service]

    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]


def test_the_edge_key_serves_logs_and_alarms_of_its_region(edge):
    assert set(services(edge, "Key")) == {"logs.us-east-1.amazonaws.com", "cloudwatch.amazonaws.com"}


def test_a_retained_key_outlives_its_stack_but_not_a_failed_first_create(template):
    template.all_resources("AWS::KMS::Key", {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"})


def test_a_key_stays_with_the_snapshots_that_it_encrypts(new_stack, snapshot):
    stack = new_stack()
    Encryption(stack, "Encryption", protection=snapshot)

    Template.from_stack(stack).all_resources("AWS::KMS::Key", {"DeletionPolicy": "RetainExceptOnCreate"})


def test_a_disposable_key_goes_after_the_shortest_wait(new_stack, disposable):
    stack = new_stack()
    Encryption(stack, "Encryption", protection=disposable)

    Template.from_stack(stack).all_resources(
        "AWS::KMS::Key", {"DeletionPolicy": "Delete", "Properties": Match.object_like({"PendingWindowInDays": 7})}
    )


def test_no_key_has_a_name(template, edge):
    for each in (template, edge):
        each.resource_count_is("AWS::KMS::Alias", 0)


def test_logical_ids_of_keys_never_change(template, edge):
    assert set(template.find_resources("AWS::KMS::Key")) == {
        "EncryptionDataKey4CB32E29",
        "EncryptionMessagingKeyB1C4F435",
    }
    assert set(edge.find_resources("AWS::KMS::Key")) == {"EncryptionKey3A692D6E"}
