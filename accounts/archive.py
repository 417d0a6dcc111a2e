"""How the log archive locks what it is given."""

import math
import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec

LockMode = Literal["GOVERNANCE", "COMPLIANCE"]
"""See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html."""

KEEP_DAYS = 7 * 365 + 2
"""How long the archive keeps a log: seven years."""

_LOCK = re.compile(r"(GOVERNANCE|COMPLIANCE):([1-9][0-9]*)([dy])")
_DAYS_PER_YEAR = 365.25
_MAX_DAYS = 36500
_MAX_YEARS = 99


class ArchiveSpec(Spec):
    """The lock of the log archive. It has no default: a lock in COMPLIANCE mode cannot be undone by anybody, AWS too.

    A test organization takes GOVERNANCE for one day, a real one COMPLIANCE for seven years.
    """

    lock_mode: LockMode
    """`GOVERNANCE`: who has the right to bypass may shorten the lock. `COMPLIANCE`: nobody may, root included."""
    lock_days: Annotated[int, Field(ge=1, le=_MAX_DAYS)] | None = None
    """Days for which a log cannot be deleted or overwritten. Give these or `lock_years`."""
    lock_years: Annotated[int, Field(ge=1, le=_MAX_YEARS)] | None = None
    """Years for which a log cannot be deleted or overwritten. Give these or `lock_days`."""

    @property
    def days(self) -> int:
        """The length of the lock in days. A year has 365.25, and the sum is rounded up: seven years have 2,557."""
        if self.lock_days is not None:
            return self.lock_days
        return math.ceil((self.lock_years or 0) * _DAYS_PER_YEAR)

    @property
    def keep_days(self) -> int:
        """After how many days the archive deletes a log: seven years, or the lock where that is longer."""
        return max(KEEP_DAYS, self.days)

    @property
    def text(self) -> str:
        """`GOVERNANCE:1d`, `COMPLIANCE:7y`."""
        length = f"{self.lock_days}d" if self.lock_days is not None else f"{self.lock_years}y"
        return f"{self.lock_mode}:{length}"

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.lock_days is None) == (self.lock_years is None):
            raise ValueError("needs lock_days or lock_years, and not both")
        return self


class LockError(ValueError):
    """A text is no lock."""


def lock_of(text: str) -> ArchiveSpec:
    """Read `COMPLIANCE:7y` or `GOVERNANCE:1d`. Raises LockError for anything else."""
    found = _LOCK.fullmatch(text)
    if found is None:
        raise LockError(f"{text!r} is no lock, such as COMPLIANCE:7y")
    mode, number, unit = found.groups()
    try:
        return ArchiveSpec.model_validate(
            {"lock_mode": mode, "lock_days" if unit == "d" else "lock_years": int(number)}
        )
    except ValueError:
        raise LockError(f"{text!r} is longer than a lock can be") from None
