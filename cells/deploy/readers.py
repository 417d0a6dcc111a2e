"""Removes the readers that auto-scaling added: CloudFormation does not know them, and a cluster with them stays."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cells.deploy.clients import Clients
    from cells.deploy.reporter import Reporter


def remove_added_readers(clients: Clients, cluster: str, known: Collection[str], reporter: Reporter) -> list[str]:
    """Delete the instances of a cluster that are not in `known`, and return their names.

    A reader holds no data of its own, so it goes without a snapshot.
    """
    answer = clients.rds.describe_db_instances(Filters=[{"Name": "db-cluster-id", "Values": [cluster]}])
    added = [
        instance["DBInstanceIdentifier"]
        for instance in answer["DBInstances"]
        if instance["DBInstanceIdentifier"] not in known and instance.get("DBInstanceStatus") != "deleting"
    ]
    for name in added:
        reporter.note(f"reader {name} was added by auto-scaling: deleting it")
        clients.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    return added
