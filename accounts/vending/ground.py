"""What a run knows of the organization while it changes it: the ids of units and accounts, and where accounts are."""

from __future__ import annotations

from accounts.topology import Topology, UnitPath, path_text
from accounts.vending.live import LiveOrganization
from accounts.vending.progress import Progress
from constructs_lib.specs.errors import CellsError


class Ground:
    """Ids by name. Each account is changed by one thread."""

    def __init__(self, topology: Topology, live: LiveOrganization, progress: Progress) -> None:
        self.management = live.management
        self.units: dict[UnitPath, str] = {unit.path: unit.id for unit in live.units}
        if live.exists:
            self.units[()] = live.root
        there = {**progress.undeclared, **progress.accounts}
        self.accounts: dict[str, str] = {name: found.id for name, found in there.items()}
        # Known before there is an organization: it makes the organization.
        self.accounts.update((one.name, live.management) for one in topology.accounts if one.kind == "management")
        self.places: dict[str, UnitPath] = {found.id: found.unit for found in live.accounts}

    def unit(self, path: UnitPath) -> str:
        """The id of a unit. Raises CellsError when it is not there."""
        if path not in self.units:
            raise CellsError(f"the unit {path_text(path)} is not there", hint="plan again")
        return self.units[path]

    def account(self, name: str) -> str:
        """The id of an account. Raises CellsError when it is not there."""
        if name not in self.accounts:
            raise CellsError(f"the account {name} is not there", hint="plan again")
        return self.accounts[name]
