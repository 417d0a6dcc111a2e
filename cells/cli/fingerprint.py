"""What a synth depends on, as one digest, and what it wrote, as another. Starts no Node and imports no CDK."""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution, entry_points
from importlib.util import find_spec
from pathlib import Path

from cells.cli.cdk import node_candidates
from cells.modules.custom import ENTRY_POINT_GROUP
from cells.plan import CellPlan

_ROOMS = ("cells", "constructs_lib")
_DISTRIBUTIONS = ("aws-cdk-lib", "cdk-monitoring-constructs", "constructs", "jsii", "pydantic")
_FILES = ("app.py", "cdk.json", "requirements.lock")
_CLI_CACHE = ".cache"
_NOT_SOURCES = frozenset({"__pycache__", "locks", "placeholder", "products"})
"""Folders that no template depends on, or only through the plan."""


def inputs(root: Path, plan: CellPlan) -> str:
    """Everything that can change what synth writes: the plan, the sources, the tools and their versions."""
    return inputs_of(plan, sources(root))


def inputs_of(plan: CellPlan, sources_digest: str) -> str:
    """The same, when the digest of the sources is there already: many cells have the same sources."""
    return hashlib.sha256(f"{sources_digest}\0{plan.model_dump_json()}".encode()).hexdigest()


def sources(root: Path) -> str:
    """What every cell of a checkout depends on: its sources, the tools and their versions."""
    return _digest([*_tools(), *_checkout(root), *_third_party()])


def tools() -> str:
    """What a synth depends on besides the checkout: Python, Node, the CDK and packages that add modules."""
    return _digest([*_tools(), *_third_party()])


def outputs(folder: Path) -> dict[str, str]:
    """The digest of each file of a folder by its relative path. Empty when there is no folder.

    What the CDK CLI keeps there while it deploys (zipped assets in `.cache`) was not written by synth.
    """
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != _CLI_CACHE
    }


def _digest(parts: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in parts:
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _tools() -> Iterator[tuple[str, bytes]]:
    yield "python", f"{sys.version} {sys.platform}".encode()
    for node in node_candidates():
        about = node.stat()
        yield "node", f"{node.resolve()} {about.st_size} {about.st_mtime_ns}".encode()
    for name in _DISTRIBUTIONS:
        yield name, distribution(name).version.encode()


def _checkout(root: Path) -> Iterator[tuple[str, bytes]]:
    for name in _FILES:
        path = root / name
        yield name, path.read_bytes() if path.is_file() else b""
    for room in _ROOMS:
        folder = _folder(room)
        for path in _sources(folder):
            yield f"{room}/{path.relative_to(folder)}", path.read_bytes()


def _folder(room: str) -> Path:
    found = find_spec(room)
    assert found is not None and found.submodule_search_locations, f"{room} is a package of this project"
    return Path(found.submodule_search_locations[0])


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in _NOT_SOURCES:
                yield from _sources(path)
        elif path.suffix != ".pyc":
            yield path


def _third_party() -> Iterator[tuple[str, bytes]]:
    """The packages that add modules: their code is part of the cell."""
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: (point.name, point.value)):
        yield point.name, f"{point.value} {point.dist.version if point.dist else ''}".encode()
        found = find_spec(point.module.partition(".")[0])
        if found is None:
            continue
        # The files themselves, because an editable package has no list of them.
        for folder in map(Path, found.submodule_search_locations or ()):
            for path in _sources(folder):
                yield f"{point.name}/{path.relative_to(folder)}", path.read_bytes()
        if not found.submodule_search_locations and found.origin:
            yield point.name, Path(found.origin).read_bytes()
