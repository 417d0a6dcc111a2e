"""The files in `changes`: what changes between two templates, and what becomes of each resource.

A template is written whole, or the one after is a list of edits: `Cluster.Properties.EngineVersion: "16.6"` puts a
value at a path inside the resources. A file with several stacks has them by their id, in the order of deployment.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML

from assembly.diff.change import ResourceChange
from assembly.load import CloudAssembly

FOLDER = Path(__file__).with_name("changes")
STACK = "Cell"
ENVIRONMENT = "aws://111122223333/eu-west-1"


@dataclass(frozen=True)
class ChangeFile:
    """One file, read."""

    name: str
    title: str
    before: dict[str, dict]
    """Stack id to template."""
    after: dict[str, dict]
    expect: dict[str, str]
    """Logical id to what becomes of it; a resource that is not named does not change."""
    why: str
    docs: str
    """The page that says so."""
    loses: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    """What goes, or was what has moved, and is left where it is."""
    moved: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    """Logical id to the files of its asset that change."""
    assets: dict[str, dict[str, str]] = field(default_factory=dict)
    says: list[str] = field(default_factory=list)
    """A part of each sentence about access, trust, network and protection. There are no others."""
    does: str = ""
    """What CloudFormation does, where `expect` does not say all of it."""
    refused: bool = False
    """Whether CloudFormation refuses the update."""
    change_set: bool = False
    """Whether the embedded AWS is asked as well."""

    def assemblies(self, folder: Path) -> tuple[CloudAssembly, CloudAssembly]:
        """Write both assemblies into a folder and load them."""
        return tuple(self._assembly(folder / name, getattr(self, name)) for name in ("before", "after"))

    def _assembly(self, folder: Path, templates: dict[str, dict]) -> CloudAssembly:
        folder.mkdir(parents=True)
        artifacts, earlier = {}, []
        for id, template in templates.items():
            (folder / f"{id}.template.json").write_text(json.dumps(template, indent=1))
            artifacts[id] = {
                "type": "aws:cloudformation:stack",
                "environment": ENVIRONMENT,
                "properties": {"templateFile": f"{id}.template.json", "stackName": id},
                "dependencies": list(earlier),
            }
            earlier.append(id)
            self._write_assets(folder, id)
        (folder / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": artifacts}, indent=1))
        return CloudAssembly.load(folder)

    def _write_assets(self, folder: Path, id: str) -> None:
        listed = {}
        for key, files in self.assets.items():
            source = f"asset.{Path(key).stem}"
            for name, content in files.items():
                path = folder / source / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
            listed[key] = {"source": {"path": source}, "destinations": {"here": {"objectKey": key}}}
        if listed:
            (folder / f"{id}.assets.json").write_text(json.dumps({"version": "55.0.0", "files": listed}))


def change_files() -> Iterator[ChangeFile]:
    """Every file, by name."""
    for path in sorted(FOLDER.glob("*.yaml")):
        yield _read(path)


def change_file(name: str) -> ChangeFile:
    """One file."""
    return _read(FOLDER / f"{name}.yaml")


def verdict(change: ResourceChange) -> str:
    """What becomes of a resource, in the words of the files."""
    if not change.known:
        return "unknown"
    if change.action == "replace":
        return "replace" if change.certain else "maybe"
    return "in-place" if change.action == "update" else change.action


def _read(path: Path) -> ChangeFile:
    declared = YAML(typ="safe", pure=True).load(path)
    before = _stacks(declared.pop("before"))
    edits = declared.pop("change", None)
    after = _stacks(declared.pop("after")) if edits is None else {STACK: _edited(before[STACK], edits)}
    sets = {key: frozenset(declared.pop(key, ())) for key in ("loses", "kept")}
    return ChangeFile(name=path.stem, before=before, after=after, **sets, **declared)


def _stacks(value: dict) -> dict[str, dict]:
    return {STACK: value} if "Resources" in value else value


def _edited(template: dict, edits: dict) -> dict:
    after = json.loads(json.dumps(template))
    for path, value in edits.items():
        *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        place = after["Resources"]
        for step in way:
            place = place[step]
        place[last] = copy.deepcopy(value)
    return after
