"""Delegated administrators that are not as declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from accounts.services import administrators_of
from accounts.vending import declaring
from accounts.vending.finding import Declare, Finding, Sides
from accounts.vending.held_back import hold_back
from accounts.vending.step import RegisterAdministrator
from accounts.vending.three_sides import THERE, ThreeSides
from accounts.vending.undo_step import DeregisterAdministrator

_Pair = tuple[str, str]
"""A service and the account that administers it."""


class AdministratorDrift:
    """The findings about who administers a service."""

    def __init__(self, sides: ThreeSides) -> None:
        self._sides = sides

    def findings(self) -> Iterator[Finding]:
        """Services without their administrator, and administrators that nobody declares."""
        applied = self._sides.applied
        declared = administrators_of(self._sides.spec)
        old = {(one.principal, one.account) for one in (applied.administrators if applied else ())}
        there = {(one.principal, one.account) for one in self._sides.live.administrators}
        yield from self._missing(declared, old, there)
        yield from self._extra(declared, old, there)

    def _missing(self, declared: Mapping[str, str], old: set[_Pair], there: set[_Pair]) -> Iterator[Finding]:
        for principal, name in sorted(declared.items()):
            account = self._sides.there.get(name)
            if account is None or (principal, account.id) in there:
                continue
            others = sorted(id for one, id in there if one == principal)
            register = RegisterAdministrator(principal=principal, name=name, account=account.id)
            adopted = self._sides.names.get(others[0]) if len(others) == 1 else None
            yield self._sides.made(
                f"administrator:{principal}",
                f"{principal} is administered by {self._said(others)}, not by {name}",
                Sides(name, name if (principal, account.id) in old else None, self._said(others) if others else None),
                [*(self._deregister(principal, id) for id in others), register],
                partial(declaring.with_administrator, principal=principal, name=adopted)
                if adopted
                else hold_back(register),
            )

    def _extra(self, declared: Mapping[str, str], old: set[_Pair], there: set[_Pair]) -> Iterator[Finding]:
        for principal, id in sorted(there):
            expected = self._sides.there.get(declared.get(principal, ""))
            replaced = expected is not None and (principal, expected.id) not in there
            if replaced or (expected is not None and expected.id == id):
                continue
            applied = (principal, id) in old
            if principal in declared and applied:
                # Services such as AWS Config take several. Who was there when the last run ended stays.
                continue
            yield self._extra_administrator(principal, id, declared=principal in declared, applied=applied)

    def _extra_administrator(self, principal: str, id: str, *, declared: bool, applied: bool) -> Finding:
        name = self._sides.names.get(id)
        adopt: Declare | None = None
        if name is not None and not declared:
            adopt = partial(declaring.with_administrator, principal=principal, name=name)
        return self._sides.made(
            f"administrator:{principal}:{id}",
            f"{principal} is administered by {self._said([id])}, which nobody declares",
            Sides(None, THERE if applied else None, THERE),
            [self._deregister(principal, id)],
            adopt,
            no_adopt="a service has one declared administrator" if declared else "declare the account first",
        )

    def _deregister(self, principal: str, id: str) -> DeregisterAdministrator:
        return DeregisterAdministrator(principal=principal, name=self._said([id]), account=id)

    def _said(self, ids: Iterable[str]) -> str:
        return ", ".join(self._sides.names.get(id, id) for id in ids) or "nobody"
