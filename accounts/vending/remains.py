"""What is still in an account that is to be closed: its stacks, databases and buckets.

Stacks of the platform (bootstrap, what stack sets bring) are in every account and hold nothing of a product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from accounts.vending.clients import VendingClients
from accounts.vending.errors import told
from accounts.vending.member import member_session

if TYPE_CHECKING:
    import boto3
    from types_boto3_cloudformation.literals import StackStatusType

_OF_THE_PLATFORM = ("CDKToolkit", "StackSet-")
_BOOTSTRAP_BUCKET = "cdk-"
_LIVING: Sequence[StackStatusType] = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "CREATE_FAILED",
    "ROLLBACK_FAILED",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
    "DELETE_FAILED",
)


def remains_of(
    clients: VendingClients, account: str, regions: Sequence[str], *, baseline: str
) -> tuple[str, ...] | None:
    """What is there, in words; None when nobody is let into the account to look.

    `baseline` is the name of the stack that the baseline is deployed as. Raises CellsError when AWS refuses.
    """
    with told(f"nobody can look into the account {account}"):
        session = member_session(clients, account)
        if session is None:
            return None
        look = _Look(session, clients.endpoint, (*_OF_THE_PLATFORM, baseline))
        found = [*look.buckets(regions[0]), *(one for region in regions for one in look.region(region))]
    return tuple(sorted(found))


class _Look:
    def __init__(self, session: boto3.Session, endpoint: str | None, platform: tuple[str, ...]) -> None:
        self._session = session
        self._endpoint = endpoint
        self._platform = platform

    def buckets(self, region: str) -> Iterator[str]:
        client = self._session.client("s3", region_name=region, endpoint_url=self._endpoint)
        for bucket in client.list_buckets()["Buckets"]:
            if not bucket["Name"].startswith(_BOOTSTRAP_BUCKET):
                yield f"bucket {bucket['Name']}"

    def region(self, region: str) -> Iterator[str]:
        stacks = self._session.client("cloudformation", region_name=region, endpoint_url=self._endpoint)
        for page in stacks.get_paginator("list_stacks").paginate(StackStatusFilter=_LIVING):
            for stack in page["StackSummaries"]:
                if not stack["StackName"].startswith(self._platform):
                    yield f"stack {stack['StackName']} in {region}"
        databases = self._session.client("rds", region_name=region, endpoint_url=self._endpoint)
        for clusters in databases.get_paginator("describe_db_clusters").paginate():
            for cluster in clusters["DBClusters"]:
                yield f"database {cluster['DBClusterIdentifier']} in {region}"
