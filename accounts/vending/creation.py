"""Creates accounts, each once: whatever an earlier run asked for is found and waited for, never asked for again.

CreateAccount takes no token that would make it safe to repeat. What makes it safe: the journal knows the id of the
request, AWS lists the creations in progress, and no two accounts have one address. See
https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from accounts.vending.clients import VendingClients
from accounts.vending.errors import code_of, creation_error
from accounts.vending.journal import Journal
from accounts.vending.listing import Listing
from accounts.vending.step import CreateAccount
from accounts.vending.words import name_of
from constructs_lib.specs.errors import CellsError
from constructs_lib.specs.landing import VENDING_ROLE_NAME

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import CreateAccountStatusTypeDef

_FIRST_SECONDS = 0.05
_LONGEST_SECONDS = 5.0
_GROWTH = 2
_PATIENCE_SECONDS = 1800.0
_ASKED_BEFORE = frozenset({"EMAIL_ALREADY_EXISTS", "CONCURRENT_ACCOUNT_MODIFICATION"})
"""Reasons that also mean that the same request was made before, by us."""
_USABLE = frozenset({"ACTIVE", "PENDING_ACTIVATION"})


class AccountCreation:
    """Asks for accounts and waits for them. Safe to use from several threads."""

    def __init__(self, clients: VendingClients, journal: Journal) -> None:
        self._client = clients.organizations
        self._patience = clients.patience
        self._journal = journal
        self._list = Listing(clients.organizations, clients.patience)

    @cached_property
    def under_way(self) -> dict[str, str]:
        """The request of each creation that was in progress before this run asked for any, by account name."""
        return self._in_progress()

    def create(self, step: CreateAccount) -> str:
        """The id of the account, when it is there. Raises CellsError when AWS does not create it."""
        before = self._journal.request_of(name_of(step)) or self.under_way.get(step.name, "")
        account = self._join(step, before) if before else ""
        if account:
            return account
        request = self._ask(step)
        status = self._wait(request, step)
        if status["State"] == "SUCCEEDED":
            return status["AccountId"]
        reason = status.get("FailureReason", "")
        account = self._asked_before(step) if reason in _ASKED_BEFORE else ""
        if not account:
            raise creation_error(step.name, step.email, reason)
        return account

    def _ask(self, step: CreateAccount) -> str:
        answer = self._patience.call(
            lambda: self._client.create_account(
                AccountName=step.name,
                Email=step.email,
                RoleName=VENDING_ROLE_NAME,
                Tags=[{"Key": key, "Value": value} for key, value in sorted(step.tags.items())],
            )
        )
        request = answer["CreateAccountStatus"]["Id"]
        self._journal.note("asked", name_of(step), request)
        return request

    def _wait(self, request: str, step: CreateAccount) -> CreateAccountStatusTypeDef:
        waited, pause = 0.0, _FIRST_SECONDS
        while True:
            answer = self._patience.call(
                lambda: self._client.describe_create_account_status(CreateAccountRequestId=request)
            )
            status = answer["CreateAccountStatus"]
            if status["State"] != "IN_PROGRESS":
                return status
            if waited >= _PATIENCE_SECONDS:
                raise CellsError(
                    f"AWS is still creating the account {step.name} after {waited / 60:.0f} minutes ({request})",
                    hint="run this again later: the request is found and not made twice",
                )
            self._patience.sleep(pause)
            waited, pause = waited + pause, min(_LONGEST_SECONDS, pause * _GROWTH)

    def _join(self, step: CreateAccount, request: str) -> str:
        """The account of a request that was made before; empty when it led to none, or to one of another address."""
        from botocore.exceptions import ClientError

        try:
            status = self._wait(request, step)
        except ClientError as error:
            # AWS forgets requests after some time.
            if code_of(error) != "CreateAccountStatusNotFoundException":
                raise
            return ""
        if status["State"] != "SUCCEEDED":
            return ""
        account = status["AccountId"]
        found = self._patience.call(lambda: self._client.describe_account(AccountId=account))["Account"]
        return account if found["Email"].lower() == step.email.lower() else ""

    def _asked_before(self, step: CreateAccount) -> str:
        """The account that a request of ours, whose answer was lost, led to."""
        request = self._in_progress().get(step.name, "")
        account = self._join(step, request) if request else ""
        return account or self._by_address(step.email)

    def _by_address(self, email: str) -> str:
        for account in self._list.all_accounts():
            state = account.get("State") or account["Status"]
            if account["Email"].lower() == email.lower() and state in _USABLE:
                return account["Id"]
        return ""

    def _in_progress(self) -> dict[str, str]:
        return {one["AccountName"]: one["Id"] for one in self._list.creations_in_progress()}
