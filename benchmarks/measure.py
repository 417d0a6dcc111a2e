"""Measures whole processes: the best of several runs, because everything that disturbs only adds time.

Python may keep what it compiled, as it does on a person's machine: the first run compiles, and the best one does not.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CELLS = Path(sys.executable).with_name("cells")


def best(
    command: Sequence[str],
    *,
    runs: int,
    before: Callable[[], None] = lambda: None,
    variables: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> float:
    """Seconds of the fastest run in a folder. `before` runs before each and is not measured."""
    inherited = os.environ if variables is None else variables
    environment = {name: value for name, value in inherited.items() if name != "PYTHONDONTWRITEBYTECODE"}
    seconds: list[float] = []
    for _ in range(runs):
        before()
        started = time.perf_counter()
        subprocess.run(
            command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def row(name: str, seconds: float, baseline: float, goal: str = "") -> None:
    """Print one line: what, how long, how many times the baseline, and what it should be."""
    print(f"{name:<44} {seconds:7.3f} s  {seconds / baseline:6.2f} x  {goal}".rstrip())
