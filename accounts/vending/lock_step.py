"""The lock of the log archive in COMPLIANCE mode: a decision that nobody can take back, so that a plan has it.

Until it is approved and written down, the stack of the archive locks in GOVERNANCE mode for the same time. It is kept
as a tag of the log archive account, and in the registry, which the stack is built from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import ClassVar, Literal

from accounts.archive import LockError, lock_of
from accounts.spec import OrganizationSpec
from accounts.topology import Account
from accounts.vending.base_step import PromisedAccountStep, Seen
from accounts.vending.live import LiveAccount, LiveOrganization
from constructs_lib.specs.errors import InputError

LOCK_TAG = "cells:archive-lock"
"""The tag of the log archive account that says which lock was approved, such as `COMPLIANCE:7y`."""

_ARCHIVE = "log-archive"


class LockArchive(PromisedAccountStep):
    """Approve the lock of the log archive in COMPLIANCE mode."""

    kind: Literal["lock-archive"] = "lock-archive"
    irreversible: ClassVar[bool] = True
    tag: ClassVar[str] = LOCK_TAG
    lock: str
    """Mode and length, such as `COMPLIANCE:7y`."""
    days: int
    """Its length in days."""

    def line(self) -> str:
        return (
            f"account {self.name}: logs are locked in COMPLIANCE mode for {self.days} days, and nobody can undo it, "
            "AWS and the root user included"
        )

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return there.tags.get(LOCK_TAG) == self.lock


def lock_steps(spec: OrganizationSpec, account: Account, there: LiveAccount | None) -> Iterator[LockArchive]:
    """The approval of the lock, when it is not written down yet.

    Raises InputError when what is declared is weaker than what was approved: the logs that are there keep their lock,
    and a weaker one for the next would look like the same.
    """
    if account.name != _ARCHIVE:
        return
    wanted, approved = spec.log_archive, there.tags.get(LOCK_TAG) if there else None
    if approved is not None:
        try:
            before = lock_of(approved)
        except LockError:
            raise InputError(
                f"the tag {LOCK_TAG} of the account {_ARCHIVE} is '{approved}', which is no lock",
                hint="write back what the registry says under organization.archive_lock",
            ) from None
        if before.lock_mode == "COMPLIANCE" and (wanted.lock_mode != "COMPLIANCE" or wanted.days < before.days):
            raise InputError(
                f"log_archive is declared as {wanted.text}, which is weaker than the approved lock {approved}",
                hint=f"declare {approved} or a longer one in accounts/organization.yaml: COMPLIANCE cannot be undone",
            )
    if wanted.lock_mode == "COMPLIANCE" and approved != wanted.text:
        id = there.id if there else None
        yield LockArchive(name=account.name, account=id, lock=wanted.text, days=wanted.days)


def approved_lock(live: LiveOrganization) -> str | None:
    """The lock in COMPLIANCE mode that was approved, as the tags of the live organization say."""
    for account in live.accounts:
        text = account.tags.get(LOCK_TAG, "")
        with suppress(LockError):
            if lock_of(text).lock_mode == "COMPLIANCE":
                return text
    return None
