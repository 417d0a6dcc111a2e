"""What the accounts of an organization have in common, so that it is declared once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from accounts.services import ADMINISTRATORS
from accounts.units import Contact, Contacts
from accounts.vending.live import LiveAccount, LiveAdministrator

Note = Callable[[str], None]
"""Tells a person what could not be declared."""

_PLATFORM_TAGS = frozenset({"organization", "managed-by", "product", "environment", "owner", "expires"})


def shared_tags(accounts: Sequence[LiveAccount]) -> dict[str, str]:
    """The tags that every account has with the same value, without those that the platform sets; sorted."""
    common = dict(accounts[0].tags.items()) if accounts else {}
    for one in accounts[1:]:
        common = {key: value for key, value in common.items() if one.tags.get(key) == value}
    own = {k: v for k, v in common.items() if k not in _PLATFORM_TAGS and not k.startswith(("cells:", "aws:"))}
    return dict(sorted(own.items()))


def shared_contacts(accounts: Sequence[LiveAccount], note: Note) -> Contacts:
    """The alternate contacts that all accounts have alike. Tells those that differ, and declares none of them."""
    contacts = Contacts()
    for kind in ("BILLING", "OPERATIONS", "SECURITY"):
        found = {contact for one in accounts if (contact := one.contacts.get(kind)) is not None}
        first = next(iter(found), None)
        if len(found) == 1 and first is not None and all(kind in one.contacts for one in accounts):
            declared = Contact(name=first.name, title=first.title, email=first.email, phone=first.phone)
            contacts = contacts.model_copy(update={kind.lower(): declared})
        elif found:
            note(f"the {kind.lower()} contacts of the accounts differ, and none is declared")
    return contacts


def other_administrators(
    there: Sequence[LiveAdministrator], declared: Mapping[str, LiveAccount], note: Note
) -> dict[str, str]:
    """The declared account that administers each service, where it is not the platform's choice; sorted."""
    names = {one.id: name for name, one in declared.items()}
    by_service: dict[str, list[str]] = {}
    for one in there:
        by_service.setdefault(one.principal, []).append(one.account)
    chosen: dict[str, str] = {}
    for principal, ids in sorted(by_service.items()):
        expected = declared.get(ADMINISTRATORS.get(principal, ""))
        if expected is not None and expected.id in ids:
            continue
        known = [names[id] for id in ids if id in names]
        if known:
            chosen[principal] = known[0]
        else:
            note(f"{principal} is administered by {', '.join(ids)}, which is not declared")
    return chosen
