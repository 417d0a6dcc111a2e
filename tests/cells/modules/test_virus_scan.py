"""The module virus-scan, in the cell of the shop."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assembly.load import CloudAssembly
from constructs_lib.specs.virus_scan import VirusScanSpec


@pytest.fixture(scope="module")
def shop(product_cell: Callable[[str, str], Path]) -> CloudAssembly:
    return CloudAssembly.load(product_cell("shop3d", "prod"))


def test_roles_of_containers_have_the_tag_by_which_they_are_refused(shop: CloudAssembly) -> None:
    service = shop.stack("ProductCell-Service")
    roles = [one for one in service.resources.values() if one["Type"] == "AWS::IAM::Role"]

    assert roles
    for role in roles:
        assert {"Key": "layer", "Value": "service"} in role["Properties"]["Tags"]


def test_the_policy_of_the_files_bucket_refuses_exactly_that_tag(shop: CloudAssembly) -> None:
    data = shop.stack("ProductCell-Data")
    statements = [
        statement
        for one in data.resources.values()
        if one["Type"] == "AWS::S3::BucketPolicy"
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
        if statement.get("Sid") == "OnlyWhatIsNoThreat"
    ]

    (refused,) = statements
    assert refused["Condition"]["StringEquals"] == {"aws:PrincipalTag/layer": "service"}


def test_what_was_found_goes_through_a_queue_with_a_dead_letter_queue(shop: CloudAssembly) -> None:
    mappings = [
        id
        for id, one in shop.stack("ProductCell-Service").resources.items()
        if one["Type"] == "AWS::Lambda::EventSourceMapping" and id.startswith("VirusScanTeller")
    ]

    assert len(mappings) == 1
    assert any(id.startswith("VirusScanResultsDeadLetterQueue") for id in shop.stack("ProductCell-Data").resources)


def test_the_default_takes_nothing_from_a_live_cell() -> None:
    assert VirusScanSpec().reads == "not-infected"
