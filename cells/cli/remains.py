"""What is still in an account that is to be closed: its stacks, databases, buckets and copies.

Stacks of the platform (bootstrap, baseline, what stack sets bring) are in every account and hold nothing of a product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cells.deploy.recovery_points import UnreadableCopies, copies_of
from cells.deploy.refusal import code_of
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from types_boto3_cloudformation.literals import StackStatusType

    from cells.deploy.clients import Clients
    from cells.deploy.target import Target

_OF_THE_PLATFORM = ("CDKToolkit", "StackSet-")
_BOOTSTRAP_BUCKET = "cdk-"
_REFUSED = ("AccessDenied", "NoSuchEntity")
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


def remains_of(target: Target, account: str, regions: Sequence[str], *, organization: str) -> tuple[str, ...] | None:
    """What is there, in words; None when nobody is let into the account to look.

    `organization` starts the names of the platform's own stacks. Raises CellsError when AWS refuses anything else.
    """
    from botocore.exceptions import ClientError

    platform = (*_OF_THE_PLATFORM, f"{organization}-baseline", f"{organization}-account-baseline")
    try:
        found = list(_buckets(target.clients(account, regions[0])))
        for region in regions:
            clients = target.clients(account, region)
            found += [f"{one} in {region}" for one in (*_stacks(clients, platform), *_databases(clients))]
            found += [f"{one} (AWS Backup)" for one in copies_of([clients])]
    except UnreadableCopies:
        return None
    except ClientError as error:
        code = code_of(error)
        if code.startswith(_REFUSED):
            return None
        raise CellsError(f"nobody can look into the account {account}: {error}", hint="run this again") from error
    return tuple(sorted(found))


def _buckets(clients: Clients) -> Iterator[str]:
    for bucket in clients.s3.list_buckets()["Buckets"]:
        if not bucket["Name"].startswith(_BOOTSTRAP_BUCKET):
            yield f"bucket {bucket['Name']}"


def _stacks(clients: Clients, platform: tuple[str, ...]) -> Iterator[str]:
    for page in clients.cloudformation.get_paginator("list_stacks").paginate(StackStatusFilter=_LIVING):
        for stack in page["StackSummaries"]:
            if not stack["StackName"].startswith(platform):
                yield f"stack {stack['StackName']}"


def _databases(clients: Clients) -> Iterator[str]:
    for page in clients.rds.get_paginator("describe_db_clusters").paginate():
        for cluster in page["DBClusters"]:
            yield f"database {cluster['DBClusterIdentifier']}"
