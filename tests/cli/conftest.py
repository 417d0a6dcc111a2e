"""What the tests of the command line share: a small project in a temporary folder, and a way to run a command in it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cells.cli.main import run
from tests.example import keep_cells_of

ROOT = Path(__file__).parents[2]

_COPIED = (
    "app.py",
    "cdk.json",
    "package.json",
    "requirements.lock",
    "accounts/organization.yaml",
    "accounts/registry.json",
    "cells/products/acme-crm.yaml",
)


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Cells = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the declared files, as the current folder."""
    for name in _COPIED:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    keep_cells_of(tmp_path, "acme-crm")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cells(project: Path, capsys: pytest.CaptureFixture[str]) -> Cells:
    """Runs a command in the project, as the console script would."""

    def of(*arguments: str) -> Result:
        code = run(arguments)
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return of
