"""Snapshots of the cell's databases, taken before a change that touches one.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_CreateSnapshotCluster.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from cells.deploy.refusal import code_of
from cells.deploy.stack import LiveStack
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from types_boto3_rds.type_defs import DBClusterSnapshotTypeDef, TagTypeDef

    from cells.deploy.change import StackChange
    from cells.deploy.clients import Clients
    from cells.deploy.reporter import Reporter
    from cells.plan import CellPlan

TOUCHING = (
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBClusterParameterGroup",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBSubnetGroup",
    "Custom::DatabaseUser",
    "Custom::LogicalDatabase",
    "Custom::Migrations",
)
"""Resources whose change touches a database, or runs statements in it."""

TAG = "cells:before"
"""The tag of these snapshots. Its value is the stack whose change came after."""

_CLUSTER = "AWS::RDS::DBCluster"
_WAIT_SECONDS = 3600.0
_PAUSE_SECONDS = 10.0


def touching(change: StackChange) -> tuple[str, ...]:
    """The resources of a change that touch a database, by logical id. Empty when it leaves databases alone.

    A refresh has no differences to read: the values that it brings may reach any resource of the stack.
    """
    if change.action == "refresh":
        resources = change.stack.resources.items()
        return tuple(id for id, resource in resources if resource.get("Type") in TOUCHING)
    return tuple(one.logical_id for one in change.changes if one.type in TOUCHING)


@dataclass
class Snapshots:
    """Takes a snapshot of every database of the Data stack before a change that touches one, once for each change."""

    plan: CellPlan
    data: LiveStack
    reporter: Reporter
    skip: str = ""
    """Why none is taken; empty: they are."""
    taken: list[str] = field(default_factory=list)
    """The ids of those that this run took or found."""
    _fresh: bool = False
    """Whether this run makes the databases, so that nothing is in them yet."""

    def before(self, change: StackChange) -> None:
        """Take what the change needs and wait for it. Raises CellsError when a snapshot fails; nothing changed then."""
        touched = touching(change)
        if not touched:
            return
        clusters = self._clusters()
        self._fresh = self._fresh or not clusters
        if self._fresh:
            return
        if self.skip:
            self.reporter.note(f"no snapshot before {change.stack.stack_name} changes {touched[0]}: {self.skip}")
            return
        for cluster in clusters:
            self._take(cluster, change)

    def _clusters(self) -> list[str]:
        return sorted(id for type, id, _ in self.data.resources().values() if type == _CLUSTER and id)

    def _take(self, cluster: str, change: StackChange) -> None:
        from botocore.exceptions import ClientError

        id = self._id(cluster, change)
        self.reporter.step(
            f"snapshot {id} of {cluster}, before {change.stack.stack_name} changes {touching(change)[0]}"
        )
        try:
            self.data.clients.rds.create_db_cluster_snapshot(
                DBClusterIdentifier=cluster, DBClusterSnapshotIdentifier=id, Tags=self._tags(change)
            )
        except ClientError as error:
            if code_of(error) != "DBClusterSnapshotAlreadyExistsFault":
                raise
        _wait(self.data.clients, id, self.reporter.step)
        self.taken.append(id)
        region = self.data.region
        self.reporter.done(f"snapshot {id} is there; restore it beside the database with: {restore(id, region)}")
        self._prune(cluster)

    def _id(self, cluster: str, change: StackChange) -> str:
        """The same for a run that was stopped before the change, another one as soon as the stack has changed."""
        live = LiveStack(self.data.clients, change.stack.stack_name)
        last = next((id for id, _, _ in reversed(live.events(None))), "")
        parts = (cluster, change.stack.stack_name, json.dumps(change.stack.template, sort_keys=True), last)
        digest = sha256("\n".join(parts).encode()).hexdigest()[:12]
        return f"{self.plan.identity.prefix}-before-{digest}"

    def _tags(self, change: StackChange) -> list[TagTypeDef]:
        identity = self.plan.identity
        return [
            {"Key": "product", "Value": identity.product},
            {"Key": "environment", "Value": identity.environment},
            {"Key": TAG, "Value": change.stack.stack_name},
        ]

    def _prune(self, cluster: str) -> None:
        """Delete the oldest beyond the number to keep, which is at least one: the newest always stays."""
        rds = self.data.clients.rds
        kept = self.plan.settings.database.deploy_snapshots
        for old in _taken_before(self.data.clients, cluster)[kept:]:
            id = old["DBClusterSnapshotIdentifier"]
            rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=id)
            self.reporter.note(f"snapshot {id} is deleted: newer ones stay ({kept})")


def restore(id: str, region: str) -> str:
    """The command that makes a new cluster of a snapshot, beside the one that is there."""
    return (
        f"aws rds restore-db-cluster-from-snapshot --region {region} --engine aurora-postgresql "
        f"--snapshot-identifier {id} --db-cluster-identifier {id}-restored"
    )


def remove_snapshots(clients: Clients, prefix: str, reporter: Reporter) -> None:
    """Delete every snapshot that a deployment of this cell took: they are copies of data that is destroyed."""
    for page in clients.rds.get_paginator("describe_db_cluster_snapshots").paginate(SnapshotType="manual"):
        for snapshot in page["DBClusterSnapshots"]:
            id = snapshot.get("DBClusterSnapshotIdentifier", "")
            if id.startswith(f"{prefix}-before-") and _is_ours(snapshot):
                clients.rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=id)
                reporter.done(f"snapshot {id} is gone")


def _taken_before(clients: Clients, cluster: str) -> Sequence[DBClusterSnapshotTypeDef]:
    """The snapshots of a cluster that deployments took and that are ready, newest first."""
    pages = clients.rds.get_paginator("describe_db_cluster_snapshots").paginate(
        DBClusterIdentifier=cluster, SnapshotType="manual"
    )
    found = [one for page in pages for one in page["DBClusterSnapshots"] if _is_ours(one)]
    ready = [one for one in found if one.get("Status") == "available"]
    return sorted(ready, key=lambda one: one["SnapshotCreateTime"], reverse=True)


def _is_ours(snapshot: DBClusterSnapshotTypeDef) -> bool:
    return any(tag.get("Key") == TAG for tag in snapshot.get("TagList", []))


def _wait(clients: Clients, id: str, say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        answer = clients.rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=id)
        snapshot = answer["DBClusterSnapshots"][0]
        status = snapshot.get("Status", "")
        if status == "available":
            return
        if status == "failed" or time.monotonic() > deadline:
            raise CellsError(
                f"the snapshot {id} is {status}, so nothing was changed",
                hint="look at its events in RDS, delete it when it failed, and run the same command again",
            )
        say(f"snapshot {id}: {snapshot.get('PercentProgress', 0)} %")
        time.sleep(_PAUSE_SECONDS)
