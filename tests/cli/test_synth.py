"""`cells synth`: in this process, the bytes of the CDK CLI, and not again while nothing changed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cells.cli import fingerprint, synthesis
from cells.cli.cdk import CdkCli
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.plan import CellPlan
from tests.cli.conftest import ROOT, Cells


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def plan(project: Path) -> CellPlan:
    return Workspace(project).plan("acme-crm", choice(environment="dev"))


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands in for the CDK, and records what was built."""
    builds: list[str] = []

    def build(root: Path, plan: CellPlan, folder: Path) -> None:
        builds.append(plan.identity.key)
        (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": {}, "made": plan.identity.key}))
        (folder / "asset.1").mkdir()
        (folder / "asset.1" / "index.py").write_text("pass\n")

    monkeypatch.setattr(synthesis, "build", build)
    return builds


def test_a_second_run_with_unchanged_inputs_builds_nothing(project: Path, plan: CellPlan, built: list[str]) -> None:
    first = synthesis.synthesize(project, plan, project / "cdk.out")
    second = synthesis.synthesize(project, plan, project / "cdk.out")

    assert (first.cached, second.cached) == (False, True)
    assert built == ["acme-crm/dev/eu-west-1"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda out: (out / "manifest.json").write_text("{}"),
        lambda out: (out / "asset.1" / "index.py").unlink(),
        lambda out: (out / "stray.json").write_text("{}"),
        lambda out: out.rename(out.with_name("elsewhere")),
    ],
    ids=["a changed file", "a missing file", "a file too many", "no folder"],
)
def test_a_damaged_assembly_is_built_again(
    project: Path, plan: CellPlan, built: list[str], damage: Callable[[Path], None]
) -> None:
    out = project / "cdk.out"
    synthesis.synthesize(project, plan, out)
    whole = files(out)

    damage(out)
    again = synthesis.synthesize(project, plan, out)

    assert not again.cached
    assert files(out) == whole


def test_another_cell_in_the_same_folder_replaces_it(project: Path, plan: CellPlan, built: list[str]) -> None:
    prod = Workspace(project).plan("acme-crm", choice(environment="prod"))
    synthesis.synthesize(project, plan, project / "cdk.out")

    synthesis.synthesize(project, prod, project / "cdk.out")

    assert json.loads((project / "cdk.out" / "manifest.json").read_text())["made"] == "acme-crm/prod/eu-west-1"


def test_a_failed_build_leaves_the_old_assembly_and_nothing_else(
    project: Path, plan: CellPlan, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = project / "cdk.out"
    synthesis.synthesize(project, plan, out)
    whole, beside = files(out), sorted(project.iterdir())

    def fails(root: Path, plan: CellPlan, folder: Path) -> None:
        (folder / "half.json").write_text("{")
        raise KeyboardInterrupt

    monkeypatch.setattr(synthesis, "build", fails)
    (project / "cdk.json").write_text('{"context": {"a": true}}')
    with pytest.raises(KeyboardInterrupt):
        synthesis.synthesize(project, plan, out)

    assert files(out) == whole
    assert sorted(project.iterdir()) == beside


def test_what_a_killed_run_left_is_removed_and_a_running_one_keeps_its_own(
    project: Path, plan: CellPlan, built: list[str]
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", "pass"])
    dead.wait()
    left = project / f".cdk.out.new-{dead.pid}"
    running = project / f".cdk.out.new-{os.getppid()}"
    for folder in (left, running):
        folder.mkdir()

    synthesis.synthesize(project, plan, project / "cdk.out")

    assert not left.exists()
    assert running.exists()


def test_a_folder_with_something_else_in_it_is_not_replaced(cells: Cells, project: Path, built: list[str]) -> None:
    (project / "thesis").mkdir()
    (project / "thesis" / "chapter.txt").write_text("words")

    result = cells("synth", "acme-crm", "--out", "thesis")

    assert result.code == 2
    assert "thesis holds something else than a cloud assembly" in result.err
    assert (project / "thesis" / "chapter.txt").read_text() == "words"


@pytest.mark.parametrize("name", ["app.py", "cdk.json", "requirements.lock"])
def test_a_changed_file_changes_the_fingerprint(project: Path, plan: CellPlan, name: str) -> None:
    before = fingerprint.inputs(project, plan)

    (project / name).write_text((project / name).read_text() + "\n")

    assert fingerprint.inputs(project, plan) != before


def test_a_changed_plan_changes_the_fingerprint(project: Path, plan: CellPlan) -> None:
    other = Workspace(project).plan("acme-crm", choice(environment="dev", settings=("database.max_acu=2",)))

    assert fingerprint.inputs(project, other) != fingerprint.inputs(project, plan)


def test_another_node_changes_the_fingerprint(project: Path, plan: CellPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint.inputs(project, plan)
    (project / "node").write_text("another")

    monkeypatch.setattr(fingerprint, "node_candidates", lambda: [project / "node"])

    assert fingerprint.inputs(project, plan) != before


def test_the_code_of_a_package_that_adds_modules_is_part_of_the_fingerprint(
    project: Path, plan: CellPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = project / "site" / "extra_modules-1.0.dist-info"
    code = project / "site" / "extra_modules" / "orders.py"
    for path in (about, code.parent):
        path.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: extra-modules\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[cells.modules]\norders = extra_modules.orders:OrdersModule\n")
    (code.parent / "__init__.py").touch()
    code.write_text("# one\n")
    without = fingerprint.inputs(project, plan)

    monkeypatch.syspath_prepend(project / "site")
    one = fingerprint.inputs(project, plan)
    code.write_text("# two\n")
    two = fingerprint.inputs(project, plan)

    assert len({without, one, two}) == 3


def test_sources_are_part_of_the_fingerprint_and_products_are_not() -> None:
    names = {name for name, _ in fingerprint._checkout(ROOT)}

    assert {"cells/layers/data.py", "constructs_lib/database.py", "cells/cli/synthesis.py"} <= names
    assert "constructs_lib/lambdas/database_statements/statements/data_api.py" in names
    assert not {name for name in names if "__pycache__" in name or "products" in name}


@pytest.mark.integration
def test_it_writes_the_bytes_of_the_cdk_cli(cells: Cells, project: Path) -> None:
    result = cells("synth", "acme-crm", "--json")

    arguments = ["synth", "ProductCell", "--quiet", "--output", str(project / "cli.out")]
    context = ["--context", "productName=acme-crm", "--context", "environment=dev"]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    outcome = CdkCli(ROOT).run([*arguments, *context], variables={**variables, "CDK_VALIDATION": "false"})

    assert result.code == 0, result.err
    assert outcome.code == 0, outcome.output
    assert files(project / "cdk.out") == files(project / "cli.out")
    assert {stack["id"] for stack in json.loads(result.out)["stacks"]} == {
        "ProductCell",
        "ProductCell-Foundation",
        "ProductCell-Data",
        "ProductCell-Service",
        "ProductCell-Edge",
    }
