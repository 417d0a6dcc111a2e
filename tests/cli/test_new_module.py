"""`cells new-module`: the package that it writes works at once."""

import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from cells.modules.custom import ENTRY_POINT_GROUP
from cells.modules.module import Module
from tests.cli.conftest import ROOT, Cells


def test_the_test_of_a_new_module_passes_at_once(cells: Cells) -> None:
    assert cells("new-module", "loyalty-points").code == 0

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "cells-loyalty-points"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def test_the_entry_point_names_the_module(cells: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    cells("new-module", "loyalty")
    project = tomllib.loads(Path("cells-loyalty/pyproject.toml").read_text())
    monkeypatch.syspath_prepend(str(Path("cells-loyalty").resolve()))

    ((name, value),) = project["project"]["entry-points"][ENTRY_POINT_GROUP].items()
    loaded = EntryPoint(name, value, ENTRY_POINT_GROUP).load()

    assert issubclass(loaded, Module)
    assert (name, loaded.name, loaded.major) == ("loyalty", "loyalty", 1)


def test_it_writes_the_module_its_spec_its_test_and_its_page(cells: Cells) -> None:
    written = json.loads(cells("new-module", "loyalty", "--out", "mine", "--json").out)

    assert written == [
        "mine/pyproject.toml",
        "mine/cells_loyalty/__init__.py",
        "mine/cells_loyalty/module.py",
        "mine/cells_loyalty/spec.py",
        "mine/tests/test_cells_loyalty.py",
        "mine/docs/loyalty.md",
    ]
    assert all(Path(path).is_file() for path in written)


@pytest.mark.parametrize("name", ["documents", "database", "Loyalty", "-x", "two--hyphens", "x" * 31])
def test_a_name_that_cannot_be_is_wrong_input_and_writes_nothing(cells: Cells, name: str) -> None:
    assert cells("new-module", "--", name).code == 2
    assert not list(Path().glob("cells-*"))


def test_it_never_writes_over_what_is_there(cells: Cells) -> None:
    cells("new-module", "loyalty")
    Path("cells-loyalty/docs/loyalty.md").write_text("mine")

    assert cells("new-module", "loyalty").code == 2
    assert Path("cells-loyalty/docs/loyalty.md").read_text() == "mine"
