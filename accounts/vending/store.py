"""Where the engine keeps what it did: a few small documents that are written whole and never by two at once.

A folder does it on one machine. A CI machine's disk vanishes: it uses a bucket (accounts.vending.bucket_store).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from constructs_lib.specs.errors import CellsError


@dataclass(frozen=True)
class Document:
    """A document as it was read."""

    text: str
    version: str
    """Changes with the text. A write that expects it fails when somebody else wrote meanwhile."""


class Moved(CellsError):
    """The document is not as it was expected: somebody else made, wrote or removed it meanwhile."""

    def __init__(self, where: str) -> None:
        """`where` is the document's place, for a person."""
        super().__init__(
            f"{where} was changed by somebody else meanwhile",
            hint="another run works on the organization: see who, then run this again",
        )


class Store(Protocol):
    """Documents and logs by name. Names may have slashes."""

    def __str__(self) -> str:
        """Where it is, for a person."""

    def read(self, name: str) -> Document | None:
        """A document; None when it is not there."""

    def create(self, name: str, text: str) -> None:
        """Make a document. Raises Moved when it is there, also when two make it at once."""

    def replace(self, name: str, text: str, *, version: str) -> None:
        """Write a document anew. Raises Moved when it has another version."""

    def remove(self, name: str, *, version: str) -> None:
        """Take a document away. Raises Moved when it has another version."""

    def append(self, name: str, line: str) -> None:
        """Add a line to a log; when this returns, the line outlives the process. One process writes a log at a time."""

    def lines(self, name: str) -> Sequence[str]:
        """The lines of a log; a last one that was cut off by a crash is left out."""


class FolderStore:
    """Keeps documents in a folder."""

    def __init__(self, path: Path) -> None:
        """The folder is made on the first write."""
        self._path = path

    def __str__(self) -> str:
        """The folder."""
        return str(self._path)

    def read(self, name: str) -> Document | None:
        """See Store."""
        try:
            text = (self._path / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return Document(text, hashlib.sha256(text.encode()).hexdigest())

    def create(self, name: str, text: str) -> None:
        """See Store."""
        path = self._in_folder(name)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            _write(handle, text)
            os.link(temporary, path)  # whole or not at all, and never over one that is there
        except FileExistsError:
            raise Moved(str(path)) from None
        finally:
            os.close(handle)
            Path(temporary).unlink()

    def replace(self, name: str, text: str, *, version: str) -> None:
        """See Store."""
        self._expect(name, version)
        path = self._in_folder(name)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            _write(handle, text)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)

    def remove(self, name: str, *, version: str) -> None:
        """See Store."""
        self._expect(name, version)
        (self._path / name).unlink()

    def append(self, name: str, line: str) -> None:
        """See Store."""
        path = self._in_folder(name)
        handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600)
        try:
            # A crash may have cut the last line off: what is left of it must not swallow this one.
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            # Without fsync, which takes longer than AWS: only a machine that dies loses lines, and AWS knows them all.
            _write_all(handle, ("\n" if torn else "") + line + "\n")
        finally:
            os.close(handle)

    def lines(self, name: str) -> Sequence[str]:
        """See Store."""
        found = self.read(name)
        return found.text.split("\n")[:-1] if found else ()

    def _in_folder(self, name: str) -> Path:
        path = self._path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _expect(self, name: str, version: str) -> None:
        found = self.read(name)
        if found is None or found.version != version:
            raise Moved(str(self._path / name))


def _write(handle: int, text: str) -> None:
    _write_all(handle, text)
    os.fsync(handle)


def _write_all(handle: int, text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(handle, data) :]
