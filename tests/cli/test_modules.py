"""`cells modules`: the table comes from the classes."""

import json
from pathlib import Path

from cells.modules.registry import MODULES
from tests.cli.conftest import Cells


def test_every_module_is_in_the_table_with_its_summary(cells: Cells) -> None:
    rows = cells("modules").out.splitlines()

    for module in MODULES:
        row = next(row for row in rows if row.startswith(f"{module.name}@{module.major} "))
        assert module.summary in row


def test_json_has_what_a_module_requires_and_its_secrets(cells: Cells) -> None:
    found = {module["name"]: module for module in json.loads(cells("modules", "--json").out)}

    assert found["documents"]["requires"] == ["files"]
    assert {secret["kind"] for secret in found["finance"]["secrets"]} == {"generated", "external"}
    assert found["jobs"]["core"] is True
    assert found["tasks"]["core"] is False


def test_users_lists_products_that_picked_a_module(cells: Cells) -> None:
    assert cells("modules", "--users", "finance").out.splitlines()[1].split() == ["acme-crm", "chosen"]
    assert cells("modules", "--users", "notes").out == "no product uses notes@1\n"


def test_users_of_an_unknown_module_is_wrong_input(cells: Cells) -> None:
    result = cells("modules", "--users", "taskz")

    assert (result.code, result.err) == (2, "error: unknown module 'taskz'\nhint: did you mean 'tasks'?\n")


def test_users_leaves_a_broken_product_out_and_says_so(cells: Cells) -> None:
    Path("cells/products/broken.yaml").write_text("a: [\n")

    result = cells("modules", "--users", "finance")

    assert result.code == 0
    assert "acme-crm" in result.out
    assert result.err.startswith("note: left out: cells/products/broken.yaml:2: ")
