"""Synthesizes a cell in this process, and not again while nothing that it depends on has changed."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from cells.cli import fingerprint
from cells.cli.kernel import without_collector
from cells.cli.scratch import scratch
from cells.plan import CellPlan
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from aws_cdk import App

_RECORDS = Path(".cells") / "synth"
"""Where a checkout keeps what it synthesized last, by output folder."""


@dataclass(frozen=True)
class Synthesis:
    """A cloud assembly, and whether it was there already."""

    folder: Path
    cached: bool


def synthesize(
    root: Path, plan: CellPlan, folder: Path, *, working: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Synthesis:
    """Synthesize a cell into a folder, which is replaced as a whole: a reader sees the old assembly or the new one.

    When nothing has changed since the last time, and nobody touched what was written, nothing is done. Otherwise the
    work happens inside `working`, which may show that something goes on. Raises InputError when the folder holds
    something else than an assembly.
    """
    output = Output(root, folder)
    sources = fingerprint.sources(root)
    if output.holds(plan, sources):
        return Synthesis(output.folder, cached=True)
    with working(), output.replacing() as fresh:
        build(root, plan, fresh)
    output.remember(plan, sources)
    return Synthesis(output.folder, cached=False)


class Output:
    """The folder that an assembly is written to, and the record of what it was made of.

    Raises InputError when the folder holds something else than an assembly.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder.resolve()
        _refuse_foreign(self.folder)
        self._record = root / _RECORDS / f"{hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]}.json"

    def holds(self, plan: CellPlan, sources: str) -> bool:
        """Whether the folder has what this plan and these sources would write, and nobody touched it."""
        return _recorded(self._record) == self._content(plan, sources)

    @contextmanager
    def replacing(self) -> Iterator[Path]:
        """A fresh folder beside the wanted one, which takes its place at the end. Interrupted, it leaves nothing."""
        self._record.unlink(missing_ok=True)
        with _replacing(self.folder) as fresh:
            yield fresh

    def take(self, written: Path) -> None:
        """Put an assembly that was written somewhere else on the same disk in the place of what is there."""
        with self.replacing() as fresh:
            fresh.rmdir()
            written.rename(fresh)

    def remember(self, plan: CellPlan, sources: str) -> None:
        """Note what the folder was made of."""
        _write(self._record, self._content(plan, sources))

    def _content(self, plan: CellPlan, sources: str) -> dict[str, JsonValue]:
        return {"inputs": fingerprint.inputs_of(plan, sources), "outputs": {**fingerprint.outputs(self.folder)}}


@without_collector()
def build(root: Path, plan: CellPlan, folder: Path) -> "App":
    """Build a cell's stacks and write its assembly, with the flags of cdk.json. Starts Node."""
    from cells.cli.cdk import use_node_for_synth
    from cells.cli.flags import cdk_flags

    flags = cdk_flags(root)
    use_node_for_synth()
    from cells.cell import build_cell
    from constructs_lib.plain_app import plain_app

    app = plain_app(folder, context=flags)
    build_cell(app, plan)
    app.synth()
    return app


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A fresh folder beside the wanted one, which takes its place at the end. Interrupted, it leaves nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch(folder.parent, f".{folder.name}.new") as fresh, scratch(folder.parent, f".{folder.name}.old") as old:
        yield fresh
        if folder.exists():
            folder.rename(old / "assembly")
        fresh.rename(folder)


def _refuse_foreign(folder: Path) -> None:
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not (folder / "manifest.json").is_file()):
        raise InputError(f"{folder} holds something else than a cloud assembly", hint="name another folder with --out")


def _recorded(record: Path) -> JsonValue:
    try:
        value: JsonValue = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value


def _write(record: Path, value: dict[str, JsonValue]) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    unfinished = record.with_name(f".{record.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(value), encoding="utf-8")
    unfinished.replace(record)
