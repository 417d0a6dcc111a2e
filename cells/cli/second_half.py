"""The second half of the organization's stacks, made by a process of its own while this one makes the first.

See `own_halves` for when there is one.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from accounts.halves import Half
from cells.cli.kernel import kernel, without_collector
from cells.cli.process import Process
from constructs_lib.specs.errors import CellsError, InputError

_PREFIX = ".half-"
_CODE = Path(__file__).parents[2]


class SecondHalf:
    """A process that makes the half `ACCOUNTS` of a project's stacks, in a folder of its own inside the assembly's.

    As a context manager it leaves neither the process nor its folder behind.
    """

    def __init__(self, root: Path, folder: Path, context: str) -> None:
        """`context` is what the CDK CLI hands to an app, as JSON. Raises CellsError when no process can be started."""
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{_PREFIX}*"):  # by a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        self._folder = folder
        self._part = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        path = os.pathsep.join([str(_CODE), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = Process(
            [sys.executable, "-P", "-m", "cells.cli.second_half", str(root)],
            folder=root,
            variables={**os.environ, "CDK_CONTEXT_JSON": context, "CDK_OUTDIR": str(self._part), "PYTHONPATH": path},
            errors_apart=True,
        )

    def __enter__(self) -> Self:
        """The half, in the making."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End what is left of it."""
        self._process.end()
        shutil.rmtree(self._part, ignore_errors=True)

    @property
    def pid(self) -> int:
        """The process that makes it."""
        return self._process.pid

    def join(self) -> None:
        """Wait for the half and put it into the assembly, which has been written. Raises what went wrong in it."""
        from assembly.join import join

        said, code = list(self._process.lines()), self._process.wait()
        if code == 0:
            join(self._folder, self._part)
            return
        if said and code in (CellsError.exit_code, InputError.exit_code):
            answer = json.loads(said[-1])
            raise (InputError if code == InputError.exit_code else CellsError)(answer["error"], hint=answer["hint"])
        sys.stderr.write(f"{self._process.errors}\n")
        raise CellsError(f"the process that makes half of the stacks ended with {code}", hint="run it again")


@without_collector()
def _make(root: Path) -> None:
    with kernel():
        from cells.cli.workspace import Workspace
    from accounts.organization import build_organization
    from constructs_lib.plain_app import plain_app

    app = plain_app()
    build_organization(app, Workspace(root).platform, [Half.ACCOUNTS])
    app.synth()
    os._exit(0)  # every file is written; Node ends when its input does, and nobody has to wait for either to tidy up


if __name__ == "__main__":
    try:
        _make(Path(sys.argv[1]))
    except CellsError as error:
        sys.stdout.write(json.dumps({"error": error.message, "hint": error.hint}) + "\n")
        sys.exit(error.exit_code)
