"""Projects with an embedded AWS of their own, so that nothing of the checkout is touched.

An organization takes longer to build than a cell. So the files that are about cells share one, and its dev cell.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from cells.cli.embedded import STATE
from local.process import LocalServer
from tests.example import keep_cells_of

ROOT = Path(__file__).parents[2]

_COPIED = ("accounts/organization.yaml", "accounts/registry.json", "cells/products/acme-crm.yaml", "cdk.json")
DEV = "111122223333"
_COMMAND = "from cells.cli.main import main; main()"


@dataclass(frozen=True)
class Result:
    """What a command ended with."""

    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)


class Resources(dict[str, tuple[str, str]]):
    """Resources by logical id: the type and the physical id."""

    def one(self, type: str, prefix: str) -> str:
        """The physical id of the one resource of a type whose logical id begins so."""
        (found,) = (id for name, (kind, id) in self.items() if kind == f"AWS::{type}" and name.startswith(prefix))
        return found


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

    def resources(self, account: str, *stacks: str) -> "Resources":
        """What the stacks of an account have, by logical id: the type and the physical id."""
        pages = self.client("cloudformation", account).get_paginator("list_stack_resources")
        return Resources(
            {
                one["LogicalResourceId"]: (one["ResourceType"], one["PhysicalResourceId"])
                for stack in stacks
                for page in pages.paginate(StackName=stack)
                for one in page["StackResourceSummaries"]
            }
        )

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a declared file."""
        path = self.folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The project of everybody who deploys cells: each file has cells of its own in it, or only reads."""
    with _new_project(tmp_path_factory) as project:
        yield project


@pytest.fixture(scope="module")
def own_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project for one file, which changes the organization itself."""
    with _new_project(tmp_path_factory) as project:
        yield project


@contextlib.contextmanager
def _new_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
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


@pytest.fixture(scope="session")
def dev(project: Project):
    """The dev cell, as `cells up` leaves it. The first run is killed in the middle, and the second one goes on."""
    project.edit("cells/products/acme-crm.yaml", "dev: {}", "dev: {settings: {permissions.engine: openfga}}")
    process = project.start("up", "--port", str(project.port))
    _wait_for_stack(project, DEV, "acme-crm-dev-data")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    result = project.cells("up", "--json")
    assert result.code == 0, result.err
    return result.json()


def statuses(project: Project, account: str) -> dict[str, str]:
    """The status of each stack of acme-crm in an account."""
    found = {}
    for region in ("eu-west-1", "us-east-1"):
        for stack in project.client("cloudformation", account, region).describe_stacks()["Stacks"]:
            if stack["StackName"].startswith("acme-crm-"):
                found[stack["StackName"]] = stack["StackStatus"]
    return found


def _wait_for_stack(project: Project, account: str, name: str) -> None:
    deadline = time.monotonic() + 600
    while True:
        with contextlib.suppress(EndpointConnectionError):
            if name in statuses(project, account):
                return
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
