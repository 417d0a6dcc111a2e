"""`cells org show` and `cells org plan`, where nobody has to be asked."""

import json
from pathlib import Path

from tests.cli.conftest import Cells


def _declare(project: Path, product: str) -> None:
    path = project / "cells" / "products" / f"{product}.yaml"
    head = f"name: {product}\nsummary: Bills\nowner: team@example.com\nmodules: [tasks]\n"
    path.write_text(head + "environments: {dev: {}, prod: {}}\n")


def test_the_tree_has_every_unit_and_account(cells: Cells) -> None:
    result = cells("org", "show", "--json")

    found = json.loads(result.out)
    accounts = {account["name"]: account for account in found["accounts"]}
    assert result.code == 0
    assert {"Security", "Workloads", "Workloads/acme-crm", "Onboarding", "Suspended"} <= set(found["units"])
    assert accounts["acme-crm-prod"]["unit"] == "Workloads/acme-crm"
    assert accounts["log-archive"]["id"] == "333333333333"


def test_the_tree_is_printed_for_a_person(cells: Cells, project: Path) -> None:
    _declare(project, "billing")

    result = cells("org", "show")

    assert "    billing/" in result.out
    assert "      billing-dev       pending       cell" in result.out
    assert "11 accounts in 15 units, 2 not vended yet" in result.out


def test_nothing_is_planned_while_the_registry_is_as_declared(cells: Cells) -> None:
    result = cells("org", "plan", "--offline")

    assert result.code == 0
    assert result.out == "nothing to do: the organization is as declared\n"


def test_a_new_product_is_a_unit_and_an_account_for_each_environment(cells: Cells, project: Path) -> None:
    _declare(project, "billing")

    result = cells("org", "plan", "--offline", "--out", "plan.json")

    lines = result.out.splitlines()
    assert lines[0] == "+ unit Workloads/billing"
    assert lines[1] == "+ account billing-dev <aws+billing-dev@example.com>  (cannot be undone)"
    assert "~ account billing-prod: Onboarding → Workloads/billing" in lines
    assert lines[-1].startswith("15 steps, 2 of them cannot be undone; digest ")
    assert json.loads((project / "plan.json").read_text())["steps"][0] == {
        "kind": "create-unit",
        "path": ["Workloads", "billing"],
    }


def test_equal_declarations_give_the_same_digest(cells: Cells, project: Path) -> None:
    _declare(project, "billing")

    digests = {json.loads(cells("org", "plan", "--offline", "--json").out)["digest"] for _ in range(2)}

    assert len(digests) == 1


def test_two_accounts_with_one_address_are_wrong_input(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "organization.yaml"
    path.write_text(path.read_text() + "emails:\n  ci-cd: aws+log-archive@example.com\n")

    result = cells("org", "plan", "--offline")

    assert result.code == 2
    assert "two declarations have the root address 'aws+log-archive@example.com'" in result.err


def test_a_unit_that_is_too_deep_is_wrong_input(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "organization.yaml"
    inner = "{name: F, units: []}"
    for name in "EDCBA":
        inner = f"{{name: {name}, units: [{inner}]}}"
    path.write_text(path.read_text() + f"units: [{inner}]\n")

    result = cells("org", "show")

    assert result.code == 2
    assert "the unit A/B/C/D/E/F is 6 levels below the root, AWS takes 5" in result.err


def test_the_live_organization_is_asked_where_it_runs(cells: Cells) -> None:
    result = cells("org", "plan")

    assert result.code == 2
    assert "the embedded AWS does not run" in result.err


def test_offline_asks_nobody(cells: Cells) -> None:
    result = cells("org", "plan", "--offline", "--target", "local")

    assert result.code == 2
    assert "--offline asks nobody" in result.err


def _declare_expired(project: Path) -> None:
    path = project / "accounts" / "organization.yaml"
    path.write_text(path.read_text() + "\nsandboxes: [{name: sandbox-ann, expires: 2020-01-31}]\n")


def test_a_sandbox_past_its_last_day_is_told(cells: Cells, project: Path) -> None:
    _declare_expired(project)

    result = cells("org", "plan", "--offline")

    assert "sandbox 'sandbox-ann' was wanted until 2020-01-31" in result.out + result.err


def test_the_clock_changes_no_digest(cells: Cells, project: Path) -> None:
    _declare_expired(project)
    late = json.loads(cells("org", "plan", "--offline", "--json").out)
    path = project / "accounts" / "organization.yaml"

    assert any("sandbox-ann" in note for note in late["notes"])
    written = project / "plan.json"
    cells("org", "plan", "--offline", "--out", str(written))
    assert "was wanted until" not in written.read_text()
    assert path.is_file()
