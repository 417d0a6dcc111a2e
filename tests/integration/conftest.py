"""A project of its own with an embedded AWS of its own, so that nothing of the checkout is touched."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pytest

from cells.cli.embedded import STATE
from local.process import LocalServer
from tests.example import keep_cells_of

ROOT = Path(__file__).parents[2]

_COPIED = ("accounts/organization.yaml", "accounts/registry.json", "cells/products/acme-crm.yaml", "cdk.json")
_COMMAND = "from cells.cli.main import main; main()"


@dataclass(frozen=True)
class Result:
    """What a command ended with."""

    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)


@dataclass
class Project:
    """A copy of the declared files, and the console script in it."""

    folder: Path
    port: int
    commands: list[str] = field(default_factory=list)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command and do not wait for it."""
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
        return subprocess.Popen(
            [sys.executable, "-c", _COMMAND, *arguments],
            cwd=self.folder,
            env={**variables, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def cells(self, *arguments: str, stdin: str = "") -> Result:
        """Run a command to its end, as a user would."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(stdin, timeout=300)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return Result(process.returncode, out, err)

    def client(self, service: str, account: str, region: str = "eu-west-1"):
        session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="local", region_name=region)
        return session.client(service, endpoint_url=f"http://127.0.0.1:{self.port}")

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a declared file."""
        path = self.folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("project")
    for name in _COPIED:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    keep_cells_of(folder, "acme-crm")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    yield Project(folder, _free_port())
    server = LocalServer.find(folder / STATE)
    if server:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
