"""The tags of an account that waits in the unit Suspended to be closed, and what they say."""

from __future__ import annotations

from datetime import date

from accounts.vending.live import LiveAccount
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import State

CLOSING_SINCE = "cells:closing-since"
"""The tag with the day on which an account was suspended, such as 2026-11-26."""
CLOSING_FROM = "cells:closing-from"
"""The tag with the id of the unit that it came from, so that it can go back."""
CLOSING_TAGS = (CLOSING_FROM, CLOSING_SINCE)

GONE = frozenset({"PENDING_CLOSURE", "SUSPENDED", "CLOSED"})
"""The states of accounts that are closed, or being closed."""


def closing_since(account: LiveAccount) -> date | None:
    """The day since which an account waits to be closed; None when it does not.

    Raises InputError when somebody wrote something else into the tag.
    """
    text = account.tags.get(CLOSING_SINCE)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"the tag {CLOSING_SINCE} of the account {account.name} ({account.id}) is '{text}', which is no day",
            hint="write the day of its suspension, such as 2026-11-26, or reopen the account",
        ) from None


def is_closing(account: LiveAccount) -> bool:
    """Whether an account waits to be closed, or is closed."""
    return account.state in GONE or CLOSING_SINCE in account.tags


def state_of(account: LiveAccount) -> State:
    """What the registry says of an account that is there."""
    if account.state in GONE:
        return "closed"
    return "closing" if CLOSING_SINCE in account.tags else "active"
