"""A digest of a cloud assembly that is equal when, and only when, every file of it is equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, cast

from assembly.document import Json, as_object, as_text
from assembly.errors import AssemblyError


@dataclass(frozen=True)
class Fingerprint:
    """The content of an assembly directory, without the directory's own name."""

    files: Mapping[str, str]
    """Path inside the assembly (with slashes) to the SHA-256 of the file, sorted by path."""

    @property
    def digest(self) -> str:
        """One SHA-256 over all paths and contents."""
        rows = json.dumps(sorted(self.files.items()), separators=(",", ":"))
        return hashlib.sha256(rows.encode()).hexdigest()


@dataclass(frozen=True, order=True)
class Difference:
    """One file in which two assemblies are not the same."""

    file: str
    kind: Literal["only in the first", "only in the second", "differs"]
    line: int = 0
    """The first line that differs, from 1; 0 for a file that is missing or not text."""
    first: str = ""
    second: str = ""

    def __str__(self) -> str:
        """One line for a person."""
        if not self.line:
            return f"{self.file}: {self.kind}"
        return f"{self.file}:{self.line}: {self.first.strip()!r} is {self.second.strip()!r} in the second"


def fingerprint(directory: Path | str) -> Fingerprint:
    """Hash every file of an assembly: manifest, templates, metadata and staged assets.

    Lock files of the CDK CLI are left out. Raises AssemblyError when there is no assembly, or when an asset lies
    outside the directory, because the digest would not cover it.
    """
    root = Path(directory)
    if not (root / "manifest.json").is_file():
        raise AssemblyError(f"no cloud assembly in {root}", "synthesize first, or name another directory")
    for manifest in sorted(root.rglob("*.assets.json")):
        _refuse_outside_assets(root, manifest)
    files = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if _counts(path)}
    return Fingerprint({name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(files.items())})


def compare(first: Path | str, second: Path | str) -> tuple[Difference, ...]:
    """Return the files in which two assemblies differ, sorted; nothing when they are byte-identical."""
    left, right = fingerprint(first).files, fingerprint(second).files
    names = sorted({*left, *right})
    return tuple(
        _difference(Path(first), Path(second), name, name in left, name in right)
        for name in names
        if left.get(name) != right.get(name)
    )


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix != ".lock"


def _refuse_outside_assets(root: Path, manifest: Path) -> None:
    document = as_object(cast(Json, json.loads(manifest.read_text(encoding="utf-8"))))  # json.loads is typed Any
    for source in _sources(document):
        if PurePosixPath(source).is_absolute() or not (manifest.parent / source).resolve().is_relative_to(
            root.resolve()
        ):
            raise AssemblyError(
                f"the asset {source!r} of {manifest.name} lies outside the assembly",
                "do not disable asset staging",
            )


def _sources(document: dict[str, Json]) -> Iterator[str]:
    for kind, field in (("files", "path"), ("dockerImages", "directory")):
        for asset in as_object(document.get(kind)).values():
            source = as_text(as_object(as_object(asset).get("source")).get(field))
            if source:
                yield source


def _difference(first: Path, second: Path, name: str, in_first: bool, in_second: bool) -> Difference:
    if not in_second:
        return Difference(name, "only in the first")
    if not in_first:
        return Difference(name, "only in the second")
    try:
        left = (first / name).read_text(encoding="utf-8").splitlines()
        right = (second / name).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return Difference(name, "differs")
    shorter = min(len(left), len(right))
    at = next((i for i in range(shorter) if left[i] != right[i]), shorter)
    line_of = [lines[at] if at < len(lines) else "" for lines in (left, right)]
    return Difference(name, "differs", at + 1, line_of[0], line_of[1])
