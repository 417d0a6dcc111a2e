"""What is generated from the code is as the code says."""

import json
from pathlib import Path

import pytest

from cells.cli.reference import pages
from cells.cli.schema import schemas
from cells.cli.verbs import VERBS, Verb
from cells.modules.module import Module
from cells.modules.registry import MODULES
from tests.cli.conftest import ROOT, Cells


@pytest.mark.parametrize("path", schemas(), ids=str)
def test_schemas_are_up_to_date(path: Path) -> None:
    assert (ROOT / path).read_text() == schemas()[path], "run: make docs"


@pytest.mark.parametrize("path", pages(), ids=str)
def test_pages_are_up_to_date(path: Path) -> None:
    assert (ROOT / path).read_text() == pages()[path], "run: make docs"


@pytest.mark.parametrize("name", ["organization", "product", "registry"])
def test_a_schema_refuses_unknown_fields(name: str) -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text())

    assert schema["additionalProperties"] is False


def test_the_product_schema_completes_settings_by_name() -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / "product.json").read_text())

    assert "database.max_acu" in schema["properties"]["settings"]["properties"]


def test_every_yaml_names_its_schema_for_the_editor() -> None:
    for path in [ROOT / "accounts" / "organization.yaml", *(ROOT / "cells" / "products").glob("*.yaml")]:
        first = path.read_text().splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (path.parent / first.partition("=")[2]).resolve().is_file()


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_can_be_loaded_and_is_documented(verb: Verb) -> None:
    command = verb.load()

    assert command.help
    assert f"## `cells {verb.name}`" in (ROOT / "docs" / "commands.md").read_text()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_every_module_is_documented(module: type[Module]) -> None:
    assert f"## {module.name}\n" in (ROOT / "docs" / "modules.md").read_text()


def test_check_fails_on_a_stale_schema_and_write_mends_it(cells: Cells, project: Path) -> None:
    cells("schema", "--write")
    path = project / "docs" / "schemas" / "product.json"
    path.write_text(path.read_text().replace("database.max_acu", "database.most_acu"))

    stale = cells("schema", "--check")
    cells("schema", "--write")

    assert stale.code == 1
    assert "docs/schemas/product.json differs from the code" in stale.err
    assert cells("schema", "--check").code == 0


def test_schema_needs_to_know_what_to_do(cells: Cells) -> None:
    assert cells("schema").code == 2
