"""The steps that ask AWS for higher quotas, and what is known of what it said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from accounts.quota_requests import EmailProduction
from accounts.spec import OrganizationSpec
from accounts.topology import Account
from accounts.vending.base_step import PromisedAccountStep, Seen, Sign
from accounts.vending.live import LiveAccount
from constructs_lib.specs.identity import Region
from constructs_lib.specs.region import EDGE_REGION

QuotaName = Literal["accounts", "fargate-vcpu", "lambda-concurrency"]
Answer = Literal["requested", "approved", "denied"]


class _AskedStep(PromisedAccountStep):
    """A request to AWS. What it answered is a tag of the account, so that a plan has to ask nobody."""

    sign: ClassVar[Sign] = "+"
    region: Region

    def topic(self) -> str:
        """What it is about, in one word."""
        raise NotImplementedError

    def wanted(self) -> str:
        """What is asked for, in one word."""
        raise NotImplementedError

    def subject(self) -> tuple[str, ...]:
        return (self.name, self.topic(), self.region)

    def tag(self) -> str:
        """The key of the tag."""
        return f"cells:quota:{self.topic()}:{self.region}"

    def said(self, answer: Answer) -> str:
        """The value of the tag."""
        return f"{self.wanted()} {answer}"

    def answer(self, there: LiveAccount) -> Answer | None:
        """What AWS answered as far as it is known; None when it was not asked for this yet."""
        answers: tuple[Answer, ...] = ("requested", "approved", "denied")
        return next((one for one in answers if there.tags.get(self.tag()) == self.said(one)), None)

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return self.answer(there) in ("approved", "denied")


class RequestQuota(_AskedStep):
    """Ask Service Quotas for more."""

    kind: Literal["request-quota"] = "request-quota"
    quota: QuotaName
    value: int

    def topic(self) -> str:
        return self.quota

    def wanted(self) -> str:
        return str(self.value)

    def line(self) -> str:
        return f"account {self.name}: asks AWS for {self.value} {_NOUNS[self.quota]} in {self.region}"


class RequestEmail(_AskedStep):
    """Ask Amazon SES for production access."""

    kind: Literal["request-email"] = "request-email"
    email: EmailProduction

    def topic(self) -> str:
        return "email"

    def wanted(self) -> str:
        return "production"

    def line(self) -> str:
        return f"account {self.name}: asks Amazon SES for production access in {self.region}"


QuotaStep = RequestQuota | RequestEmail

_NOUNS = {
    "accounts": "accounts",
    "fargate-vcpu": "vCPUs of Fargate",
    "lambda-concurrency": "functions at the same time",
}


def requests_of(spec: OrganizationSpec, account: Account, id: str | None) -> Iterator[QuotaStep]:
    """What is asked for in an account."""
    quotas, name, home = spec.quotas, account.name, spec.home_region
    if account.kind == "management" and quotas.accounts is not None:
        # Organizations has its quotas in one region.
        yield RequestQuota(name=name, account=id, region=EDGE_REGION, quota="accounts", value=quotas.accounts)
    if account.kind != "cell" or account.tags.get("environment") not in quotas.environments:
        return
    if quotas.fargate_vcpu is not None:
        yield RequestQuota(name=name, account=id, region=home, quota="fargate-vcpu", value=quotas.fargate_vcpu)
    if quotas.lambda_concurrency is not None:
        value = quotas.lambda_concurrency
        yield RequestQuota(name=name, account=id, region=home, quota="lambda-concurrency", value=value)
    if quotas.email is not None:
        yield RequestEmail(name=name, account=id, region=home, email=quotas.email)
