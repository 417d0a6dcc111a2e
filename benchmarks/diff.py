"""Diff of one cell, against reading its templates; and a comparison of nine cells, against eighteen warm syntheses."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from measure import CELLS, ROOT, row

RUNS = 5
PRODUCTS = ("alpha-one", "beta-two")
"""Two more products beside the example product: with dev, staging and prod, nine cells."""

_CLI = "from cells.cli.main import main; main()"
_WARM = """
import sys, tempfile, time
from pathlib import Path
from cells.cli.context import choice
from cells.cli.synthesis import build
from cells.cli.workspace import Workspace
root = Path.cwd()
workspace = Workspace(root)
environments = [choice(environment=name) for name in ("dev", "staging", "prod")]
plans = [workspace.plan(name, wanted) for name in workspace.product_names() for wanted in environments]
with tempfile.TemporaryDirectory() as folder:
    build(root, plans[0], Path(folder) / "first")
    started = time.perf_counter()
    for number, plan in enumerate(plans * 2):
        build(root, plan, Path(folder) / str(number))
    print(len(plans) * 2, time.perf_counter() - started)
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="cells-bench-") as name:
        one_cell(Path(name))
        nine_cells(Path(name) / "clone")


def one_cell(folder: Path) -> None:
    """The five templates of the example product's prod cell: unchanged, and with another VPC range."""
    sys.path.insert(0, str(ROOT))
    from assembly.diff.compare import compare
    from assembly.load import CloudAssembly

    was, now = folder / "was", folder / "now"
    subprocess.run([str(CELLS), "synth", "acme-crm", "-e", "prod", "--out", str(was)], cwd=ROOT, check=True, **_QUIET)
    shutil.copytree(was, now)

    def diff() -> None:
        compare(CloudAssembly.load(was), CloudAssembly.load(now))

    baseline = _best(lambda: (CloudAssembly.load(was), CloudAssembly.load(now)))
    row("load two assemblies of a cell (baseline)", baseline, baseline)
    row("load and diff, unchanged", _best(diff), baseline)
    template = now / "ProductCell-Foundation.template.json"
    text = template.read_text(encoding="utf-8")
    assert "10.0.32.0/20" in text, "the range of the example product's prod cell"
    template.write_text(text.replace('"CidrBlock": "10.0.32.0/20"', '"CidrBlock": "10.9.0.0/20"'), encoding="utf-8")
    row("load and diff, another VPC and all that follows", _best(diff), baseline, "goal: under 0.2 s")
    command = [sys.executable, "-c", _PROCESS, str(was), str(now)]
    row("the same as a process of its own", _best(lambda: _run(command, ROOT)), baseline)


_PROCESS = """
import sys
from assembly.diff.compare import compare
from assembly.load import CloudAssembly
compare(CloudAssembly.load(sys.argv[1]), CloudAssembly.load(sys.argv[2]))
"""


def nine_cells(clone: Path) -> None:
    """Nine cells at a commit and with a change in the code, cold, in a clone of this checkout."""
    _run(["git", "clone", "--quiet", str(ROOT), str(clone)], ROOT)
    for product in PRODUCTS:
        _cells(clone, "new", product, "--modules", "tasks,finance", "--yes")
    _run(["git", "add", "--all"], clone)
    _run(["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "-m", "x"], clone)
    path = clone / "cells" / "layers" / "layer.py"
    path.write_text(path.read_text().replace("Any alarm of this layer is in alarm", "Some alarm of this layer"))
    warm: list[float] = []
    cold: list[float] = []
    for _ in range(2):
        said = _run([sys.executable, "-c", _WARM], clone).split()
        assert said[0] == "18", f"nine cells, twice, not {said[0]}"
        warm.append(float(said[1]))
        shutil.rmtree(clone / ".cells", ignore_errors=True)
        cold.append(_seconds(lambda: _cells(clone, "diff", "--base", "HEAD")))
    row("synthesize eighteen cells in a warm process", min(warm), min(warm))
    row("cells diff --base, nine cells, cold", min(cold), min(warm), "goal: under 1.3 x")
    again = min(_seconds(lambda: _cells(clone, "diff", "--base", "HEAD")) for _ in range(3))
    row("cells diff --base, nine cells, again", again, min(warm))


_QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _cells(clone: Path, *arguments: str) -> None:
    _run([sys.executable, "-c", _CLI, *arguments], clone)


def _run(command: Sequence[str], folder: Path) -> str:
    variables = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=variables, check=True, capture_output=True, text=True)
    return done.stdout


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _best(work: Callable[[], object]) -> float:
    return min(_seconds(work) for _ in range(RUNS))


if __name__ == "__main__":
    main()
