"""A cell is asked from outside when its product says how often, and not before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.stacks.execution_policy import SERVICES
from assembly.load import CloudAssembly
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.sizes import SIZES, Size


def canaries(assembly: CloudAssembly) -> list[str]:
    return [
        f"{stack.id}/{id}"
        for stack in assembly.stacks
        for id in stack.resources
        if stack.resource_type(id) == "AWS::Synthetics::Canary"
    ]


@pytest.mark.parametrize("size", SIZES)
def test_no_size_pays_for_checks_that_nobody_asked_for(size: Size) -> None:
    assert SIZES[size].canary.every_minutes is None


def test_a_cell_without_it_has_nothing_of_it(cell: Callable[[str], Path]) -> None:
    assert canaries(CloudAssembly.load(cell("prod"))) == []


def test_the_leaf_asks_the_front_door_of_its_cell(product_cell: Callable[[str, str], Path]) -> None:
    assembly = CloudAssembly.load(product_cell("webapp", "prod"))
    (found,) = canaries(assembly)
    leaf = assembly.stack("ProductCell")
    canary = leaf.resources[found.partition("/")[2]]["Properties"]

    assert found.startswith("ProductCell/")
    assert canary["Name"] == "webapp-prod-front-door"
    assert canary["RunConfig"]["EnvironmentVariables"] == {"HEALTH_URL": "https://webapp.example.com/health"}


def test_the_health_of_the_cell_knows_of_it(product_cell: Callable[[str, str], Path]) -> None:
    leaf = CloudAssembly.load(product_cell("webapp", "prod")).stack("ProductCell")
    (alarm,) = (id for id in leaf.resources if leaf.resource_type(id) == "AWS::CloudWatch::Alarm")
    (health,) = (id for id in leaf.resources if leaf.resource_type(id) == "AWS::CloudWatch::CompositeAlarm")

    assert alarm in str(leaf.resources[health]["Properties"]["AlarmRule"])


def test_how_often_has_to_be_minutes_that_synthetics_takes(workspace: Workspace) -> None:
    from constructs_lib.specs.errors import InputError

    with pytest.raises(InputError, match=r"canary\.every_minutes"):
        workspace.plan("webapp", choice(environment="prod", settings=["canary.every_minutes=61"]))


def test_cloudformation_may_make_canaries() -> None:
    assert "synthetics" in SERVICES
