"""`cells new`: a plan first, then the file and the registry; run again, it changes nothing."""

import io
import ipaddress
import json
from pathlib import Path

import pytest

from cells.cli import declaration
from cells.spec import ProductSpec
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.registry import Registry
from tests.cli.conftest import Cells


def registry(project: Path) -> Registry:
    return load_spec(project / "accounts" / "registry.json", Registry)


def snapshot(project: Path) -> dict[str, bytes]:
    return {str(path.relative_to(project)): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def test_a_dry_run_prints_the_plan_and_changes_nothing(cells: Cells, project: Path) -> None:
    before = snapshot(project)

    result = cells("new", "billing", "--modules", "tasks,finance", "--dry-run")

    assert result.code == 0
    assert "write cells/products/billing.yaml" in result.out
    assert "record billing/prod/eu-west-1  10.0.64.0/20  billing.example.com  (pending)" in result.out
    assert snapshot(project) == before


def test_the_plan_says_what_the_organization_gets(cells: Cells) -> None:
    out = cells("new", "billing", "--modules", "tasks", "--dry-run").out

    after = out[out.index("then `cells org apply` will do") :]
    assert "  + unit Workloads/billing" in after
    assert "  + account billing-prod <aws+billing-prod@example.com>  (cannot be undone)" in after
    assert "  + delegation role cell-dns-billing-prod-eu-west-1" in after
    assert "acme-crm" not in after


def test_the_steps_that_it_promises_are_those_that_the_organization_plan_gets(cells: Cells) -> None:
    before = {step["name"] for step in json.loads(cells("org", "plan", "--offline", "--json").out)["steps"]}
    promised = json.loads(cells("new", "billing", "--yes", "--json").out)["organization"]

    planned = [step["name"] for step in json.loads(cells("org", "plan", "--offline", "--json").out)["steps"]]

    assert [step["name"] for step in promised] == [name for name in planned if name not in before]
    assert sum(step["irreversible"] for step in promised) == 3


def test_without_a_management_account_nothing_is_promised(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "registry.json"
    document = json.loads(path.read_text())
    document["accounts"]["management"] = {"state": "pending"}
    path.write_text(json.dumps(document))

    result = cells("new", "billing", "--dry-run", "--json")

    assert result.code == 0
    assert json.loads(result.out)["organization"] == []


def test_it_records_the_ranges_that_the_plan_showed(cells: Cells, project: Path) -> None:
    planned = json.loads(cells("new", "billing", "--dry-run", "--json").out)["cells"]

    cells("new", "billing", "--yes")

    recorded = {cell.identity.key: cell.cidr for cell in registry(project).cells if cell.product == "billing"}
    assert recorded == {cell["key"]: cell["cidr"] for cell in planned}
    ranges = [ipaddress.ip_network(cell.cidr) for cell in registry(project).cells]
    assert not any(a.overlaps(b) for a in ranges for b in ranges if a is not b)


def test_the_file_that_it_writes_is_a_product_with_what_was_said(cells: Cells, project: Path) -> None:
    cells("new", "billing", "--modules", "tasks", "--summary", "Bills: all of them", "--owner", "a@b.example", "--yes")

    path = project / "cells" / "products" / "billing.yaml"
    spec = load_spec(path, ProductSpec)
    assert path.read_text().startswith("# yaml-language-server: $schema=../../docs/schemas/product.json\n")
    assert (spec.name, spec.summary, spec.owner, spec.modules) == (
        "billing",
        "Bills: all of them",
        "a@b.example",
        ("tasks",),
    )


def test_a_new_product_can_be_shown_and_is_pending(cells: Cells) -> None:
    cells("new", "billing", "--yes")

    result = cells("show", "billing", "-e", "prod")

    assert result.code == 0
    assert "billing.example.com" in result.out
    assert "has no account yet: it can be synthesized, not deployed" in result.err


def test_a_second_run_says_that_it_exists_and_changes_nothing(cells: Cells, project: Path) -> None:
    cells("new", "billing", "--modules", "tasks,notes", "--yes")
    before = snapshot(project)

    result = cells("new", "billing", "--modules", "notes,tasks", "--yes")

    assert (result.code, result.out) == (0, "product 'billing' exists: nothing to do\n")
    assert snapshot(project) == before


def test_without_an_answer_nothing_is_done(cells: Cells, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(project)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    result = cells("new", "billing")

    assert result.code == 1
    assert "error: not confirmed, so nothing was done\nhint: add --yes" in result.err
    assert snapshot(project) == before


def test_json_needs_a_yes(cells: Cells, project: Path) -> None:
    result = cells("new", "billing", "--json")

    assert result.code == 2
    assert "--yes" in result.err
    assert not (project / "cells" / "products" / "billing.yaml").exists()


def test_an_interrupted_run_can_be_repeated(cells: Cells, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells("new", "other", "--yes")
    real, calls = declaration.record_cell, iter((False, True))

    def interrupted(*arguments: object, **options: object) -> object:
        if next(calls):
            raise KeyboardInterrupt
        return real(*arguments, **options)  # type: ignore[arg-type]  # handed through as they came

    monkeypatch.setattr(declaration, "record_cell", interrupted)
    first = cells("new", "billing", "--yes")
    monkeypatch.setattr(declaration, "record_cell", real)
    half = [cell.identity.key for cell in registry(project).cells if cell.product == "billing"]
    second = cells("new", "billing", "--yes")

    assert first.code == 130
    assert half == ["billing/dev/eu-west-1"]
    assert second.code == 0
    assert "keep  billing/dev/eu-west-1" in second.out
    assert len([cell for cell in registry(project).cells if cell.product == "billing"]) == 3


def test_a_file_that_could_not_be_written_leaves_nothing(
    cells: Cells, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(project)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cells.cli.declaration.os.link", full)
    result = cells("new", "billing", "--yes")

    assert result.code == 1
    assert snapshot(project) == before


@pytest.mark.parametrize(
    "name,said",
    [
        ("ab", "must have 3 to 20 characters, got 2"),
        ("a" * 21, "must have 3 to 20 characters, got 21"),
        ("Billing", "must be lower-case letters"),
        ("billing--x", "must be lower-case letters"),
        ("9lives", "must be lower-case letters"),
        ("prod", "is reserved"),
        ("../etc", "must be lower-case letters"),
    ],
)
def test_a_bad_name_is_refused(cells: Cells, project: Path, name: str, said: str) -> None:
    before = snapshot(project)

    result = cells("new", name, "--yes")

    assert result.code == 2
    assert result.err.startswith(f"error: name '{name}' ")
    assert said in result.err
    assert snapshot(project) == before


def test_an_unknown_module_is_refused_before_anything_is_written(cells: Cells, project: Path) -> None:
    before = snapshot(project)

    result = cells("new", "billing", "--modules", "takss", "--yes")

    assert (result.code, result.err) == (2, "error: unknown module 'takss'\nhint: did you mean 'tasks'?\n")
    assert snapshot(project) == before


def test_a_domain_that_another_cell_has_is_refused(cells: Cells) -> None:
    result = cells("new", "billing", "--subdomain", "crm", "--yes")

    assert result.code == 2
    assert "the domain 'crm-dev.example.com' of billing/dev/eu-west-1 belongs to acme-crm/dev/eu-west-1" in result.err
    assert "--subdomain" in result.err


def test_an_exhausted_pool_is_refused_and_nothing_is_written(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "organization.yaml"
    path.write_text(path.read_text().replace("10.0.0.0/10", "10.0.0.0/18"))
    before = snapshot(project)

    result = cells("new", "billing", "--yes")

    assert result.code == 2
    assert "has no free /20 left" in result.err
    assert "address_pools in accounts/organization.yaml" in result.err
    assert snapshot(project) == before


def test_a_region_that_is_not_governed_is_refused(cells: Cells) -> None:
    result = cells("new", "billing", "--region", "ap-southeast-2", "--yes")

    assert result.code == 2
    assert "region 'ap-southeast-2' is not governed" in result.err


def test_options_that_contradict_the_file_are_refused(cells: Cells) -> None:
    result = cells("new", "acme-crm", "--owner", "someone-else", "--yes")

    assert result.code == 2
    assert "product 'acme-crm' exists, with other owner (cells/products/acme-crm.yaml:4)" in result.err
