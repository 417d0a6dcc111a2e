"""What drift is told from: the declaration, what the last run left, and what is there, with what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from accounts.spec import OrganizationSpec
from accounts.topology import Topology, UnitPath
from accounts.vending.finding import Declare, Finding, Mover, Sides
from accounts.vending.ignored import IgnoredParts
from accounts.vending.live import LiveAccount, LiveOrganization
from accounts.vending.progress import live_account
from accounts.vending.step import Step

THERE = "there"
"""What a side says of something that it only has or has not."""


def mover_of(sides: Sides, *, applied: bool) -> Mover:
    """Who moved; `applied` says whether there is a last run to compare with."""
    if not applied:
        return "unknown"
    if sides.live == sides.applied:
        return "declaration"
    return "organization" if sides.declared == sides.applied else "both"


class ThreeSides:
    """The three sides of an organization. `applied` is None before the first run."""

    def __init__(
        self, spec: OrganizationSpec, topology: Topology, live: LiveOrganization, applied: LiveOrganization | None
    ) -> None:
        self.spec = spec
        self.topology = topology
        self.live = live
        self.applied = applied
        self.ignored = IgnoredParts(spec, live)
        self.there = {account.name: live_account(account, live) for account in topology.accounts}
        """The declared accounts by their names; None for those that are not there."""
        self.names = {found.id: name for name, found in self.there.items() if found is not None}
        """The names that live accounts are declared with, by id."""
        self.renamed = dict(self._renamed_units({unit.path for unit in topology.units}))
        """Units that somebody renamed, by id: the declared path and the new one."""

    def before(self, id: str | None) -> LiveAccount | None:
        """An account as the last run left it."""
        return self.applied.account(id=id) if self.applied is not None and id is not None else None

    def unrenamed(self, path: UnitPath) -> UnitPath:
        """A path without what somebody renamed: accounts in a renamed unit have not moved."""
        for old, new in self.renamed.values():
            if path[: len(new)] == new:
                return (*old, *path[len(old) :])
        return path

    def made(
        self,
        name: str,
        line: str,
        sides: Sides,
        revert: Iterable[Step] = (),
        adopt: Declare | None = None,
        *,
        no_revert: str = "",
        no_adopt: str = "",
    ) -> Finding:
        """A finding, with who moved."""
        mover = mover_of(sides, applied=self.applied is not None)
        return Finding(name, line, mover, sides, tuple(revert), no_revert, adopt, no_adopt)

    def _renamed_units(self, declared: set[UnitPath]) -> Iterator[tuple[str, tuple[UnitPath, UnitPath]]]:
        before = {unit.id: unit.path for unit in (self.applied.units if self.applied else ())}
        for unit in self.live.units:
            old = before.get(unit.id, unit.path)
            if old != unit.path and old[:-1] == unit.path[:-1] and old in declared and unit.path not in declared:
                yield unit.id, (old, unit.path)
