"""A finished build of the pages: its files, and how long browsers may keep each."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import md5
from pathlib import Path

from constructs_lib.specs.errors import InputError

ENTRY = "index.html"
"""The application itself: what every path without an extension is answered with."""

KEPT = "public, max-age=31536000, immutable"
ASKED_FOR = "no-cache"
"""Browsers and CloudFront keep it, and ask each time whether it is still the same."""

# Below a folder, a dash or a dot, and eight or more letters and digits, one digit or a capital at least.
_HASH = re.compile(r".*/[^/]*[.-](?=[A-Za-z0-9_]*[0-9A-Z])[A-Za-z0-9_]{8,}(\.[a-z0-9]+)+")
_HIDDEN_BUT_MEANT = ".well-known"
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/manifest+json"}
_TYPES |= {".map": "application/json", ".wasm": "application/wasm", ".woff2": "font/woff2", ".avif": "image/avif"}


@dataclass(frozen=True)
class Page:
    """A file of a build."""

    name: str
    """Its path in the build, and its key in the bucket."""
    file: Path
    digest: str
    """The MD5 of its content, which S3 gives as the ETag of an object."""
    size: int

    @property
    def is_versioned(self) -> bool:
        """Whether its name carries a hash of its content, so that it never changes: `assets/index-B3f9aC2d.js`."""
        return _HASH.fullmatch(self.name) is not None

    @property
    def cache_control(self) -> str:
        """How long it may be kept: a year when it is versioned."""
        return KEPT if self.is_versioned else ASKED_FOR

    @property
    def content_type(self) -> str:
        """What it is, by its extension; texts are UTF-8."""
        type = _TYPES.get(self.file.suffix) or mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        return f"{type}; charset=utf-8" if type.startswith("text/") else type

    @property
    def turn(self) -> tuple[int, str]:
        """When it is uploaded: after all that it names, so that no page asks for a file that is not there yet."""
        order = 0 if self.is_versioned else 3 if self.name == ENTRY else 2 if self.file.suffix == ".html" else 1
        return order, self.name


def read_build(folder: Path) -> tuple[Page, ...]:
    """The files of a build, in the order in which they are uploaded.

    Raises InputError for a folder without an `index.html`, a hidden file or a link: everything in it becomes public.
    """
    if not (folder / ENTRY).is_file():
        raise InputError(
            f"{folder} has no {ENTRY}, so it is no build of pages", hint="build them first, and name the folder it made"
        )
    return tuple(sorted((_page(folder, file) for file in _files(folder)), key=lambda page: page.turn))


def refuse_unreachable(build: Sequence[Page], patterns: Sequence[str]) -> None:
    """Raise InputError for a file that no browser would get, because CloudFront sends its path somewhere else."""
    for page in build:
        pattern = next((one for one in patterns if fnmatchcase(f"/{page.name}", one)), None)
        if pattern is not None:
            raise InputError(
                f"{page.file}: nobody would get it, because {pattern} is not answered from the bucket of the site",
                hint="let the build put it into another folder (Vite: build.assetsDir)",
            )


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        if file.is_symlink():
            raise InputError(f"{file} is a link, and not a file of the build", hint="copy the file that it points at")
        if any(part.startswith(".") and part != _HIDDEN_BUT_MEANT for part in parts):
            raise InputError(f"{file} is hidden, and everything in the folder becomes public", hint="take it out")
        if file.is_file():
            yield file


def _page(folder: Path, file: Path) -> Page:
    content = file.read_bytes()
    # S3's word for what an object holds, not a proof of who wrote it.
    digest = md5(content, usedforsecurity=False).hexdigest()
    return Page(file.relative_to(folder).as_posix(), file, digest, len(content))
