"""Synthesizes the stacks of the organization in this process; not again while nothing has changed."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from cells.cli.cdk import use_node_for_synth
from cells.cli.flags import cdk_flags
from cells.cli.kernel import without_collector
from cells.cli.own_halves import own_halves
from cells.cli.workspace import Workspace

if TYPE_CHECKING:
    from assembly.load import CloudAssembly

_RECORD = ".inputs"
"""The file beside the templates that says what they were made from."""


def synthesize_organization(workspace: Workspace, folder: Path) -> "CloudAssembly":
    """The assembly of the declared organization, in a folder that holds nothing else."""
    from assembly.load import CloudAssembly

    record, wanted = folder / _RECORD, _inputs(workspace)
    if not record.is_file() or record.read_text(encoding="utf-8") != wanted:
        _build(workspace, folder)
        record.write_text(wanted, encoding="utf-8")
    return CloudAssembly.load(folder)


@without_collector()
def _build(workspace: Workspace, folder: Path) -> None:
    use_node_for_synth()
    flags = cdk_flags(workspace.root)
    shutil.rmtree(folder, ignore_errors=True)
    with own_halves(workspace.root, folder, json.dumps(flags)) as halves:
        from accounts.organization import build_organization
        from constructs_lib.plain_app import plain_app

        app = plain_app(folder, context=flags)
        build_organization(app, workspace.platform, halves)
        app.synth()


def _inputs(workspace: Workspace) -> str:
    """A digest of what the templates depend on: the declared data, the sources and the lock of the tools."""
    digest = hashlib.sha256(workspace.organization.model_dump_json().encode())
    digest.update(workspace.registry.model_dump_json().encode())
    digest.update(json.dumps(workspace.environments, sort_keys=True, default=list).encode())
    code = Path(__file__).parents[2]
    files = [workspace.root / "cdk.json", code / "requirements.lock"]
    for room in ("accounts", "constructs_lib"):
        files += sorted(path for path in (code / room).rglob("*") if path.suffix in (".py", ".guard"))
    for path in files:
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"\0{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
