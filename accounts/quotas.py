"""The quotas of AWS Organizations: a dated table with the page that each number comes from.

`accounts/quotas.yaml` is the table. Reading it costs some milliseconds, so that whoever is imported by every command
keeps a constant of its own, which a test holds against the table.
See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.errors import InputError

TABLE = Path(__file__).parent / "quotas.yaml"
"""Where the table is."""

Page = Annotated[str, Field(pattern=r"^https://docs\.aws\.amazon\.com/\S+\.html(#\S+)?$")]
"""An address of the AWS documentation."""


class Quota(Spec):
    """How much of something AWS takes."""

    number: Annotated[int, Field(ge=1)]
    """What the project reckons with: the lower number where sources disagree."""
    unit: Annotated[str, Field(min_length=1)]
    """What is counted."""
    page: Page | None = None
    """The page of AWS that says so, where it is not the page of the whole table."""
    read: date | None = None
    """The day on which the page was read, where it is not the day of the whole table."""
    adjustable: bool = False
    """Whether AWS raises it on request."""
    announced: Annotated[int, Field(ge=1)] | None = None
    """A higher number that AWS has announced, to be used once the live quota confirms it."""
    note: str = ""
    """Where sources disagree, and how."""

    @model_validator(mode="after")
    def _the_lower_number_counts(self) -> Self:
        if self.announced is not None and self.announced <= self.number:
            raise ValueError(f"announced must be more than number ({self.number}), got {self.announced}")
        if self.announced is not None and not self.note:
            raise ValueError("a quota with an announced number needs a note that says who says what")
        return self


class QuotaTable(Spec):
    """The whole table."""

    read: date
    """The day on which the pages were read."""
    page: Page
    """The page of every row that does not name its own."""
    quotas: Annotated[dict[str, Quota], Field(min_length=1)]

    def page_of(self, name: str) -> str:
        """The page that a quota comes from."""
        return self.quotas[name].page or self.page

    def read_on(self, name: str) -> date:
        """The day on which the page of a quota was read."""
        return self.quotas[name].read or self.read


@cache
def quota_table() -> QuotaTable:
    """The table, read once. Raises InputError with file and line when it is not right."""
    return load_spec(TABLE, QuotaTable)


def quota(name: str, live: Mapping[str, int] | None = None) -> int:
    """A number of the table; `live` are the numbers that AWS itself has answered, and they win.

    Raises InputError when the table has no such row.
    """
    table = quota_table()
    if name not in table.quotas:
        raise InputError(f"there is no quota '{name}'", hint=f"accounts/quotas.yaml has {', '.join(table.quotas)}")
    return (live or {}).get(name, table.quotas[name].number)
