"""A bucket is emptied before its stack goes, locked versions included, and what stays is told."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cells.deploy.bucket import empty_bucket
from constructs_lib.specs.errors import CellsError


@dataclass
class Clients:
    s3: Any


@dataclass
class Reporter:
    steps: list[str] = field(default_factory=list)

    def step(self, text: str) -> None:
        self.steps.append(text)


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Clients(boto3.client("s3", region_name="us-east-1"))


def make(clients: Clients, *, mode: str | None) -> None:
    clients.s3.create_bucket(Bucket="store", ObjectLockEnabledForBucket=mode is not None)
    clients.s3.put_bucket_versioning(Bucket="store", VersioningConfiguration={"Status": "Enabled"})
    for number in range(2):
        lock = {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": datetime.now(UTC) + timedelta(days=9)}
        clients.s3.put_object(Bucket="store", Key="contract", Body=str(number), **(lock if mode else {}))


def versions(clients: Clients) -> int:
    return len(clients.s3.list_object_versions(Bucket="store").get("Versions", []))


@pytest.mark.parametrize("mode", [None, "GOVERNANCE"])
def test_every_version_goes(clients: Clients, mode: str | None) -> None:
    make(clients, mode=mode)

    assert empty_bucket(clients, "store", Reporter()) == 2
    assert versions(clients) == 0


def test_versions_that_nobody_can_delete_are_told(clients: Clients) -> None:
    make(clients, mode="COMPLIANCE")

    with pytest.raises(CellsError, match="2 versions in store cannot be deleted: contract: "):
        empty_bucket(clients, "store", Reporter())

    assert versions(clients) == 2


def test_a_bucket_that_is_gone_is_empty(clients: Clients) -> None:
    assert empty_bucket(clients, "gone", Reporter()) == 0
