"""What something else manages: what is declared so, and what AWS Control Tower governs. It is never changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accounts.spec import OrganizationSpec
from accounts.topology import Topology, UnitPath, path_text
from accounts.vending.base_step import AccountStep
from accounts.vending.control_tower import OWNED_SERVICES
from accounts.vending.live import LiveAccount, LiveOrganization
from accounts.vending.step import CreateAccount, CreateUnit, EnableService, MoveAccount, Step


class IgnoredParts:
    """Tells what belongs to somebody else."""

    def __init__(self, spec: OrganizationSpec, live: LiveOrganization) -> None:
        self._live = live
        self._tower = live.control_tower
        self._governed = set(self._tower.units if self._tower else ())
        self._units = {tuple(path.split("/")) for path in spec.ignore.units}
        self._accounts = set(spec.ignore.accounts)

    def unit(self, path: UnitPath) -> bool:
        """Whether a unit is somebody else's."""
        return self.governed(path) or any(path[: len(root)] == root for root in self._units)

    def account(self, account: LiveAccount) -> bool:
        """Whether an account is somebody else's."""
        return self.governs(account) or account.id in self._accounts or self.unit(account.unit)

    def governed(self, path: UnitPath) -> bool:
        """Whether Control Tower governs a unit, or one around it."""
        return any(path[:depth] in self._governed for depth in range(1, len(path) + 1))

    def governs(self, account: LiveAccount) -> bool:
        """Whether Control Tower manages an account."""
        tower = self._tower
        return tower is not None and (account.id in tower.accounts or self.governed(account.unit))

    def allowed(self, steps: Sequence[Step]) -> list[Step]:
        """The steps without those that would change what Control Tower manages."""
        made_there = self._made_there(steps)
        return [step for step in steps if not self._is_towers(step, made_there)]

    def notes(self, topology: Topology, steps: Sequence[Step]) -> Iterator[str]:
        """What is left to Control Tower, for a person."""
        if self._tower is None:
            return
        units = ", ".join(path_text(path) for path in self._tower.units) or "no unit"
        yield f"AWS Control Tower governs {units} and what is in them; nothing of it is changed"
        for name in sorted(self._made_there(steps)):
            unit = path_text(topology.account(name).unit)
            yield f"account {name} is declared in {unit}, which Control Tower governs: make it with Account Factory"

    def _made_there(self, steps: Sequence[Step]) -> set[str]:
        """The accounts that steps would make in a unit of Control Tower's."""
        made = {step.name for step in steps if isinstance(step, CreateAccount)}
        return {
            step.name
            for step in steps
            if isinstance(step, MoveAccount) and step.name in made and self.governed(step.target)
        }

    def _is_towers(self, step: Step, made_there: set[str]) -> bool:
        match step:
            case CreateUnit(path=path):
                return self.governed(path)
            case EnableService(principal=principal):
                return self._tower is not None and principal in OWNED_SERVICES
            case MoveAccount(target=target) if self.governed(target):
                return True
            case AccountStep(name=name) if name in made_there:
                return True
        id = getattr(step, "account", None)
        there = self._live.account(id=id) if id else None
        return there is not None and self.governs(there)
