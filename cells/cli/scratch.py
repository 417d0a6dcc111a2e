"""Folders that belong to one run: named after its process, so that the next run takes away what a killed one left."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accounts.vending.running import is_gone


@contextmanager
def scratch(parent: Path, name: str) -> Iterator[Path]:
    """An empty folder `<name>-<process>`, which is gone at the end, unless something else took its place."""
    for left in abandoned(parent, name):
        shutil.rmtree(left, ignore_errors=True)
    folder = own(parent, name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def own(parent: Path, name: str) -> Path:
    """Where this process works under a name. Makes nothing."""
    return parent / f"{name}-{os.getpid()}"


def abandoned(parent: Path, name: str) -> list[Path]:
    """What processes that do not run any more left under a name. A run that still goes on keeps its own."""
    if not parent.is_dir():
        return []
    return sorted(path for path in parent.iterdir() if path.name.startswith(f"{name}-") and not _runs(path, name))


def _runs(path: Path, name: str) -> bool:
    process = path.name.removeprefix(f"{name}-")
    # What is no number is not one of ours.
    return not process.isdecimal() or not is_gone(int(process))
