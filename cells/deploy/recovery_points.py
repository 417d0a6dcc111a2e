"""The copies that AWS Backup made of what a cell holds, which outlive it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cells.deploy.refusal import code_of, words_of
from constructs_lib.specs.errors import CellsError
from constructs_lib.specs.landing import BACKUP_VAULT_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from botocore.exceptions import ClientError

    from cells.deploy.clients import Clients, RecoveryPoint

_NO_VAULT = "ResourceNotFoundException"
_DENIED = "AccessDenied"
"""How the codes begin that AWS Backup answers to who may not look, and for some vaults that are not there."""


class UnreadableCopies(CellsError):
    """Nobody may look at what AWS Backup keeps, which is not the same as that it keeps nothing."""


@dataclass(frozen=True)
class Copies:
    """All copies of stores of one type in a region."""

    type: str
    """As AWS Backup calls it: `Aurora`, `DynamoDB`, `S3`."""
    region: str
    count: int
    until: str | None
    """The day on which the last of them is deleted; None when one of them has none."""

    def __str__(self) -> str:
        """`13 copies of Aurora in eu-west-1, the last until 2027-11-01`."""
        copies = "copy" if self.count == 1 else "copies"
        end = f"the last until {self.until}" if self.until else "without an end"
        return f"{self.count} {copies} of {self.type} in {self.region}, {end}"


def copies_of(regions: Sequence[Clients]) -> tuple[Copies, ...]:
    """What the vaults of an account hold in some regions. A region without a vault has none.

    Raises UnreadableCopies when the credentials may not look.
    """
    return tuple(copies for clients in regions for copies in _in_region(clients))


def _in_region(clients: Clients) -> list[Copies]:
    by_type: dict[str, list[RecoveryPoint]] = {}
    for point in _points(clients):
        by_type.setdefault(point.get("ResourceType", "something"), []).append(point)
    return [
        Copies(type=type, region=clients.region, count=len(points), until=_end(points))
        for type, points in sorted(by_type.items())
    ]


def _points(clients: Clients) -> list[RecoveryPoint]:
    from botocore.exceptions import ClientError

    pages = clients.backup.get_paginator("list_recovery_points_by_backup_vault")
    try:
        return [point for page in pages.paginate(BackupVaultName=BACKUP_VAULT_NAME) for point in page["RecoveryPoints"]]
    except ClientError as error:
        code = code_of(error)
        if code == _NO_VAULT or (code.startswith(_DENIED) and not _has_vault(clients)):
            return []
        if code.startswith(_DENIED):
            raise _unreadable(clients, error) from error
        raise


def _has_vault(clients: Clients) -> bool:
    """Whether the vault is there: who may not read one gets the answer that some get for one that is not there."""
    from botocore.exceptions import ClientError

    try:
        pages = list(clients.backup.get_paginator("list_backup_vaults").paginate())
    except ClientError as error:
        if code_of(error).startswith(_DENIED):
            raise _unreadable(clients, error) from error
        raise
    return any(vault["BackupVaultName"] == BACKUP_VAULT_NAME for page in pages for vault in page["BackupVaultList"])


def _unreadable(clients: Clients, error: ClientError) -> UnreadableCopies:
    said = f"{words_of(error)} ({error.operation_name}, {code_of(error)})"
    return UnreadableCopies(
        f"what AWS Backup keeps in {clients.region} cannot be read: {said}",
        hint="the credentials need backup:ListRecoveryPointsByBackupVault and backup:ListBackupVaults: what cannot be "
        "read is not nothing",
    )


def _end(points: Sequence[RecoveryPoint]) -> str | None:
    ends: list[datetime] = []
    for point in points:
        end = point.get("CalculatedLifecycle", {}).get("DeleteAt")
        if end is None:
            return None
        ends.append(end)
    return max(ends).date().isoformat()
