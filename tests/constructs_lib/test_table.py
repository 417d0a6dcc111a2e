"""A table of key-value items."""

import pytest

from constructs_lib.specs.errors import InputError
from constructs_lib.specs.table import AttributeSpec, IndexSpec, TableSpec
from constructs_lib.table import Table
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SampleData, findings, properties

SPEC = TableSpec(
    partition_key=AttributeSpec(name="id"),
    sort_key=AttributeSpec(name="timestamp", kind="number"),
    time_to_live="expires_at",
    indexes=(
        IndexSpec(name="by-partner", partition_key=AttributeSpec(name="partner"), sort_key=AttributeSpec(name="id")),
    ),
    stream="both",
)


def build(sample, *, spec=SPEC, protection=RETAIN):
    table = Table(sample.data, "Orders", spec=spec, key=sample.key, protection=protection)
    table.monitor(sample.facade())
    table.grant_read(sample.reader)
    table.grant_add(sample.reader)
    return table


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


@pytest.fixture(scope="module")
def table(sample):
    return properties(sample.template(), "AWS::DynamoDB::GlobalTable")


def test_keys_indexes_and_stream_are_those_of_the_spec(table):
    assert table["KeySchema"] == [
        {"AttributeName": "id", "KeyType": "HASH"},
        {"AttributeName": "timestamp", "KeyType": "RANGE"},
    ]
    assert table["GlobalSecondaryIndexes"][0]["IndexName"] == "by-partner"
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_it_is_paid_by_request_and_items_leave_when_their_time_is_over(table):
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_it_is_encrypted_with_the_key_and_can_be_restored_for_35_days(table):
    (replica,) = table["Replicas"]

    assert "Key961B73FD" in str(replica["SSESpecification"]["KMSMasterKeyId"])
    assert replica["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }


def test_a_retained_table_stays_and_refuses_to_be_deleted(sample, table):
    (resource,) = sample.template().find_resources("AWS::DynamoDB::GlobalTable").values()

    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert table["Replicas"][0]["DeletionProtectionEnabled"] is True


def test_a_disposable_table_goes():
    sample = SampleData()
    build(sample, protection=DESTROY)
    (resource,) = sample.template().find_resources("AWS::DynamoDB::GlobalTable").values()

    assert resource["DeletionPolicy"] == "Delete"
    assert resource["Properties"]["Replicas"][0]["DeletionProtectionEnabled"] is False


def test_who_may_read_and_add_may_neither_scan_nor_change_nor_delete(sample):
    allowed = set(sample.allowed())

    assert {"dynamodb:Query", "dynamodb:PutItem"} <= allowed
    assert not allowed & {"dynamodb:Scan", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:*"}


def test_the_key_is_used_through_dynamodb_only(sample):
    for statement in sample.allowed()["kms:Decrypt"]:
        assert "dynamodb." in str(statement["Condition"]["StringEquals"]["kms:ViaService"])


def test_errors_and_throttles_raise_alarms(sample):
    alarms = sample.template().find_resources("AWS::CloudWatch::Alarm").values()

    assert {alarm["Properties"]["AlarmName"] for alarm in alarms} == {
        "Data-Orders-Read-Throttled-Events-Warning",
        "Data-Orders-Write-Throttled-Events-Warning",
        "Data-Orders-SystemError-Count-Warning",
    }


def test_a_table_without_a_stream_has_nothing_to_follow():
    table = build(SampleData(), spec=SPEC.model_copy(update={"stream": None}))

    with pytest.raises(InputError, match="table Orders has no stream"):
        _ = table.stream_arn


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, build) == []
