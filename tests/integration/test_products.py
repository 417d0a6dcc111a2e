"""Every product of the checkout: its dev cell in an account that is vended first, on the embedded AWS."""

import pytest

from cells.product_file import product_names
from tests.example import add_cells_of
from tests.integration.conftest import ROOT, Project

pytestmark = pytest.mark.integration

ELSEWHERE = {"acme-crm", "nerdwork", "nexusstream"}
"""Products whose cells other files of this room deploy."""


@pytest.fixture(scope="module", params=sorted(set(product_names(ROOT / "cells" / "products")) - ELSEWHERE))
def product(project: Project, request: pytest.FixtureRequest) -> str:
    name: str = request.param
    add_cells_of(project.folder, name, source=ROOT)
    assert project.cells("local", "up", "--port", str(project.port)).code == 0
    return name


def test_a_product_without_accounts_is_vended_and_deployed(project: Project, product: str) -> None:
    result = project.cells("up", product, "--json")

    assert result.code == 0, result.err
    cell = result.json()
    assert [stack["action"] for stack in cell["stacks"]] == ["create"] * 5
    assert "ids of the embedded AWS" in result.err
    cloudformation = {
        region: project.client("cloudformation", cell["account"], region) for region in ("eu-west-1", "us-east-1")
    }
    statuses = {
        stack["StackName"]: stack["StackStatus"]
        for client in cloudformation.values()
        for stack in client.describe_stacks()["Stacks"]
        if stack["StackName"].startswith(f"{product}-dev")
    }
    assert set(statuses.values()) == {"CREATE_COMPLETE"}
    assert len(statuses) == 5
