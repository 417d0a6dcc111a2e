"""CreateAccount as AWS runs it: asynchronously, five at a time, up to a quota, each root address once.

The emulator underneath answers SUCCEEDED at once. Here time passes with each look at a creation, so that nobody who
does not poll sees an account come into being. See
https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html.
"""

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from moto.organizations import exceptions, models, utils

from local.properties import Json, Properties
from local.repairs.method import replace_method

State = Literal["IN_PROGRESS", "SUCCEEDED", "FAILED"]
_PAGE = 20
_make = models.OrganizationsBackend.create_account
"""How the emulator underneath makes an account: at once."""


@dataclass
class Quotas:
    """What an organization may have.

    AWS starts with 10 accounts or fewer. This one starts as if the increase had been granted: a test that wants the
    wall sets it. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html, 2026-11-24.
    """

    accounts: int = 10_000
    at_once: int = 5
    polls: int = 2
    """How often somebody looks at a creation, whichever it is, until one ends."""


@dataclass
class Creation:
    """One request to create an account."""

    id: str
    request: dict[str, Json]
    looks_left: int
    started: datetime
    state: State = "IN_PROGRESS"
    failure: str = ""
    account: str = ""
    ended: datetime | None = None

    @property
    def email(self) -> str:
        """The root address, as addresses are compared."""
        return str(self.request["Email"]).lower()

    def describe(self) -> dict[str, Json]:
        """The status as the API answers it."""
        status: dict[str, Json] = {
            "Id": self.id,
            "AccountName": str(self.request["AccountName"]),
            "State": self.state,
            "RequestedTimestamp": self.started.timestamp(),
        }
        if self.ended:
            status["CompletedTimestamp"] = self.ended.timestamp()
        if self.account:
            status["AccountId"] = self.account
        if self.failure:
            status["FailureReason"] = self.failure
        return status


@dataclass
class AccountCreation:
    """Answers CreateAccount, DescribeCreateAccountStatus and ListCreateAccountStatus."""

    quotas: Quotas = field(default_factory=Quotas)
    _failures: deque[str] = field(default_factory=deque)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def install(self) -> None:
        """Take the three operations over. Call once."""
        backend = models.OrganizationsBackend
        replace_method(backend, "create_account", lambda owner, **request: self.create(owner, request))
        replace_method(backend, "describe_create_account_status", lambda owner, **request: self.look(owner, request))
        replace_method(backend, "list_create_account_status", lambda owner, **request: self.look_at_all(owner, request))

    def make_now(self, organization: models.OrganizationsBackend, *, name: str, email: str) -> None:
        """Make an account without waiting: for the accounts that a test starts with."""
        _make(organization, AccountName=name, Email=email)

    def set_quotas(self, body: Properties) -> Json:
        """Change `accounts`, `at_once` or `polls`."""
        for name in ("accounts", "at_once", "polls"):
            setattr(self.quotas, name, body.number(name, getattr(self.quotas, name)))
        return {"accounts": self.quotas.accounts, "at_once": self.quotas.at_once, "polls": self.quotas.polls}

    def fail_next(self, body: Properties) -> Json:
        """Let the next creation end with FAILED and `reason`."""
        self._failures.append(body.text("reason", "INTERNAL_FAILURE"))
        return {"pending": len(self._failures)}

    def create(self, organization: models.OrganizationsBackend, request: dict[str, Json]) -> dict[str, Json]:
        """Note the request, and answer IN_PROGRESS."""
        if organization.org is None:
            raise exceptions.AWSOrganizationsNotInUseException
        with self._lock:
            running = [one for one in _creations(organization) if one.state == "IN_PROGRESS"]
            if len(running) >= self.quotas.at_once:
                self._pass_time(organization)
                raise exceptions.OrganizationsClientError("TooManyRequestsException", "Too many requests. Try later.")
            if len(organization.accounts) + len(running) >= self.quotas.accounts:
                raise Violation("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of accounts.")
            made = Creation(utils.make_random_create_account_status_id(), request, self.quotas.polls, datetime.now(UTC))
            _creations(organization).append(made)
            return {"CreateAccountStatus": made.describe()}

    def look(self, organization: models.OrganizationsBackend, request: dict[str, Json]) -> dict[str, Json]:
        """Look at one creation."""
        with self._lock:
            self._pass_time(organization)
            for one in _creations(organization):
                if one.id == request["CreateAccountRequestId"]:
                    return {"CreateAccountStatus": one.describe()}
        raise exceptions.OrganizationsClientError(
            "CreateAccountStatusNotFoundException", "We can't find a create account request with that id."
        )

    def look_at_all(self, organization: models.OrganizationsBackend, request: dict[str, Json]) -> dict[str, Json]:
        """Look at all creations."""
        wanted = request.get("States") or ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
        start, size = int(str(request.get("NextToken") or 0)), int(str(request.get("MaxResults") or _PAGE))
        with self._lock:
            if start == 0:
                self._pass_time(organization)
            found: list[Json] = [
                one.describe() for one in _creations(organization) if isinstance(wanted, list) and one.state in wanted
            ]
        token = str(start + size) if len(found) > start + size else None
        return {"CreateAccountStatuses": found[start : start + size], "NextToken": token}

    def _pass_time(self, organization: models.OrganizationsBackend) -> None:
        """Whoever looks, all creations come closer to their end, those that were asked for first before the others."""
        for one in _creations(organization):
            self._look(organization, one)

    def _look(self, organization: models.OrganizationsBackend, one: Creation) -> None:
        if one.state != "IN_PROGRESS":
            return
        one.looks_left -= 1
        if one.looks_left > 0:
            return
        one.ended = datetime.now(UTC)
        one.failure = self._failures.popleft() if self._failures else _refusal(one)
        one.state = "FAILED" if one.failure else "SUCCEEDED"
        if one.state == "SUCCEEDED":
            _make(organization, **one.request)
            account = organization.accounts[-1]
            account.create_account_status_id = one.id
            one.account = account.id


class Violation(exceptions.ConstraintViolationException):
    """A constraint that AWS holds, with its reason as the API answers it."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.Reason = reason


def _creations(organization: models.OrganizationsBackend) -> list[Creation]:
    creations: list[Creation] = organization.__dict__.setdefault("creations", [])
    return creations


def _refusal(one: Creation) -> str:
    return "EMAIL_ALREADY_EXISTS" if one.email in _addresses() else ""


def _addresses() -> Iterator[str]:
    """The root addresses of all accounts there are: one is used up for ever, whoever had it."""
    for owned in list(models.organizations_backends.values()):
        for backend in owned.values():
            for account in backend.accounts:
                yield account.email.lower()
