"""Joins two cloud assemblies whose stacks know nothing of one another."""

import json
from pathlib import Path

from assembly.document import JsonObject, as_object, read_object
from assembly.errors import AssemblyError

_MANIFEST = "manifest.json"


def join(folder: Path, part: Path) -> None:
    """Move what the assembly in `part` has into the one in `folder`, after what is there.

    The manifest is written last, so that whoever reads it finds every file that it names. What both have alike, such
    as the report on feature flags, stays at the end. Raises AssemblyError when both have a stack of one name, or were
    written by two versions of the CDK.
    """
    manifest, added = read_object(folder / _MANIFEST), read_object(part / _MANIFEST)
    artifacts, new = as_object(manifest["artifacts"]), as_object(added["artifacts"])
    if twice := [name for name in artifacts if name in new and artifacts[name] != new[name]]:
        raise AssemblyError(f"both assemblies have '{twice[0]}'", hint="two stacks need two names")
    if {**manifest, "artifacts": {}} != {**added, "artifacts": {}}:
        raise AssemblyError("the assemblies were written by two versions of the CDK", hint="set up again: make setup")
    for path in part.iterdir():
        # An asset of both has the digest of its content as its name, and is there.
        if path.name != _MANIFEST and not (folder / path.name).exists():
            path.replace(folder / path.name)
    written = part / _MANIFEST
    before: JsonObject = {name: artifact for name, artifact in artifacts.items() if name not in new}
    text = json.dumps({**manifest, "artifacts": {**before, **new}}, indent=2, ensure_ascii=False)
    written.write_text(text, encoding="utf-8")
    written.replace(folder / _MANIFEST)
