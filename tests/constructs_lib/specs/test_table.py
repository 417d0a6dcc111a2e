import pytest
from pydantic import ValidationError

from constructs_lib.specs.table import AttributeSpec, IndexSpec, TableSpec

ID = AttributeSpec(name="id")


def test_the_attributes_of_all_keys_are_known():
    spec = TableSpec(
        partition_key=ID,
        sort_key=AttributeSpec(name="time", kind="number"),
        indexes=(IndexSpec(name="by-partner", partition_key=AttributeSpec(name="partner")),),
    )

    assert [attribute.name for attribute in spec.key_attributes] == ["id", "time", "partner"]


@pytest.mark.parametrize(
    "change,message",
    [
        ({"sort_key": ID}, "'id' cannot be both keys"),
        (
            {"indexes": (IndexSpec(name="one", partition_key=ID), IndexSpec(name="one", partition_key=ID))},
            "two indexes have the name 'one'",
        ),
        (
            {"indexes": (IndexSpec(name="one", partition_key=AttributeSpec(name="id", kind="number")),)},
            "attribute 'id' has two kinds",
        ),
        ({"time_to_live": "id"}, "time_to_live 'id' has to be a number"),
    ],
)
def test_a_table_that_dynamodb_would_refuse_is_no_spec(change, message):
    with pytest.raises(ValidationError, match=message):
        TableSpec(partition_key=ID, **change)
