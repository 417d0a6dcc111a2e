"""Asks AWS for higher quotas, each once, and reads what it answered.

See https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_RequestServiceQuotaIncrease.html and
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutAccountDetails.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypedDict, cast

from accounts.vending.account_tags import tag_account
from accounts.vending.clients import VendingClients
from accounts.vending.errors import code_of
from accounts.vending.quota_step import Answer, QuotaName, QuotaStep, RequestEmail, RequestQuota
from accounts.vending.waits import Waits

_CODES: Mapping[QuotaName, tuple[str, str]] = {
    "accounts": ("organizations", "L-E619E033"),
    "fargate-vcpu": ("fargate", "L-3032A538"),
    "lambda-concurrency": ("lambda", "L-B99A9384"),
}
"""The service and the code of each quota."""

_OPEN = frozenset({"PENDING", "CASE_OPENED"})
_REFUSED = frozenset({"DENIED", "NOT_APPROVED", "CASE_CLOSED", "INVALID_REQUEST"})
_REVIEWED: Mapping[str, Answer] = {
    "GRANTED": "approved",
    "DENIED": "denied",
    "FAILED": "denied",
    "PENDING": "requested",
}


class Quota(TypedDict):
    """A quota."""

    Value: float


class QuotaAnswer(TypedDict):
    """What GetServiceQuota answers."""

    Quota: Quota


class Change(TypedDict):
    """A request that was made."""

    DesiredValue: float
    Status: str


class Changes(TypedDict, total=False):
    """A page of them."""

    RequestedQuotas: list[Change]
    NextToken: str


class QuotasClient(Protocol):
    """What is used of Service Quotas; its type stubs are not installed."""

    def get_service_quota(self, *, ServiceCode: str, QuotaCode: str) -> QuotaAnswer:
        """The quota as it is in the account."""

    def list_requested_service_quota_change_history_by_quota(
        self, *, ServiceCode: str, QuotaCode: str, NextToken: str = ...
    ) -> Changes:
        """The requests of the account for one quota."""

    def request_service_quota_increase(self, *, ServiceCode: str, QuotaCode: str, DesiredValue: float) -> object:
        """Ask for more."""


class Review(TypedDict, total=False):
    """Where a review is."""

    Status: str


class Details(TypedDict, total=False):
    """What an account said of what it sends."""

    ReviewDetails: Review


class EmailAccount(TypedDict, total=False):
    """What GetAccount answers."""

    ProductionAccessEnabled: bool
    Details: Details


class EmailClient(Protocol):
    """What is used of Amazon SES; its type stubs are not installed."""

    def get_account(self) -> EmailAccount:
        """The account as SES knows it."""

    def put_account_details(
        self,
        *,
        MailType: str,
        WebsiteURL: str,
        UseCaseDescription: str,
        ContactLanguage: str,
        ProductionAccessEnabled: bool,
    ) -> object:
        """Ask for production access."""


class QuotaRequests:
    """Asks in the accounts that need more."""

    def __init__(self, clients: VendingClients) -> None:
        self._clients = clients
        self._patience = clients.patience

    def make(self, step: QuotaStep, account: str) -> str:
        """Ask, unless it was asked for, and write down what AWS said, in a word. Raises Waits as long as it decides."""
        answer = self._email(step, account) if isinstance(step, RequestEmail) else self._quota(step, account)
        tag_account(self._clients, account, {step.tag(): step.said(answer)})
        if answer == "requested":
            raise Waits("AWS has not answered yet; nothing else waits for it")
        return answer

    def _quota(self, step: RequestQuota, account: str) -> Answer:
        client = cast(QuotasClient, self._clients.members.open("service-quotas", account, step.region))
        service, code = _CODES[step.quota]
        there = self._patience.call(lambda: client.get_service_quota(ServiceCode=service, QuotaCode=code))
        if there["Quota"]["Value"] >= step.value:
            return "approved"
        made = self._made(client, service, code)
        if any(one["Status"] in _OPEN for one in made) or any(_gives(one, step.value) for one in made):
            # AWS takes one request at a time. One that was approved changes the quota some minutes later.
            return "requested"
        if any(one["Status"] in _REFUSED and one["DesiredValue"] <= step.value for one in made):
            return "denied"
        self._patience.call(
            lambda: client.request_service_quota_increase(
                ServiceCode=service, QuotaCode=code, DesiredValue=float(step.value)
            )
        )
        return "requested"

    def _made(self, client: QuotasClient, service: str, code: str) -> Sequence[Change]:
        found: list[Change] = []
        token = ""
        while True:
            page = self._page(client, service, code, token)
            found += page.get("RequestedQuotas", [])
            token = page.get("NextToken", "")
            if not token:
                return found

    def _page(self, client: QuotasClient, service: str, code: str, token: str) -> Changes:
        more = {"NextToken": token} if token else {}
        return self._patience.call(
            lambda: client.list_requested_service_quota_change_history_by_quota(
                ServiceCode=service, QuotaCode=code, **more
            )
        )

    def _email(self, step: RequestEmail, account: str) -> Answer:
        from botocore.exceptions import ClientError

        client = cast(EmailClient, self._clients.members.open("sesv2", account, step.region))
        there = self._patience.call(client.get_account)
        if there.get("ProductionAccessEnabled"):
            return "approved"
        status = there.get("Details", {}).get("ReviewDetails", {}).get("Status", "")
        if status:
            return _REVIEWED.get(status, "requested")
        try:
            self._patience.call(
                lambda: client.put_account_details(
                    MailType="TRANSACTIONAL",
                    WebsiteURL=step.email.website,
                    UseCaseDescription=step.email.use_case,
                    ContactLanguage="EN",
                    ProductionAccessEnabled=True,
                )
            )
        except ClientError as error:
            # A review of ours is open, whose request was answered to nobody.
            if code_of(error) != "ConflictException":
                raise
        return "requested"


def _gives(change: Change, value: int) -> bool:
    return change["Status"] == "APPROVED" and change["DesiredValue"] >= value
