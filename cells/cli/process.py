"""Starts processes. With `cells/cli/cdk.py`, which uses it, the only place of the command line that does.

Every process gets a group of its own, so that an interrupted command leaves nothing running.
"""

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from constructs_lib.specs.errors import CellsError

_GRACE_SECONDS = 10.0
_LAST_LINES = 40


@dataclass(frozen=True)
class Finished:
    """What a process ended with."""

    code: int
    out: str
    err: str


class Process:
    """A running process. As a context manager it ends the process and all its children, whatever happens.

    Raises CellsError when it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        variables: Mapping[str, str],
        hint: str = "",
        errors_apart: bool = False,
        told: str = "",
    ) -> None:
        """`told` goes to its standard input. With `errors_apart`, `lines` has standard output only."""
        try:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(variables),
                stdin=subprocess.PIPE if told else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if errors_apart else subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise CellsError(f"{Path(command[0]).name} did not start: {error}", hint=hint) from error
        self._errors: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._threads = [self._follow(self._process.stdout, self._lines.put, end=True)]
        if errors_apart:
            self._threads.append(self._follow(self._process.stderr, self._keep_error, end=False))
        if told:  # in a thread: it may read nothing before it has written much, or never
            threading.Thread(target=self._tell, args=(told,), daemon=True).start()

    def __enter__(self) -> Self:
        """The process, running."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End what is left of it."""
        self.end()

    @property
    def pid(self) -> int:
        """Its number, which is the number of its group as well."""
        return self._process.pid

    def lines(self) -> Iterator[str]:
        """Each line that it writes, as it comes, until it has ended."""
        while (line := self._lines.get()) is not None:
            yield line

    def new_lines(self) -> list[str]:
        """The lines that have come since the last look. Does not wait."""
        found: list[str] = []
        with contextlib.suppress(queue.Empty):
            while (line := self._lines.get_nowait()) is not None:
                found.append(line)
        return found

    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None or self._threads[0].is_alive()

    def wait(self) -> int:
        """Wait for its end and return its exit code."""
        code = self._process.wait()
        for thread in self._threads:
            thread.join()
        return code

    @property
    def errors(self) -> str:
        """The last lines of what it wrote to standard error."""
        return "\n".join(self._errors[-_LAST_LINES:])

    def end(self) -> None:
        """End it and all its children: first politely, so that it can tidy up."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGINT)
            deadline = time.monotonic() + _GRACE_SECONDS
            while self._process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
        elif not any(thread.is_alive() for thread in self._threads):
            return  # no child has its output any more, and its number may be somebody else's
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _follow(self, stream: IO[str] | None, keep: Callable[[str], None], *, end: bool) -> threading.Thread:
        def read() -> None:
            assert stream is not None
            for line in stream:
                keep(line.rstrip("\n"))
            if end:
                self._lines.put(None)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    def _keep_error(self, line: str) -> None:
        self._errors.append(line)

    def _tell(self, text: str) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(text)
            self._process.stdin.close()


def finish(command: Sequence[str], *, folder: Path, variables: Mapping[str, str], hint: str = "") -> Finished:
    """Run a process to its end. Raises CellsError when it cannot be started."""
    with Process(command, folder=folder, variables=variables, hint=hint, errors_apart=True) as process:
        out = list(process.lines())
        code = process.wait()
        return Finished(code, "\n".join(out), process.errors)
