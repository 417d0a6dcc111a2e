"""The module assets, in the cell of the shop."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from assembly.load import CloudAssembly
from cells.modules.assets import AssetsSpec


@pytest.fixture(scope="module")
def shop(product_cell: Callable[[str, str], Path]) -> CloudAssembly:
    return CloudAssembly.load(product_cell("shop3d", "prod"))


def environments(assembly: CloudAssembly) -> list[dict[str, JsonValue]]:
    """Of the containers of each task."""
    stack = assembly.stack("ProductCell-Service")
    definitions = [
        resource["Properties"]["ContainerDefinitions"]
        for id, resource in stack.resources.items()
        if stack.resource_type(id) == "AWS::ECS::TaskDefinition"
    ]
    return [
        {one["Name"]: one["Value"] for one in container["Environment"]}
        for containers in definitions
        for container in containers
    ]


def test_containers_know_the_bucket_and_the_path(shop: CloudAssembly) -> None:
    found = environments(shop)

    assert found
    for environment in found:
        assert environment["ASSETS_PREFIX"] == "assets"
        assert "ASSETS_BUCKET" in environment


def test_the_bucket_lives_with_the_data_and_has_the_tag_of_its_module(shop: CloudAssembly) -> None:
    data = shop.stack("ProductCell-Data")
    (bucket,) = [
        one for id, one in data.resources.items() if id.startswith("AssetsStore") and one["Type"] == "AWS::S3::Bucket"
    ]

    assert {"Key": "module", "Value": "assets"} in bucket["Properties"]["Tags"]
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"


@pytest.mark.parametrize("prefix", ["", "/assets", "Assets", "a/b", "*"])
def test_a_prefix_is_one_part_of_a_path(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        AssetsSpec(prefix=prefix)
