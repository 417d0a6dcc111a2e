"""The steps of one account, in their order: made, into Onboarding, prepared, out of it, and what else it gets.

An account leaves Onboarding last, because its users may do things in it from then on. The platform's own accounts do
not wait for a baseline before there is any: one of them brings it to all others, and one keeps what it records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from accounts.spec import OrganizationSpec
from accounts.topology import ONBOARDING, Account
from accounts.units import Contact
from accounts.vending.baseline_step import WaitForBaseline
from accounts.vending.bootstrap_step import BootstrapAccount, bootstrap_tag, bootstraps_of
from accounts.vending.live import ContactKind, LiveAccount, LiveContact, LiveOrganization
from accounts.vending.lock_step import lock_steps
from accounts.vending.platform_policies_step import PLATFORM_POLICIES_TAG, platform_policies_of
from accounts.vending.quota_step import QuotaStep, requests_of
from accounts.vending.saml_step import SAML_TAG, saml_provider_of
from accounts.vending.settings_step import SETTINGS_TAG, ApplySettings, settings_of
from accounts.vending.step import CreateAccount, MoveAccount, SetContact, Step, TagAccount


class AccountPlan:
    """Plans accounts of one organization."""

    def __init__(self, spec: OrganizationSpec, live: LiveOrganization) -> None:
        self._spec = spec
        self._live = live
        self._settings = settings_of(spec)

    def of(self, account: Account, there: LiveAccount | None) -> Iterator[Step]:
        """The steps of an account that is there, or that is not yet."""
        if there is not None:
            yield from self._changes(account, there)
        elif account.kind == "management":
            yield from self._management(account)
        else:
            yield CreateAccount(name=account.name, email=account.email, tags=dict(account.tags))
            yield MoveAccount(name=account.name, account=None, source=(), target=ONBOARDING)
            yield from self._preparation(account, None, leaves=True)
            yield MoveAccount(name=account.name, account=None, source=ONBOARDING, target=account.unit)
            yield from self._tail(account, None)

    def _management(self, account: Account) -> Iterator[Step]:
        """There is no organization yet. The management account of the new one has no tags."""
        id = self._live.management
        yield TagAccount(name=account.name, account=id, tags=dict(account.tags))
        there = LiveAccount(id=id, name=account.name, email=account.email, unit=())
        yield from self._preparation(account, there, leaves=False)
        yield from self._tail(account, None)

    def _changes(self, account: Account, there: LiveAccount) -> Iterator[Step]:
        prepared = list(self._preparation(account, there, leaves=there.unit == ONBOARDING != account.unit))
        if self._came_out_unprepared(account, there):
            prepared = list(self._preparation(account, there, leaves=True))
            yield MoveAccount(name=account.name, account=there.id, source=(), target=ONBOARDING)
            there = there.model_copy(update={"unit": ONBOARDING})
        yield from prepared
        if there.unit != account.unit:
            yield MoveAccount(name=account.name, account=there.id, source=there.unit, target=account.unit)
        wanted = {key: value for key, value in account.tags.items() if there.tags.get(key) != value}
        if wanted:
            yield TagAccount(name=account.name, account=there.id, tags=wanted)
        yield from self._tail(account, there)

    def _came_out_unprepared(self, account: Account, there: LiveAccount) -> bool:
        """Whether a new account never came into Onboarding: the run that made it ended too early."""
        prepares = not self._settings.is_empty and SETTINGS_TAG not in there.tags
        return account.kind != "management" and there.unit == () != account.unit and prepares

    def _preparation(self, account: Account, there: LiveAccount | None, *, leaves: bool) -> Iterator[Step]:
        tags = there.tags if there else {}
        id = there.id if there else None
        if not self._settings.is_empty and tags.get(SETTINGS_TAG) != self._settings.digest:
            yield ApplySettings(name=account.name, account=id, settings=self._settings)
        policies = platform_policies_of(self._spec, account, id)
        if policies and tags.get(PLATFORM_POLICIES_TAG) != policies.digest:
            yield policies
        bootstraps: Sequence[BootstrapAccount] = [
            one for one in bootstraps_of(self._spec, account, id) if tags.get(bootstrap_tag(one.region)) != one.digest
        ]
        needs_policy = any(one.comes_with_the_baseline for one in bootstraps)
        if self._waits(account) and (leaves or needs_policy) and not self._has_baseline(there):
            yield WaitForBaseline(name=account.name, account=id)
        yield from bootstraps

    def _waits(self, account: Account) -> bool:
        """Whether an account waits for the baseline at all. No stack set reaches the management account."""
        if account.kind == "management":
            return False
        return account.kind != "platform" or bool(self._live.baselines)

    def _has_baseline(self, there: LiveAccount | None) -> bool:
        return there is not None and self._live.baselines.get(there.id) == "current"

    def _tail(self, account: Account, there: LiveAccount | None) -> Iterator[Step]:
        yield from lock_steps(self._spec, account, there)
        provider = saml_provider_of(self._spec, account, there.id if there else None)
        if provider and (there is None or there.tags.get(SAML_TAG) != provider.digest):
            yield provider
        yield from contact_steps(self._spec, account.name, there)
        for request in self._requests(account, there):
            if there is None or request.answer(there) in (None, "requested"):
                yield request

    def _requests(self, account: Account, there: LiveAccount | None) -> Iterator[QuotaStep]:
        own = self._live.management if account.kind == "management" else None
        yield from requests_of(self._spec, account, there.id if there else own)

    def notes(self, account: Account, there: LiveAccount) -> Iterator[str]:
        """What AWS answered to requests, for a person."""
        for request in self._requests(account, there):
            answer = request.answer(there)
            if answer == "requested":
                yield f"{request.line()}: asked, AWS has not answered yet"
            elif answer == "denied":
                yield f"{request.line()}: AWS denied it, and it is not asked again; ask AWS Support, or declare less"


def prepared_tags(spec: OrganizationSpec, account: Account) -> dict[str, str]:
    """The tags by which an account says that everything in it is as declared."""
    settings = settings_of(spec)
    policies = platform_policies_of(spec, account, account.id)
    provider = saml_provider_of(spec, account, account.id)
    return {
        **({} if settings.is_empty else {SETTINGS_TAG: settings.digest}),
        **({PLATFORM_POLICIES_TAG: policies.digest} if policies else {}),
        **({SAML_TAG: provider.digest} if provider else {}),
        **{bootstrap_tag(one.region): one.digest for one in bootstraps_of(spec, account, account.id)},
        **{one.tag(): one.said("approved") for one in requests_of(spec, account, account.id)},
        **{one.tag: one.lock for one in lock_steps(spec, account, None)},
    }


def contact_steps(spec: OrganizationSpec, name: str, there: LiveAccount | None) -> Iterator[SetContact]:
    """The alternate contacts of an account that are not as declared."""
    wanted: Mapping[ContactKind, Contact | None] = {
        "BILLING": spec.contacts.billing,
        "OPERATIONS": spec.contacts.operations,
        "SECURITY": spec.contacts.security,
    }
    for kind, contact in wanted.items():
        if contact is None:
            continue
        live = LiveContact(name=contact.name, title=contact.title, email=contact.email, phone=contact.phone)
        if there is None or there.contacts.get(kind) != live:
            yield SetContact(name=name, account=there.id if there else None, contact_kind=kind, contact=contact)
