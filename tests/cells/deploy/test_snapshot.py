"""Snapshots before a change that touches the database: a fake CloudFormation, and RDS by moto."""

from collections.abc import Iterator
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.deploy.change import StackChange, compare_with_live
from cells.deploy.deployment import Deployment
from cells.deploy.resolved import ResolvedValues
from cells.deploy.snapshot import TAG, Snapshots, remove_snapshots
from cells.deploy.stack import LiveStack
from constructs_lib.specs.errors import CellsError
from tests.cells.deploy.conftest import ACCOUNT, HOME, START, FakeCdk, FakeTarget, Told, Write, Written

TOPIC = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}}


def data(backup_days: int = 7, **more) -> Written:
    properties = {"Engine": "aurora-postgresql", "BackupRetentionPeriod": backup_days}
    return Written("Data", {"Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": properties}, **more})


def service(digest: str) -> Written:
    properties = {"ServiceToken": "function", "Digest": digest}
    return Written("Service", {"Migrations": {"Type": "Custom::Migrations", "Properties": properties}}, needs=("Data",))


@pytest.fixture
def rds(monkeypatch: pytest.MonkeyPatch, target: FakeTarget) -> Iterator:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=HOME)
        client = session.client("rds")
        target.clients(ACCOUNT, HOME).rds = client
        yield client


def make_cluster(rds) -> None:
    rds.create_db_cluster(
        DBClusterIdentifier="cluster",
        Engine="aurora-postgresql",
        MasterUsername="root",
        MasterUserPassword="not-a-secret",
    )


def manual(rds) -> list[dict]:
    return rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]


def ids(rds) -> list[str]:
    return [one["DBClusterSnapshotIdentifier"] for one in manual(rds)]


def _event(id: str) -> dict:
    return {"EventId": id, "Timestamp": START, "ResourceStatus": "UPDATE_COMPLETE"}


class Runs:
    """Deploys these stacks, each time as a new run of the program."""

    def __init__(self, write: Write, target: FakeTarget, cdk: FakeCdk, told: Told, workspace: Workspace) -> None:
        self.plan = workspace.plan("acme-crm", choice(environment="dev"))
        self.skip = ""
        self._write, self._target, self._cdk, self._told = write, target, cdk, told

    def __call__(self, *stacks: Written) -> list[str]:
        clients = self._target.clients(ACCOUNT, HOME)
        snapshots = Snapshots(self.plan, LiveStack(clients, "data"), self._told, skip=self.skip)
        assembly, resolved = self._write(*stacks), ResolvedValues(clients, "/cells/x/resolved")
        Deployment(assembly, self._target, self._cdk, self._told, resolved, secure=snapshots.before).run()
        return snapshots.taken


@pytest.fixture
def run(write: Write, target: FakeTarget, cdk: FakeCdk, told: Told, workspace: Workspace) -> Runs:
    return Runs(write, target, cdk, told, workspace)


@pytest.fixture
def deployed(rds, run: Runs):
    """A cell whose database is there. Returns the client of RDS."""
    run(data(), service("one"))
    make_cluster(rds)
    return rds


def test_the_first_deployment_copies_nothing(rds, run: Runs) -> None:
    make_cluster(rds)  # as the first stack of the run makes it

    assert run(data(), service("one")) == []
    assert ids(rds) == []


def test_a_change_of_the_cluster_is_made_after_a_snapshot(deployed, run: Runs, told: Told) -> None:
    taken = run(data(14), service("one"))

    (snapshot,) = manual(deployed)
    assert [snapshot["DBClusterSnapshotIdentifier"]] == taken
    assert taken[0].startswith("acme-crm-dev-before-")
    assert snapshot["DBClusterIdentifier"] == "cluster"
    tags = {tag["Key"]: tag["Value"] for tag in snapshot["TagList"]}
    assert tags == {"product": "acme-crm", "environment": "dev", TAG: "data"}
    assert f"--snapshot-identifier {taken[0]}" in "".join(told.ended)


def test_new_migrations_run_after_a_snapshot(deployed, run: Runs) -> None:
    run(data(), service("two"))

    (snapshot,) = manual(deployed)
    assert {"Key": TAG, "Value": "service"} in snapshot["TagList"]


def test_what_leaves_the_database_alone_leaves_no_snapshot(deployed, run: Runs) -> None:
    assert run(data(**TOPIC), service("one")) == []
    assert ids(deployed) == []


def test_a_refresh_may_touch_anything_that_is_there(deployed, run: Runs, target: FakeTarget, write: Write) -> None:
    assembly = write(data())
    live = {"Data": LiveStack(target.clients(ACCOUNT, HOME), "data")}
    ((status, diff),) = compare_with_live(assembly, live).values()
    change = StackChange(assembly.stack("Data"), status, diff, force=True)
    assert change.action == "refresh"

    Snapshots(run.plan, live["Data"], Told()).before(change)

    assert len(ids(deployed)) == 1


def test_a_run_stopped_before_the_change_goes_on_with_its_snapshot(deployed, run: Runs, cdk: FakeCdk) -> None:
    def killed(*_, **__):
        raise KeyboardInterrupt

    works, cdk.run = cdk.run, killed
    with pytest.raises(KeyboardInterrupt):
        run(data(14), service("one"))
    first = ids(deployed)
    cdk.run = works

    assert run(data(14), service("one")) == first
    assert ids(deployed) == first


def test_after_a_change_the_same_template_is_another_change(deployed, run: Runs, target: FakeTarget) -> None:
    run(data(14), service("one"))
    stack = target.clients(ACCOUNT, HOME).cloudformation.stacks["data"]
    stack.events = [_event("changed")]
    run(data(7), service("one"))
    stack.events = [_event("changed again")]

    run(data(14), service("one"))

    assert len(set(ids(deployed))) == 3


def test_the_oldest_beyond_the_number_go_and_others_stay(deployed, run: Runs, told: Told) -> None:
    kept = run.plan.settings.database.deploy_snapshots
    deployed.create_db_cluster_snapshot(DBClusterIdentifier="cluster", DBClusterSnapshotIdentifier="by-hand")

    taken = [run(data(days), service("one"))[0] for days in range(8, 8 + kept + 2)]

    assert set(ids(deployed)) == {"by-hand", *taken[-kept:]}
    assert len([note for note in told.notes if "is deleted" in note]) == 2


def test_a_reason_goes_on_without_a_snapshot_and_is_told(deployed, run: Runs, told: Told) -> None:
    run.skip = "test data only"

    assert run(data(14), service("one")) == []
    assert ids(deployed) == []
    assert any("no snapshot" in note and "test data only" in note for note in told.notes)


def _shows(monkeypatch: pytest.MonkeyPatch, rds, *states: str) -> None:
    """Let RDS answer with these states, one after the other."""
    left = list(states)

    def describe(**_):
        return {"DBClusterSnapshots": [{"Status": left.pop(0), "PercentProgress": 40}]}

    pages = SimpleNamespace(paginate=lambda **_: [])
    fake = SimpleNamespace(
        create_db_cluster_snapshot=rds.create_db_cluster_snapshot,
        describe_db_cluster_snapshots=describe,
        get_paginator=lambda _: pages,
    )
    monkeypatch.setattr("cells.deploy.snapshot._PAUSE_SECONDS", 0.0)
    return fake


def test_the_change_waits_until_the_snapshot_is_there(deployed, run: Runs, target, told: Told, monkeypatch) -> None:
    target.clients(ACCOUNT, HOME).rds = _shows(monkeypatch, deployed, "creating", "creating", "available")

    run(data(14), service("one"))

    assert len([step for step in told.steps if step.endswith("40 %")]) == 2


def test_a_snapshot_that_fails_stops_the_change(deployed, run: Runs, target, cdk: FakeCdk, monkeypatch) -> None:
    target.clients(ACCOUNT, HOME).rds = _shows(monkeypatch, deployed, "failed")
    before = len(cdk.lines)

    with pytest.raises(CellsError, match="is failed, so nothing was changed"):
        run(data(14), service("one"))
    assert len(cdk.lines) == before


def test_the_end_of_a_cell_takes_its_snapshots_and_no_others(deployed, run: Runs, target: FakeTarget) -> None:
    run(data(14), service("one"))
    for other in ("by-hand", "acme-crm-dev-before-launch"):
        deployed.create_db_cluster_snapshot(DBClusterIdentifier="cluster", DBClusterSnapshotIdentifier=other)

    remove_snapshots(target.clients(ACCOUNT, HOME), "acme-crm-dev", Told())

    assert sorted(ids(deployed)) == ["acme-crm-dev-before-launch", "by-hand"]
