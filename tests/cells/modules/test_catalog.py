"""The module catalog, in the cell of the shop."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from assembly.load import CloudAssembly


@pytest.fixture(scope="module")
def table(product_cell: Callable[[str, str], Path]) -> dict[str, JsonValue]:
    data = CloudAssembly.load(product_cell("shop3d", "prod")).stack("ProductCell-Data")
    (found,) = [
        one["Properties"]
        for id, one in data.resources.items()
        if id.startswith("CatalogItems") and one["Type"] == "AWS::DynamoDB::GlobalTable"
    ]
    return found


def test_items_are_found_by_number_and_by_category(table: dict[str, JsonValue]) -> None:
    (index,) = table["GlobalSecondaryIndexes"]

    assert table["KeySchema"] == [{"AttributeName": "item_id", "KeyType": "HASH"}]
    assert index["IndexName"] == "by-category"
    assert index["KeySchema"][0] == {"AttributeName": "category", "KeyType": "HASH"}


def test_it_is_paid_by_request_and_can_be_restored(table: dict[str, JsonValue]) -> None:
    (replica,) = table["Replicas"]

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert replica["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }
    assert replica["DeletionProtectionEnabled"] is True
