"""Readers that auto-scaling added, against moto."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from cells.deploy.clients import Clients
from cells.deploy.readers import remove_added_readers
from cells.deploy.reporter import Silence


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
        clients = Clients(session)
        for cluster in ("mine", "other"):
            clients.rds.create_db_cluster(
                DBClusterIdentifier=cluster,
                Engine="aurora-postgresql",
                MasterUsername="root",
                MasterUserPassword="not-a-secret",
            )
        for name, cluster in (("writer", "mine"), ("reader", "mine"), ("added", "mine"), ("elsewhere", "other")):
            clients.rds.create_db_instance(
                DBInstanceIdentifier=name,
                DBClusterIdentifier=cluster,
                DBInstanceClass="db.serverless",
                Engine="aurora-postgresql",
            )
        yield clients


def names(clients: Clients) -> set[str]:
    return {instance["DBInstanceIdentifier"] for instance in clients.rds.describe_db_instances()["DBInstances"]}


def test_only_what_the_stack_does_not_know_goes(clients: Clients) -> None:
    removed = remove_added_readers(clients, "mine", {"writer", "reader"}, Silence())

    assert removed == ["added"]
    assert names(clients) == {"writer", "reader", "elsewhere"}


def test_a_second_run_finds_nothing(clients: Clients) -> None:
    remove_added_readers(clients, "mine", {"writer", "reader"}, Silence())

    assert remove_added_readers(clients, "mine", {"writer", "reader"}, Silence()) == []
