"""The embedded AWS, started once, and a cell that the real CDK CLI has deployed into it."""

import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from cells.cli.cdk import find_node
from local.accounts import ensure_accounts
from local.environment import CLEARED, environment
from local.process import LocalServer
from tests.local import sample_cell

MANAGEMENT = "111122223333"
ROOT = Path(__file__).resolve().parents[2]
POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"


@dataclass(frozen=True)
class Outcome:
    """What a run of the CDK CLI ended with."""

    code: int
    output: str


@dataclass(frozen=True)
class Local:
    """The embedded AWS as the tests use it."""

    server: LocalServer
    folder: Path

    def cdk(self, *arguments: str, account: str = MANAGEMENT, region: str = sample_cell.HOME_REGION) -> Outcome:
        """Run the pinned CDK CLI with the keys of `account`."""
        inherited = {name: value for name, value in os.environ.items() if name not in CLEARED}
        variables = {
            **inherited,
            **environment(self.server.endpoint, account, region, self.server.state_dir),
            # Not the one of the virtual environment, which starts Python first.
            "PATH": f"{find_node().parent}{os.pathsep}{os.environ['PATH']}",
            "NODE_COMPILE_CACHE": str(self.folder / "node"),
        }
        done = subprocess.run(
            [str(ROOT / "node_modules" / ".bin" / "cdk"), *arguments],
            cwd=self.folder,
            env=variables,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Outcome(done.returncode, done.stdout + done.stderr)

    def bootstrap(self, accounts: dict[str, list[str]]) -> None:
        """Bootstrap the regions of accounts, which trust the management account; the accounts at the same time."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._bootstrap, accounts, accounts.values()))

    def _bootstrap(self, account: str, regions: list[str]) -> None:
        targets = [f"aws://{account}/{region}" for region in regions]
        options = ["--app", "", "--trust", MANAGEMENT, "--cloudformation-execution-policies", POLICY]
        outcome = self.cdk("bootstrap", *options, *targets, account=account)
        assert outcome.code == 0, outcome.output

    def deploy(self, assembly: Path, *options: str) -> Outcome:
        """Deploy every stack of an assembly."""
        return self.cdk("deploy", "--app", str(assembly), "--all", "--require-approval", "never", *options)

    def session(self, account: str = sample_cell.CELL_ACCOUNT, region: str = sample_cell.HOME_REGION) -> boto3.Session:
        """A boto3 session of an account and region; give clients `endpoint_url`."""
        return boto3.Session(aws_access_key_id=account, aws_secret_access_key="test", region_name=region)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """An empty embedded AWS with an organization of a few accounts."""
    folder = tmp_path_factory.mktemp("local")
    with pytest.MonkeyPatch.context() as caller:
        caller.setenv("AWS_PROFILE", "production")
        server = LocalServer.start(folder / "state", free_port())
    ensure_accounts(
        server.endpoint,
        MANAGEMENT,
        [
            ("management", MANAGEMENT, "root@example.com"),
            ("crm-dev", sample_cell.CELL_ACCOUNT, "crm-dev@example.com"),
            ("network-hub", sample_cell.HUB_ACCOUNT, "hub@example.com"),
        ],
    )
    yield Local(server, folder)
    server.stop()


@pytest.fixture(scope="session")
def cell(local: Local) -> Local:
    """The embedded AWS with the sample cell in it. Only the test of its life may change it, and comes last."""
    assembly = local.folder / "cell.out"
    sample_cell.build(str(assembly))
    local.bootstrap(
        {
            sample_cell.HUB_ACCOUNT: [sample_cell.HOME_REGION],
            sample_cell.CELL_ACCOUNT: [sample_cell.HOME_REGION, sample_cell.EDGE_REGION],
        }
    )
    outcome = local.deploy(assembly)
    assert outcome.code == 0, outcome.output[-4000:]
    return local


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what changes the cell come after everything that reads it."""
    items.sort(key=lambda item: "test_cell_lifecycle" in item.nodeid)
