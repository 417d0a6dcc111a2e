"""The base of a comparison: a commit, the cells that it declares, and their assemblies.

An assembly of a commit never changes, so it is kept under `.cells/base` and used again. The checkout is a git worktree
that is made when it is needed, and taken away at the end, also when an earlier run was killed.
"""

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cells.cli import fingerprint
from cells.cli.git import Commit, Git
from cells.cli.lock_file import LOCK, locked_versions
from cells.cli.scratch import abandoned, own, scratch
from cells.cli.worker_pool import Checkout
from cells.fleet.cell_name import CellName
from constructs_lib.specs.document import parse_value
from constructs_lib.specs.errors import CellsError, InputError

FOLDER = Path(".cells") / "base"
_WORKTREE = "worktree"
_NEEDED = ("app.py", "cdk.json")
_KEPT_COMMITS = 6
_PRODUCTS = "cells/products"


@dataclass(frozen=True)
class Undeclared:
    """A product of the base whose file cannot be read."""

    product: str
    error: str


class Base:
    """A commit of the project's repository."""

    def __init__(self, root: Path, git: Git, commit: Commit, *, isolated: bool = False) -> None:
        """Raises InputError for a commit that is older than the project's layout."""
        self.root = root
        self.git = git
        self.commit = commit
        self.isolated = isolated
        self._refuse_other_layout()

    def cells(self) -> tuple[dict[str, tuple[str, ...]], tuple[Undeclared, ...]]:
        """The environments of each product of the commit, and the products whose files cannot be read."""
        found: dict[str, tuple[str, ...]] = {}
        broken: list[Undeclared] = []
        for path in self.git.files(self.commit, _PRODUCTS):
            if not path.endswith(".yaml"):
                continue
            try:
                found[Path(path).stem] = _environments(self.git.read(self.commit, path) or "")
            except CellsError as error:
                broken.append(Undeclared(Path(path).stem, f"{path}: {error.message}"))
        return found, tuple(broken)

    def folder(self, cell: CellName, context: Mapping[str, str]) -> Path:
        """Where the assembly of a cell is kept."""
        said = "".join(f"{name}={value};" for name, value in sorted(context.items()))
        suffix = f"-{hashlib.sha256(said.encode()).hexdigest()[:8]}" if said else ""
        return self._kept / f"{cell.product}-{cell.environment}{suffix}"

    def holds(self, cell: CellName, context: Mapping[str, str]) -> bool:
        """Whether the assembly of a cell is there."""
        return (self.folder(cell, context) / "manifest.json").is_file()

    @contextmanager
    def checkout(self) -> Iterator[Checkout]:
        """The commit checked out, for as long as it is needed."""
        for left in abandoned(self.root / FOLDER, _WORKTREE):
            self.git.remove_worktree(left)
        folder = own(self.root / FOLDER, _WORKTREE)
        try:
            root = self.git.add_worktree(self.commit, folder)
            yield self._with_tools(root)
        finally:
            self.git.remove_worktree(folder)

    def unfinished(self) -> AbstractContextManager[Path]:
        """A folder for assemblies that are being written; what is left in it at the end is thrown away."""
        return scratch(self.root / FOLDER, "unfinished")

    def keep(self, written: Path, cell: CellName, context: Mapping[str, str]) -> None:
        """Keep a finished assembly. When another run was faster, its one stays."""
        wanted = self.folder(cell, context)
        wanted.parent.mkdir(parents=True, exist_ok=True)
        if not self.holds(cell, context):
            shutil.rmtree(wanted, ignore_errors=True)
            written.rename(wanted)

    def forget_old(self) -> None:
        """Take away the assemblies of commits that were not used lately."""
        folders = [path for path in (self.root / FOLDER).glob("*") if re.fullmatch(r"[0-9a-f]{40}", path.name)]
        if self._kept.parent.is_dir():
            os.utime(self._kept.parent)
        for old in sorted(folders, key=lambda path: path.stat().st_mtime)[:-_KEPT_COMMITS]:
            shutil.rmtree(old, ignore_errors=True)

    def notes(self) -> tuple[str, ...]:
        """What to know of its packages: that they differ from today's, and which are used."""
        differing = self.differing_packages
        if not differing:
            return ()
        shown = ", ".join(differing[:4]) + (f" and {len(differing) - 4} more" if len(differing) > 4 else "")
        if self.isolated:
            return (f"{LOCK} differs ({shown}): the base is synthesized with its own packages",)
        return (
            f"{LOCK} differs ({shown}): the base is synthesized with today's packages, so what an upgrade changes "
            "is not shown; --isolated synthesizes it with its own",
        )

    @cached_property
    def differing_packages(self) -> tuple[str, ...]:
        """The packages whose locked versions differ: `aws-cdk-lib 2.274.0 → 2.275.0`."""
        path = self.root / LOCK
        now = _versions(path.read_text(encoding="utf-8") if path.is_file() else "")
        was = _versions(self.git.read(self.commit, LOCK) or "")
        return tuple(
            f"{name} {was.get(name, 'new')} → {now.get(name, 'gone')}"
            for name in sorted({*was, *now})
            if was.get(name) != now.get(name)
        )

    @cached_property
    def _kept(self) -> Path:
        own = (self.git.read(self.commit, LOCK) or "") if self.isolated else ""
        tools = hashlib.sha256(f"{fingerprint.tools()}\0{own}".encode()).hexdigest()
        return self.root / FOLDER / self.commit.id / tools[:16]

    def _refuse_other_layout(self) -> None:
        missing = next((name for name in _NEEDED if self.git.read(self.commit, name) is None), None)
        if missing is None:
            return
        first = self.git.first_with(missing)
        raise InputError(
            f"{self.commit} has no {missing}: it is older than this project's layout",
            hint=f"name a commit from {first} on" if first else "name a commit that has it",
        )

    def _with_tools(self, root: Path) -> Checkout:
        if not self.isolated or not self.differing_packages:
            return Checkout(root, Path(sys.executable))
        from cells.cli.own_packages import python_with

        return python_with(self.root, root)


def _environments(text: str) -> tuple[str, ...]:
    document = parse_value(text)
    declared = document.get("environments") if isinstance(document, dict) else None
    if not isinstance(declared, dict):
        raise InputError("it has no environments")
    return tuple(declared)


def _versions(text: str) -> dict[str, str]:
    """Each package's versions in one text. On which machines each is for is left out."""
    return {name: " or ".join(sorted(versions - {""})) for name, versions in locked_versions(text).items()}
