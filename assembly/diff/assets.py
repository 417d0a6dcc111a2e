"""The files behind an asset's key: whether their content differs, and which of them.

The key of an asset is a hash that may change although no byte of the content does; and when the content does change,
two hashes tell nobody what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assembly.document import as_object, as_text, read_object
from assembly.load import Stack


@dataclass(frozen=True)
class Asset:
    """The content of one file asset."""

    files: Mapping[str, str]
    """Path inside the asset to the SHA-256 of the file; of a single file the path is its name without the hash."""

    def changed_files(self, other: Asset) -> tuple[str, ...]:
        """The paths that are not the same in another asset, sorted."""
        names = sorted({*self.files, *other.files})
        return tuple(name for name in names if self.files.get(name) != other.files.get(name))


def assets_of(stack: Stack) -> Mapping[str, Path]:
    """Return where the content of each asset of a stack lies, by the object key that templates name.

    Empty for a template that was read from an account: its assembly is not there.
    """
    manifest = stack.template_path.with_name(f"{stack.id}.assets.json")
    if not manifest.is_file():
        return {}
    found: dict[str, Path] = {}
    for asset in as_object(read_object(manifest).get("files")).values():
        source = manifest.parent / as_text(as_object(as_object(asset).get("source")).get("path"))
        for destination in as_object(as_object(asset).get("destinations")).values():
            found[as_text(as_object(destination).get("objectKey"))] = source
    return found


def read_asset(path: Path) -> Asset:
    """Hash every file of an asset. A folder that is not there has no files."""
    if path.is_file():
        name = f"asset{path.suffix}" if path.name.startswith("asset.") else path.name
        return Asset({name: _digest(path)})
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return Asset({file.relative_to(path).as_posix(): _digest(file) for file in files})


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
