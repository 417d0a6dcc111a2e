"""`cells modules`: the table comes from the classes."""

import json
from pathlib import Path

import pytest

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
    assert cells("modules", "--users", "finance").out.splitlines()[1].split() == [
        "acme-crm/dev",
        "finance@1",
        "chosen",
    ]
    assert cells("modules", "--users", "notes").out == "no product uses notes\n"


def test_users_says_which_major_each_environment_runs(cells: Cells) -> None:
    product = Path("cells/products/acme-crm.yaml")
    text = product.read_text()
    product.write_text(text.replace("dev: {}", "dev:\n    modules: [tasks, contacts, documents@2, finance]"))

    both = json.loads(cells("modules", "--users", "documents", "--json").out)
    newer = json.loads(cells("modules", "--users", "documents@2", "--json").out)

    assert {(user["environment"], user["runs"]) for user in both} == {
        ("dev", "documents@2"),
        ("staging", "documents@1"),
        ("prod", "documents@1"),
    }
    assert [user["environment"] for user in newer] == ["dev"]


def test_moving_to_a_major_replaces_nothing_that_holds_data(cells: Cells) -> None:
    result = cells("modules", "--move", "documents@2", "acme-crm", "--json")

    move = json.loads(result.out)
    assert result.code == 0
    assert (move["before"], move["after"], move["loses"], move["removes"]) == ("documents@1", "documents@2", [], [])
    assert all("TaskDefinition" in one for one in move["replaces"])
    assert any(one.startswith("ProductCell-Data/DocumentsRevisions") for one in move["creates"])
    assert "FILES_BUCKET" in move["steps"][0]


@pytest.mark.parametrize(
    "arguments,message",
    [
        (("--move", "documents@2"), "--move names no product"),
        (("acme-crm",), "'acme-crm' is named, but nothing says what to plan"),
        (("--move", "documents", "acme-crm"), "'documents' names no major"),
        (("--move", "documents@1", "acme-crm"), "product 'acme-crm' runs documents@1 in prod already"),
        (("--move", "documents@3", "acme-crm"), "module 'documents' has no major 3"),
        (("--move", "notes@1", "acme-crm"), "product 'acme-crm' does not have module 'notes' in prod"),
        (("--move", "documents@2", "acme-crm", "--users", "notes"), "--users and --move cannot be combined"),
    ],
)
def test_a_move_that_cannot_be_planned_is_wrong_input(cells: Cells, arguments: tuple[str, ...], message: str) -> None:
    result = cells("modules", *arguments)

    assert result.code == 2
    assert result.err.splitlines()[-2] == f"error: {message}"


def test_users_of_an_unknown_module_is_wrong_input(cells: Cells) -> None:
    result = cells("modules", "--users", "taskz")

    assert (result.code, result.err) == (2, "error: unknown module 'taskz'\nhint: did you mean 'tasks'?\n")


def test_users_leaves_a_broken_product_out_and_says_so(cells: Cells) -> None:
    Path("cells/products/broken.yaml").write_text("a: [\n")

    result = cells("modules", "--users", "finance")

    assert result.code == 0
    assert "acme-crm" in result.out
    assert result.err.startswith("note: left out: cells/products/broken.yaml:2: ")
