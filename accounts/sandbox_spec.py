"""What an organization declares about a sandbox: whose it is, what it may cost and until when it is there."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from accounts.units import AccountName, Email
from constructs_lib.specs.base import Spec

DEFAULT_BUDGET_USD = 100


class Sandbox(Spec):
    """An account of the OU Sandbox."""

    name: AccountName
    """Its name, once in the organization."""
    owner: Email | None = None
    """Who answers for it and gets the alarms of its budget. Default: the account's own root address."""
    budget_usd: Annotated[int, Field(ge=1, le=100_000)] = DEFAULT_BUDGET_USD
    """What it may cost in a month, in US dollars. Half of it, four fifths and all of it raise an alarm."""
    expires: date | None = None
    """The last day on which it is wanted, as `2027-06-30`. After it `cells org plan` says so; nothing is closed by
    itself."""

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and today > self.expires
