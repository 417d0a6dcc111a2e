"""How far a plan has come: which of its steps the live organization shows as done."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.topology import Account, Topology, UnitPath
from accounts.vending.live import LiveAccount, LiveContact, LiveOrganization
from accounts.vending.plan import Plan
from accounts.vending.step import (
    CloseAccount,
    CreateAccount,
    CreateOrganization,
    CreateUnit,
    EnablePolicyType,
    EnableRootAccess,
    EnableService,
    MoveAccount,
    RegisterAdministrator,
    SetContact,
    Step,
    TagAccount,
)

AccountStep = CreateAccount | MoveAccount | TagAccount | SetContact | RegisterAdministrator
"""A step that is about one account."""


class Progress:
    """Asks a snapshot of the live organization about the steps of a plan."""

    def __init__(self, plan: Plan, topology: Topology, live: LiveOrganization) -> None:
        self._live = live
        self._places = places_of(plan)
        self.accounts = {
            account.name: found for account in topology.accounts if (found := live_account(account, live)) is not None
        }
        """The accounts that are there, by the names that they are declared with."""

    def is_done(self, step: Step) -> bool:
        """Whether nothing is left to do for a step."""
        match step:
            case CreateOrganization():
                return self._live.exists
            case EnablePolicyType(policy_type=type):
                return type in self._live.policy_types
            case EnableService(principal=principal):
                return principal in self._live.services
            case EnableRootAccess(feature=feature):
                return feature in self._live.root_features
            case CreateUnit(path=path):
                return self._live.unit(path) is not None
            case CloseAccount(account=id):
                closing = self._live.account(id=id)
                return closing is None or closing.state != "ACTIVE"
            case _:
                account = self.accounts.get(step.name)
                return account is not None and self._is_done_to(account, step)

    def _is_done_to(self, account: LiveAccount, step: AccountStep) -> bool:
        match step:
            case CreateAccount():
                return True
            case MoveAccount(name=name, target=target):
                # An account that is further on its way does not go back.
                way = self._places[name]
                return account.unit in way[way.index(target) :]
            case TagAccount(tags=tags, remove=remove):
                return tags.items() <= account.tags.items() and not account.tags.keys() & set(remove)
            case SetContact(contact_kind=kind, contact=contact):
                return account.contacts.get(kind) == LiveContact(**contact.model_dump())
            case RegisterAdministrator(principal=principal):
                there = {(one.principal, one.account) for one in self._live.administrators}
                return (principal, account.id) in there


def live_account(account: Account, live: LiveOrganization) -> LiveAccount | None:
    """The account that a declaration means: the management account, else by id, else by address."""
    if account.kind == "management":
        return live.account(id=live.management)
    by_id = live.account(id=account.id) if account.id else None
    return by_id or live.account(email=account.email)


def places_of(plan: Plan) -> Mapping[str, tuple[UnitPath, ...]]:
    """The way of each account that a plan moves: where it starts, and each unit that it comes through."""
    ways: dict[str, tuple[UnitPath, ...]] = {}
    for step in plan.steps:
        if isinstance(step, MoveAccount):
            ways[step.name] = (*ways.get(step.name, (step.source,)), step.target)
    return ways
