"""Accounts that are missing, closed, moved, renamed or unknown, and their addresses, tags and contacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, partial

from accounts.spec import OrganizationSpec
from accounts.topology import SUSPENDED, Account, UnitPath, path_text
from accounts.units import Contact
from accounts.vending import declaring
from accounts.vending.finding import Declare, Finding, Sides
from accounts.vending.held_back import hold_back
from accounts.vending.live import ContactKind, LiveAccount, LiveContact
from accounts.vending.step import CreateUnit, MoveAccount, SetContact, Step, TagAccount
from accounts.vending.suspension import GONE, is_closing
from accounts.vending.three_sides import THERE, ThreeSides
from accounts.vending.undo_step import DeleteContact, RenameAccount

_BESIDE = frozenset({"extra", "sandbox", "canary"})
"""Kinds of accounts that organization.yaml places."""
_OWN_TAGS = "cells:"
"""The engine's own notes on an account begin so."""


class AccountDrift:
    """The findings about accounts."""

    def __init__(self, sides: ThreeSides) -> None:
        self._sides = sides

    def findings(self) -> Iterator[Finding]:
        """Unknown accounts, and then what differs of each declared one."""
        yield from self._unknown_accounts()
        for account in self._sides.topology.accounts:
            yield from self._account(account)

    def _unknown_accounts(self) -> Iterator[Finding]:
        taken = {account.name for account in self._sides.topology.accounts}
        for there in self._sides.live.accounts:
            if (
                there.id in self._sides.names
                or self._sides.ignored.account(there)
                or is_closing(there)
                or there.unit == SUSPENDED
            ):
                continue
            applied = self._sides.before(there.id) is not None
            yield self._sides.made(
                f"account:{there.id}",
                f"the account {there.name} ({there.id}) in {path_text(there.unit)} is not declared",
                Sides(None, THERE if applied else None, THERE),
                adopt=partial(declaring.with_account, live=there, taken=frozenset(taken)),
                no_revert=f"an account is never closed by a missing line: cells org close-account {there.id}",
            )

    def _account(self, account: Account) -> Iterator[Finding]:
        there = self._sides.there[account.name]
        if there is None:
            yield from self._missing_account(account)
        elif not self._sides.ignored.account(there) and there.state in GONE:
            yield self._closed(account, there)
        elif not self._sides.ignored.account(there) and not is_closing(there):
            yield from self._place(account, there)
            yield from self._title(account, there)
            yield from self._email(account, there)
            yield from self._tags(account, there)
            yield from self._contacts(account, there)

    def _missing_account(self, account: Account) -> Iterator[Finding]:
        before = self._sides.before(account.id)
        if account.id is None:
            # It was never there: what the plan says of it is the finding.
            return
        yield self._sides.made(
            f"account:{account.name}",
            f"the account {account.name} ({account.id}) is not in the organization",
            Sides(THERE, THERE if before else None, None),
            no_revert="invite it again, in the console",
            no_adopt="take it out of the declaration and out of accounts/registry.json",
        )

    def _closed(self, account: Account, there: LiveAccount) -> Finding:
        before = self._sides.before(there.id)
        declarable = account.kind in _BESIDE
        return self._sides.made(
            f"account:{account.name}:state",
            f"the account {account.name} ({there.id}) is {there.state}",
            Sides("ACTIVE", before.state if before else None, there.state),
            adopt=partial(declaring.without_account, account=account.name) if declarable else None,
            no_revert="AWS Support reopens an account within 90 days after it was closed",
            no_adopt="take its environment out of the product's file",
        )

    def _place(self, account: Account, there: LiveAccount) -> Iterator[Finding]:
        if self._sides.unrenamed(there.unit) == account.unit:
            return
        before = self._sides.before(there.id)
        missing = [path for path in _around(account.unit) if self._sides.live.unit(path) is None]
        move = MoveAccount(name=account.name, account=there.id, source=there.unit, target=account.unit)
        yield self._sides.made(
            f"account:{account.name}:unit",
            f"the account {account.name} is in {path_text(there.unit)}, not in {path_text(account.unit)}",
            Sides(path_text(account.unit), path_text(before.unit) if before else None, path_text(there.unit)),
            [*(CreateUnit(path=path) for path in missing), move],
            self._adopted_place(account, there, move),
        )

    def _adopted_place(self, account: Account, there: LiveAccount, move: MoveAccount) -> Declare:
        if account.kind in _BESIDE:
            moved = declaring.moved(self._sides.spec, account.name, account.email, there.unit)
            if moved is not None:
                return partial(_moved, account=account, target=there.unit)
        return hold_back(move)

    def _title(self, account: Account, there: LiveAccount) -> Iterator[Finding]:
        before = self._sides.before(there.id)
        # AWS named the management account when somebody signed up: that is its name until somebody says another.
        declared = account.title
        if account.kind == "management" and account.name not in self._sides.spec.names:
            declared = before.name if before else there.name
        if there.name == declared:
            return
        yield self._sides.made(
            f"account:{account.name}:name",
            f"the account {account.name} ({there.id}) is called '{there.name}', not '{declared}'",
            Sides(declared, before.name if before else None, there.name),
            [RenameAccount(name=account.name, account=there.id, title=declared, was=there.name)],
            partial(declaring.with_name, account=account.name, title=there.name),
        )

    def _email(self, account: Account, there: LiveAccount) -> Iterator[Finding]:
        before = self._sides.before(there.id)
        declared = account.email
        if account.kind == "management" and account.name not in self._sides.spec.emails:
            declared = before.email if before else there.email
        if there.email.lower() == declared.lower():
            return
        yield self._sides.made(
            f"account:{account.name}:email",
            f"the root address of {account.name} ({there.id}) is {there.email}, not {declared}",
            Sides(declared, before.email if before else None, there.email),
            adopt=partial(declaring.with_email, account=account.name, email=there.email),
            no_revert="AWS changes a root address only with a code that it sends there: do it in the console",
        )

    def _tags(self, account: Account, there: LiveAccount) -> Iterator[Finding]:
        before = self._sides.before(there.id)
        old: Mapping[str, str] = before.tags if before else {}
        for key in sorted({*account.tags, *there.tags, *old}):
            if key.startswith(_OWN_TAGS):
                continue
            declared, live = account.tags.get(key), there.tags.get(key)
            if declared is None and (before is None or old.get(key) == live):
                continue
            if declared != live:
                yield self._tag(account, there, key, Sides(declared, old.get(key), live))

    def _tag(self, account: Account, there: LiveAccount, key: str, sides: Sides) -> Finding:
        # A tag that nobody declares goes back to what the last run left.
        wanted = sides.declared if sides.declared is not None else sides.applied
        set_, remove = ({key: wanted}, ()) if wanted is not None else ({}, (key,))
        adopt, why = self._adopted_tag(account, key, sides)
        said = f"is '{sides.live}'" if sides.live is not None else "is gone"
        expected = f", not '{wanted}'" if wanted is not None else ", and nobody declares it"
        return self._sides.made(
            f"account:{account.name}:tag:{key}",
            f"the tag {key} of {account.name} ({there.id}) {said}{expected}",
            sides,
            [TagAccount(name=account.name, account=there.id, tags=set_, remove=remove)],
            adopt,
            no_adopt=why,
        )

    def _adopted_tag(self, account: Account, key: str, sides: Sides) -> tuple[Declare | None, str]:
        own = self._sides.spec.account_tags.get(account.name, {})
        if key in account.tags and key not in own and key not in self._sides.spec.tags:
            return None, "the platform sets it; `ignore` in accounts/organization.yaml leaves the whole account alone"
        if sides.live is not None:
            return partial(declaring.with_tag, account=account.name, key=key, value=sides.live), ""
        if key in own:
            return partial(declaring.without_tag, account=account.name, key=key), ""
        if key in self._sides.spec.tags:
            return None, "it is declared for all accounts, under `tags` in accounts/organization.yaml"
        return None, "nobody declares it: with the next run its absence is what was left"

    def _contacts(self, account: Account, there: LiveAccount) -> Iterator[Finding]:
        before = self._sides.before(there.id)
        for kind, declared in self._declared_contacts:
            old = before.contacts.get(kind) if before else None
            live = there.contacts.get(kind)
            if declared is None and (before is None or old == live):
                continue
            if declared != live:
                yield self._contact(account, there, kind, (declared, old, live))

    @cached_property
    def _declared_contacts(self) -> tuple[tuple[ContactKind, LiveContact | None], ...]:
        contacts = self._sides.spec.contacts
        pairs: tuple[tuple[ContactKind, Contact | None], ...] = (
            ("BILLING", contacts.billing),
            ("OPERATIONS", contacts.operations),
            ("SECURITY", contacts.security),
        )
        return tuple((kind, LiveContact(**one.model_dump()) if one else None) for kind, one in pairs)

    def _contact(
        self,
        account: Account,
        there: LiveAccount,
        kind: ContactKind,
        sides: tuple[LiveContact | None, LiveContact | None, LiveContact | None],
    ) -> Finding:
        declared, old, live = sides
        wanted = declared or old
        step: Step = (
            SetContact(name=account.name, account=there.id, contact_kind=kind, contact=Contact(**wanted.model_dump()))
            if wanted is not None
            else DeleteContact(name=account.name, account=there.id, contact_kind=kind)
        )
        adopt: Declare = partial(declaring.without_contact, kind=kind)
        if live is not None:
            adopt = partial(declaring.with_contact, kind=kind, live=live)
        return self._sides.made(
            f"account:{account.name}:contact:{kind}",
            f"the {kind.lower()} contact of {account.name} ({there.id}) is {_person(live)}, not {_person(wanted)}",
            Sides(*(_person(one) if one else None for one in sides)),
            [step],
            adopt,
        )


def _around(path: UnitPath) -> list[UnitPath]:
    return [path[: depth + 1] for depth in range(len(path))]


def _person(contact: LiveContact | None) -> str:
    return f"{contact.name} <{contact.email}>" if contact else "nobody"


def _moved(spec: OrganizationSpec, *, account: Account, target: UnitPath) -> OrganizationSpec:
    moved = declaring.moved(spec, account.name, account.email, target)
    assert moved is not None
    return moved
