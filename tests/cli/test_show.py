"""`cells show`: what a cell will be, and where each value comes from."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cells


def line(text: str, start: str) -> str:
    return next(row.strip() for row in text.splitlines() if row.strip().startswith(start))


def test_explain_names_file_and_line_of_an_override(cells: Cells) -> None:
    result = cells("show", "acme-crm", "-e", "prod", "--explain")

    assert result.code == 0
    assert line(result.out, "readers").split(maxsplit=2) == [
        "readers",
        "2",
        "environment cells/products/acme-crm.yaml:17",
    ]


def test_explain_names_the_size_where_nothing_was_overridden(cells: Cells) -> None:
    result = cells("show", "acme-crm", "-e", "prod", "--explain")

    assert line(result.out, "max_acu").split(maxsplit=2) == ["max_acu", "128", "size prod"]


def test_modules_say_why_they_are_there(cells: Cells) -> None:
    result = cells("show", "acme-crm")

    assert line(result.out, "files@1") == "files@1          core, required by documents"
    assert line(result.out, "tasks@1") == "tasks@1          chosen"


def test_modules_of_the_command_line_replace_those_of_the_file_and_a_note_says_so(cells: Cells) -> None:
    result = cells("show", "acme-crm", "--modules", "notes")

    assert "notes@1" in result.out
    assert "finance@1" not in result.out
    assert result.err == "note: modules are those of the command line; they replace the product file's\n"


def test_a_setting_of_the_command_line_wins_and_is_named_as_source(cells: Cells) -> None:
    result = cells("show", "acme-crm", "-e", "prod", "--set", "database.max_acu=64", "--json")

    value = json.loads(result.out)["values"]["database.max_acu"]
    assert value == {"value": "64", "source": {"kind": "context", "where": "--set"}}


def test_json_has_every_value_with_its_source(cells: Cells) -> None:
    document = json.loads(cells("show", "acme-crm", "-e", "staging", "--json").out)

    assert document["environment"] == "staging"
    assert document["values"]["domain"]["value"] == "crm-staging.example.com"
    assert document["values"]["domain"]["source"]["kind"] == "registry"
    assert all(entry["source"]["kind"] for entry in document["values"].values())


def test_the_project_is_found_from_a_folder_inside_it(cells: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("cells/products")

    assert cells("show", "acme-crm").code == 0


def test_a_broken_file_of_another_product_does_not_stand_in_the_way(cells: Cells) -> None:
    Path("cells/products/broken.yaml").write_text("a: [\n")

    assert cells("show", "acme-crm").code == 0
    assert cells("show", "broken").code == 2


def test_the_idle_cost_is_stated_and_explained_part_by_part(cells: Cells) -> None:
    plain, explained = cells("show", "acme-crm", "-e", "prod"), cells("show", "acme-crm", "-e", "prod", "--explain")

    assert line(plain.out, "total").startswith("total  $1139.38  without storage")
    assert "aurora_acu_hour" not in plain.out
    assert line(explained.out, "database ") == "database             $153.30  1.5 x 730 h x $0.14 (aurora_acu_hour)"


def test_traffic_in_the_product_file_is_explained_with_its_arithmetic(cells: Cells) -> None:
    product = Path("cells/products/acme-crm.yaml")
    product.write_text(product.read_text() + "traffic:\n  internet_gb: 5\n  services_gb: { logs: 1200 }\n")

    result = cells("show", "acme-crm", "-e", "prod", "--explain")

    assert line(result.out, "logs: 1200 GB").endswith("= $36.09 by endpoint: endpoint")
    assert line(result.out, "interface_endpoints").split(maxsplit=2) == [
        "interface_endpoints",
        "logs",
        "traffic cells/products/acme-crm.yaml:18",
    ]
