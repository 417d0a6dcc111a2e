"""How far a plan has come: which of its steps the live organization shows as done."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.topology import Account, Topology, UnitPath
from accounts.vending.base_step import Seen
from accounts.vending.live import LiveAccount, LiveOrganization
from accounts.vending.plan import Plan
from accounts.vending.step import MoveAccount, SetContact, Step, TagAccount
from accounts.vending.undo_step import DeleteContact, RenameAccount


class Progress:
    """Asks a snapshot of the live organization about the steps of a plan."""

    def __init__(self, plan: Plan, topology: Topology, live: LiveOrganization) -> None:
        self.accounts = {
            account.name: found for account in topology.accounts if (found := live_account(account, live)) is not None
        }
        """The accounts that are there, by the names that they are declared with."""
        self.undeclared = {
            step.name: found
            for step in plan.steps
            if isinstance(step, MoveAccount | TagAccount | SetContact | RenameAccount | DeleteContact)
            if step.name not in self.accounts and step.account is not None
            if (found := live.account(id=step.account)) is not None
        }
        """The accounts that a plan names by id and nobody declares, by the names that the plan has for them."""
        self._seen = Seen(live, {**self.undeclared, **self.accounts}, places_of(plan))

    def is_done(self, step: Step) -> bool:
        """Whether nothing is left to do for a step."""
        return step.is_done(self._seen)

    def holds(self, step: Step) -> bool:
        """Whether what a chosen step is about is still as it was when it was chosen."""
        return step.holds(self._seen)


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
