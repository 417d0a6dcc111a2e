"""What something else manages: never changed, and never called drift."""

from __future__ import annotations

from accounts.spec import OrganizationSpec
from accounts.topology import UnitPath
from accounts.vending.live import LiveAccount, LiveOrganization


class IgnoredParts:
    """The declared `ignore`, asked about units and accounts that are there."""

    def __init__(self, spec: OrganizationSpec, live: LiveOrganization) -> None:
        self._units = {tuple(path.split("/")) for path in spec.ignore.units}
        self._accounts = set(spec.ignore.accounts)
        self._live = live

    def unit(self, path: UnitPath) -> bool:
        """Whether a unit, or one around it, is ignored."""
        return any(path[: len(root)] == root for root in self._units)

    def account(self, account: LiveAccount) -> bool:
        """Whether an account, or the unit that it is in, is ignored."""
        return account.id in self._accounts or self.unit(account.unit)
