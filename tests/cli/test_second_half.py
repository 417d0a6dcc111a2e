"""Half of the organization's stacks is made by a process of its own, and nobody can tell from the files."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.halves import Half
from assembly.canonical import fingerprint
from cells.cli.cdk import find_node
from cells.cli.flags import cdk_flags
from cells.cli.own_halves import own_halves_of_app
from cells.cli.second_half import SecondHalf
from constructs_lib.specs.errors import CellsError, InputError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", str(find_node()))


@pytest.fixture
def half(tmp_path: Path) -> Iterator[SecondHalf]:
    with SecondHalf(ROOT, tmp_path / "out", json.dumps(cdk_flags(ROOT))) as half:
        yield half


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="a process cannot be kept to one core here")
def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    context = json.dumps({**cdk_flags(ROOT), "target": "organization"})
    for name, cores in (("one", {min(os.sched_getaffinity(0))}), ("two", os.sched_getaffinity(0))):
        subprocess.run(
            [sys.executable, "-c", f"import os, runpy; os.sched_setaffinity(0, {cores}); {_APP}"],
            cwd=ROOT,
            env={**os.environ, "CDK_CONTEXT_JSON": context, "CDK_OUTDIR": str(tmp_path / name)},
            check=True,
            capture_output=True,
        )

    assert fingerprint(tmp_path / "one") == fingerprint(tmp_path / "two")
    assert {"LogArchive.template.json", "ManagementBaseline.template.json"} <= fingerprint(
        tmp_path / "two"
    ).files.keys()


_APP = "runpy.run_path('app.py', run_name='__main__')"


def test_wrong_input_is_told_as_if_there_were_no_second_process(tmp_path: Path, project: Path) -> None:
    (project / "accounts" / "organization.yaml").write_text("organisation: {}\n")

    with (
        SecondHalf(project, tmp_path / "out", json.dumps(cdk_flags(ROOT))) as half,
        pytest.raises(InputError, match="organisation") as raised,
    ):
        half.join()
    assert raised.value.hint


def test_a_process_that_was_killed_is_told(half: SecondHalf) -> None:
    os.kill(half.pid, signal.SIGKILL)

    with pytest.raises(CellsError, match="ended with -9") as raised:
        half.join()
    assert raised.value.hint == "run it again"


def test_an_error_of_the_first_half_leaves_neither_process_nor_folder(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), SecondHalf(ROOT, tmp_path, json.dumps(cdk_flags(ROOT))) as half:
        raise RuntimeError

    assert not list(tmp_path.iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(half.pid, 0)


def test_what_a_killed_run_has_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".half-left").mkdir()
    (tmp_path / ".half-left" / "Cost.template.json").write_text("{}")

    with SecondHalf(ROOT, tmp_path, json.dumps(cdk_flags(ROOT))):
        assert not (tmp_path / ".half-left").exists()


@pytest.mark.parametrize(
    ("context", "folder", "cores"),
    [
        ({"productName": "acme-crm"}, True, {0, 1}),
        ({}, True, {0, 1}),  # the CLI writes a long context into a file, so that nobody can tell
        ({"target": "organization"}, False, {0, 1}),
        ({"target": "organization"}, True, {0}),
    ],
)
def test_there_is_no_second_process_for(
    context: dict[str, str], folder: bool, cores: set[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_CONTEXT_JSON", json.dumps(context))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: cores, raising=False)
    monkeypatch.delenv("CDK_OUTDIR", raising=False)
    if folder:
        monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))

    with own_halves_of_app(ROOT) as halves:
        assert tuple(halves) == tuple(Half)
