"""How data is protected from a mistake."""

from typing import Literal, Self

from pydantic import model_validator

from constructs_lib.specs.base import Spec

Backups = Literal["none", "daily", "monthly"]
"""Which plans of the organization take a store. `daily`: every night, kept for 35 days. `monthly`: that, and one of
each month, kept for a year."""


class ProtectionSpec(Spec):
    """What stands between a mistake and the data of a cell."""

    removal: Literal["retain", "snapshot", "destroy"]
    """What becomes of data when its resource goes: it stays, a snapshot of it stays, or it goes too."""
    deletion_protection: bool
    """Whether the resources refuse to be deleted (Aurora, load balancer, user pools)."""
    termination_protection: bool
    """Whether the stacks Foundation and Data refuse to be deleted."""
    backups: Backups = "monthly"
    """How often AWS Backup copies the stores: `none`, `daily` (every night, kept for 35 days) or `monthly` (that, and
    one of each month, kept for a year). Nobody can delete a copy before its time, so that it is billed to its end.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/whatisbackup.html
    """

    restore_tests: bool = False
    """Whether AWS Backup restores the newest copy of the database and of the tables each month, and deletes it again.

    AWS bills the storage of what is restored for about an hour, and for a table each gigabyte that is restored.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
    """

    @model_validator(mode="after")
    def _retained_data_is_protected_twice(self) -> Self:
        if self.removal == "retain" and not (self.deletion_protection and self.termination_protection):
            raise ValueError(
                "removal 'retain' needs deletion_protection and termination_protection: data is protected twice"
            )
        if self.removal == "retain" and self.backups == "none":
            raise ValueError("removal 'retain' needs backups 'daily' or 'monthly': data is protected twice")
        return self

    @model_validator(mode="after")
    def _there_is_something_to_restore(self) -> Self:
        if self.restore_tests and self.backups == "none":
            raise ValueError("restore_tests need backups 'daily' or 'monthly'")
        return self
