"""Asks AWS again when it says that it is busy: a bounded number of times, each wait longer and drawn at random.

botocore answers throttling itself. What it does not know is that AWS Organizations takes one change at a time.
See https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html#API_CreateAccount_Errors.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from accounts.vending.errors import code_of, reason_of

Answer = TypeVar("Answer")
Sleep = Callable[[float], None]

BUSY = frozenset(
    {
        "ConcurrentModificationException",
        "FinalizingOrganizationException",
        "InternalServerException",
        "PolicyChangesInProgressException",
        "RequestLimitExceeded",
        "ServiceException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Error codes after which the same call may work."""

_BUSY_REASONS = frozenset({"ACCOUNT_CREATION_NOT_COMPLETE", "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"})


class Patience:
    """How often, and after which waits, a call is made again."""

    def __init__(
        self,
        sleep: Sleep = time.sleep,
        draw: Callable[[], float] = random.random,
        *,
        attempts: int = 10,
        first: float = 0.2,
        longest: float = 20.0,
    ) -> None:
        """`draw` gives a number from 0 to 1; the waits, in seconds, double from `first` up to `longest`."""
        self.sleep = sleep
        self._draw = draw
        self._attempts = attempts
        self._first = first
        self._longest = longest

    def call(self, operation: Callable[[], Answer]) -> Answer:
        """The answer of a call. Raises its error when it is another one, or the last one."""
        from botocore.exceptions import ClientError

        for attempt in range(1, self._attempts):
            try:
                return operation()
            except ClientError as error:
                if code_of(error) not in BUSY and reason_of(error) not in _BUSY_REASONS:
                    raise
                self.sleep(min(self._longest, self._first * 2**attempt) * self._draw())
        return operation()
