"""Migrations in the embedded AWS: the real CDK CLI deploys a service layer, then one whose migrations fail."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.accounts import ensure_accounts
from local.process import LocalServer
from tests.constructs_lib.sample_service import CHEAP, Identity, SampleService
from tests.local.conftest import MANAGEMENT, Local, Outcome, free_port

pytestmark = pytest.mark.integration

ACCOUNT = "222222222222"
REGION = "eu-west-1"


@dataclass(frozen=True)
class Seen:
    """What is in the account: how the last deployment ended, the migrations that ran, what the services run."""

    outcome: Outcome
    migrations: list[dict]
    services: set[str]
    lock: list[str]


class Account:
    """The account of the cell."""

    def __init__(self, local: Local) -> None:
        self.local = local
        session = local.session(ACCOUNT, REGION)
        self.ecs = session.client("ecs", endpoint_url=local.server.endpoint)
        self.ssm = session.client("ssm", endpoint_url=local.server.endpoint)

    def deploy(self, digit: str) -> Seen:
        """Deploy images whose digest is made of one digit."""
        assembly = self.local.folder / f"{digit}.out"
        sample = SampleService(assembly, Identity(account=ACCOUNT, digest="sha256:" + digit * 64))
        sample.everything(**CHEAP)
        sample.app.synth()
        return self.look(self.local.deploy(assembly))

    def fail_next_task(self) -> None:
        body = json.dumps({"exit_code": 7, "reason": "no such column"}).encode()
        urllib.request.urlopen(f"{self.local.server.endpoint}/_local/ecs/fail-next-task", data=body).close()

    def look(self, outcome: Outcome) -> Seen:
        (cluster,) = self.ecs.list_clusters()["clusterArns"]
        arns = [
            arn
            for status in ("RUNNING", "STOPPED")
            for arn in self.ecs.list_tasks(cluster=cluster, desiredStatus=status)["taskArns"]
        ]
        tasks = self.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
        services = self.ecs.list_services(cluster=cluster)["serviceArns"]
        return Seen(
            outcome=outcome,
            migrations=[task for task in tasks if "-migrations:" in task["taskDefinitionArn"]],
            services={
                service["taskDefinition"].rsplit("/", 1)[-1]
                for service in self.ecs.describe_services(cluster=cluster, services=services)["services"]
            },
            lock=[
                parameter["Name"]
                for parameter in self.ssm.describe_parameters()["Parameters"]
                if parameter["Name"].endswith("migrations-lock")
            ],
        )


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    folder: Path = tmp_path_factory.mktemp("migrations")
    server = LocalServer.start(folder / "state", free_port())
    try:
        accounts = [("management", MANAGEMENT, "root@example.com"), ("crm-prod", ACCOUNT, "crm-prod@example.com")]
        ensure_accounts(server.endpoint, MANAGEMENT, accounts)
        local = Local(server, folder)
        local.bootstrap({MANAGEMENT: [REGION], ACCOUNT: [REGION]})
        yield Account(local)
    finally:
        server.stop()


@pytest.fixture(scope="module")
def first(account: Account) -> Seen:
    return account.deploy("a")


@pytest.fixture(scope="module")
def failed(account: Account, first: Seen) -> Seen:
    account.fail_next_task()
    return account.deploy("b")


@pytest.fixture(scope="module")
def mended(account: Account, failed: Seen) -> Seen:
    return account.deploy("b")


def test_a_new_cell_runs_its_migrations_once_and_leaves_no_lock(first: Seen) -> None:
    assert first.outcome.code == 0, first.outcome.output
    assert [task["lastStatus"] for task in first.migrations] == ["STOPPED"]
    assert first.lock == []


def test_a_failing_migration_fails_the_deployment_and_says_where_its_log_is(failed: Seen) -> None:
    assert failed.outcome.code == 1
    assert "the migrations ended with exit code 7: no such column" in failed.outcome.output
    assert "stream task/app/" in " ".join(failed.outcome.output.split())


def test_services_keep_the_old_image_when_the_migrations_fail(first: Seen, failed: Seen) -> None:
    assert failed.services == first.services


def test_the_rollback_runs_no_migrations(first: Seen, failed: Seen) -> None:
    assert len(failed.migrations) == len(first.migrations) + 1


def test_the_next_deployment_of_the_same_image_migrates_and_moves_the_services(failed: Seen, mended: Seen) -> None:
    assert mended.outcome.code == 0, mended.outcome.output
    assert len(mended.migrations) == len(failed.migrations) + 1
    assert not mended.services & failed.services
