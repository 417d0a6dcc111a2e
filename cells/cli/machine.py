"""What the commands need of this machine: one check for each thing, with the cure beside it. Changes nothing."""

import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from cells.cli.cdk import MINIMUM_NODE, CdkCli, find_node, node_version
from cells.cli.embedded import PORT
from cells.cli.lock_file import LOCK, locked_versions
from cells.cli.target import STATE
from cells.cli.workspace import Workspace
from constructs_lib.specs.errors import CellsError

State = Literal["ok", "warn", "fail"]

MINIMUM_PYTHON = (3, 11)
_SET_UP = "set the project up: make setup"
_ENOUGH_DISK = 2 * 1024**3
_TOO_LITTLE_DISK = 300 * 1024**2
_JSII_NODES = (22, 24)


@dataclass(frozen=True)
class Diagnosis:
    """What was found of one thing."""

    name: str
    state: State
    found: str
    cure: str = ""


def diagnose(workspace: Workspace) -> list[Diagnosis]:
    """Look at everything. A check that cannot look fails with the reason."""
    root = workspace.root
    checks: dict[str, Callable[[], Diagnosis]] = {
        "Python": _python,
        "Node": _node,
        "CDK CLI": lambda: _cdk_cli(root),
        "CDK library": _cdk_library,
        "packages": lambda: _packages(root),
        "project files": lambda: _files(workspace),
        "embedded AWS": lambda: _embedded(root),
        "git": lambda: _git(root),
        "disk": lambda: _disk(root),
    }
    return [_looked(name, look) for name, look in checks.items()]


def _looked(name: str, look: Callable[[], Diagnosis]) -> Diagnosis:
    try:
        return look()
    except CellsError as error:
        return Diagnosis(name, "fail", error.message, error.hint)


def _python() -> Diagnosis:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < MINIMUM_PYTHON:
        return Diagnosis("Python", "fail", f"{found} is too old", "install Python 3.11 or newer, then make setup")
    return Diagnosis("Python", "ok", f"{found} ({sys.executable})")


def _node() -> Diagnosis:
    path = find_node()
    found = node_version(path)
    if int(found.partition(".")[0]) not in _JSII_NODES:
        known = " and ".join(str(major) for major in _JSII_NODES)
        return Diagnosis("Node", "warn", f"{found} ({path})", f"jsii is tested with Node {known}; another may warn")
    return Diagnosis("Node", "ok", f"{found} ({path}); {MINIMUM_NODE} or newer is needed")


def _cdk_cli(root: Path) -> Diagnosis:
    cli = CdkCli(root)
    found, pinned = cli.version(), cli.pinned_version()
    if found != pinned:
        return Diagnosis("CDK CLI", "fail", f"{found}, but package.json pins {pinned}", _SET_UP)
    return Diagnosis("CDK CLI", "ok", found)


def _cdk_library() -> Diagnosis:
    try:
        found = ", ".join(f"{name} {version(name)}" for name in ("aws-cdk-lib", "constructs", "jsii"))
    except PackageNotFoundError as error:
        return Diagnosis("CDK library", "fail", f"{error.name} is missing", _SET_UP)
    return Diagnosis("CDK library", "ok", found)


def _packages(root: Path) -> Diagnosis:
    path = root / LOCK
    if not path.is_file():
        return Diagnosis("packages", "fail", "requirements.lock is missing", "restore it: git checkout")
    locked = locked_versions(path.read_text(encoding="utf-8"))
    wrong = [said for name, versions in locked.items() if (said := _deviation(name, versions))]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        return Diagnosis("packages", "fail", f"{'; '.join(wrong[:3])}{more}", _SET_UP)
    return Diagnosis("packages", "ok", f"{len(locked)} as in requirements.lock")


def _deviation(name: str, wanted: set[str]) -> str:
    try:
        found = version(name)
    except PackageNotFoundError:
        return "" if "" in wanted else f"{name} is missing"
    return "" if found in wanted else f"{name} is {found}, not {' or '.join(sorted(wanted - {''}))}"


def _files(workspace: Workspace) -> Diagnosis:
    """A broken file of one product is told, and does not keep the others from being looked at."""
    _ = (workspace.organization, workspace.registry, workspace.landing)
    broken: list[str] = []
    names = workspace.product_names()
    for name in names:
        try:
            workspace.declared(name)
        except CellsError as error:
            broken.append(error.message.splitlines()[0])
    if broken:
        return Diagnosis("project files", "fail", "; ".join(broken), "mend the file that is named")
    return Diagnosis("project files", "ok", f"organization, registry, {len(names)} product file(s)")


def _embedded(root: Path) -> Diagnosis:
    from local.process import LocalServer

    running = LocalServer.find(root / STATE)
    if running:
        return Diagnosis("embedded AWS", "ok", f"runs at {running.endpoint}")
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = probe.connect_ex(("127.0.0.1", PORT)) == 0
    if taken:
        cure = "stop it, or name another port: cells local up --port 4600"
        return Diagnosis("embedded AWS", "warn", f"does not run; another program has port {PORT}", cure)
    return Diagnosis("embedded AWS", "ok", f"does not run; port {PORT} is free")


def _git(root: Path) -> Diagnosis:
    if shutil.which("git") is None:
        return Diagnosis("git", "warn", "is not on PATH", "install git to work on the project")
    if not (root / ".git").exists():
        return Diagnosis("git", "warn", f"{root} is not a checkout", "clone the project to propose changes")
    return Diagnosis("git", "ok", "is there")


def _disk(root: Path) -> Diagnosis:
    free = shutil.disk_usage(root).free
    shown = f"{free / 1024**3:.1f} GiB free"
    if free < _TOO_LITTLE_DISK:
        return Diagnosis("disk", "fail", shown, "make room: a synth and the embedded AWS need 300 MiB")
    if free < _ENOUGH_DISK:
        return Diagnosis("disk", "warn", shown, "a new setup needs 2 GiB")
    return Diagnosis("disk", "ok", shown)
