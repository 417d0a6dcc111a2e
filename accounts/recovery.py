"""How long AWS Backup keeps its copies of the stores of cells, and how nobody deletes them earlier."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec

DAILY_DAYS = 35
"""How long a copy of a night is kept."""

MONTHLY_DAYS = 365
"""How long a copy of a month is kept."""

COLD_AFTER_DAYS = 30
"""When the copies of a month move to cold storage, where AWS bills them for 90 days at least. Of what cells hold, only
tables can: AWS Backup ignores it for the rest.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
"""


class VaultLock(Spec):
    """The lock of the vaults that hold the copies. A copy that would be kept shorter or longer than a plan says fails.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
    """

    lock_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "GOVERNANCE"
    """`GOVERNANCE`: the platform may change the lock. `COMPLIANCE`: nobody may, root and AWS included, once
    `changeable_days` are over."""
    changeable_days: Annotated[int, Field(ge=3, le=36500)] | None = None
    """For how many days a lock in COMPLIANCE mode can still be taken off. To be decided, not defaulted."""

    @model_validator(mode="after")
    def _compliance_is_decided(self) -> Self:
        if (self.lock_mode == "COMPLIANCE") != (self.changeable_days is not None):
            raise ValueError("lock_mode COMPLIANCE needs changeable_days, and GOVERNANCE takes none")
        return self
