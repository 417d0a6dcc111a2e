"""`cells doctor` and what is said when Node or the CDK CLI is not right."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cells.cli import cdk, machine
from cells.cli.cdk import CdkCli, find_node
from cells.cli.workspace import Workspace
from constructs_lib.specs.errors import InputError
from tests.cli.conftest import ROOT, Cells

Nodes = Callable[..., None]


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Nodes:
    """Sets the Nodes that there are, with their versions."""

    def of(*versions: str) -> None:
        found = {tmp_path / f"node-{number}": version for number, version in enumerate(versions)}
        monkeypatch.setattr(cdk, "node_candidates", lambda: list(found))
        monkeypatch.setattr(cdk, "node_version", lambda path: found[path])

    return of


def test_a_new_enough_node_is_taken(nodes: Nodes) -> None:
    nodes("20.1.0", "24.3.0")

    assert find_node().name == "node-1"


def test_an_old_node_is_named_with_its_version(nodes: Nodes) -> None:
    nodes("18.20.4")

    with pytest.raises(InputError) as caught:
        find_node()

    assert caught.value.message.startswith("no Node 22 or newer")
    assert "18.20.4" in caught.value.message
    assert "make setup" in caught.value.hint


def test_a_missing_node_is_wrong_input_and_names_the_cure(nodes: Nodes, cells: Cells) -> None:
    nodes()

    result = cells("synth", "acme-crm")

    assert result.code == 2
    assert "error: no Node 22 or newer\nhint: set the project up: make setup" in result.err
    assert not Path("cdk.out").exists()


def test_a_missing_cdk_cli_names_the_cure(project: Path) -> None:
    with pytest.raises(InputError) as caught:
        CdkCli(project).version()

    assert "the CDK CLI is not in" in caught.value.message
    assert caught.value.hint == "set the project up: make setup"


def test_doctor_fails_when_the_cdk_cli_is_missing(cells: Cells) -> None:
    result = cells("doctor", "--json")

    found = {one["name"]: one for one in json.loads(result.out)}
    assert result.code == 1
    assert found["CDK CLI"]["state"] == "fail"
    assert found["CDK CLI"]["cure"] == "set the project up: make setup"


@pytest.fixture
def other_cli(project: Path) -> Path:
    """A project with another CDK CLI than the pinned one."""
    package = project / "node_modules" / "aws-cdk"
    (package / "bin").mkdir(parents=True)
    (package / "bin" / "cdk").touch()
    (package / "package.json").write_text('{\n  "name": "aws-cdk",\n  "version": "3.0.0"\n}\n')
    return project


def test_another_cdk_cli_than_the_pinned_one_is_refused(other_cli: Path) -> None:
    with pytest.raises(InputError) as caught:
        CdkCli(other_cli).run(["--version"], variables={})

    assert caught.value.message == f"the CDK CLI is 3.0.0, but package.json pins {CdkCli(ROOT).pinned_version()}"
    assert caught.value.hint == "set the project up: make setup"


def test_doctor_compares_the_cdk_cli_with_the_pin(cells: Cells, other_cli: Path) -> None:
    found = {one["name"]: one for one in json.loads(cells("doctor", "--json").out)}

    assert found["CDK CLI"]["found"] == f"3.0.0, but package.json pins {CdkCli(ROOT).pinned_version()}"


def test_doctor_finds_a_package_that_differs_from_the_lock(cells: Cells, project: Path) -> None:
    (project / "requirements.lock").write_text(
        "typer==0.1.0 \\\n    --hash=sha256:00\nnot-there==1.0\nwindows-only==1.0 ; sys_platform == 'win32' \\\n"
    )

    found = {one["name"]: one for one in json.loads(cells("doctor", "--json").out)}

    assert found["packages"]["state"] == "fail"
    assert "typer is " in found["packages"]["found"]
    assert "not 0.1.0; not-there is missing" in found["packages"]["found"]
    assert "windows-only" not in found["packages"]["found"]


def test_doctor_names_a_broken_product_file(cells: Cells, project: Path) -> None:
    (project / "cells" / "products" / "broken.yaml").write_text("name: broken\nsummary: x\n")

    found = {one["name"]: one for one in json.loads(cells("doctor", "--json").out)}

    assert found["project files"]["state"] == "fail"
    assert "cells/products/broken.yaml:1: owner" in found["project files"]["found"]


def test_every_failure_names_a_cure(project: Path) -> None:
    for name in ("requirements.lock", "package.json"):
        (project / name).unlink()

    failures = [one for one in machine.diagnose(Workspace(project)) if one.state != "ok"]

    assert len(failures) > 1
    assert all(one.cure for one in failures)
