"""Lets accounts go on whose baseline is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from accounts.names import BASELINE_STACK_SETS
from accounts.vending.baseline import BaselineState, baseline_states
from accounts.vending.baseline_step import DEPLOY_BASELINE
from accounts.vending.clients import VendingClients
from accounts.vending.waits import Waits, Watch
from constructs_lib.specs.errors import CellsError

FRESH_SECONDS = 5.0
"""How long an answer for all accounts is good enough: a hundred accounts ask at the same time."""


class BaselineGate:
    """Asks the stack sets, for all accounts at once. Safe to use from several threads."""

    def __init__(self, clients: VendingClients, watch: Watch, region: str) -> None:
        self._clients = clients
        self._watch = watch
        self._region = region
        self._lock = threading.Lock()
        self._known: Mapping[str, BaselineState] = {}
        self._read = float("-inf")

    def passes(self, name: str, account: str) -> None:
        """Return when the account has its baseline. Raises Waits when it has not, CellsError when it failed."""

        def ended() -> bool:
            return self._states(account).get(account) in ("current", "failed")

        self._watch.until(ended)
        states = self._states(account)
        state = states.get(account, "missing")
        if state == "failed":
            raise CellsError(
                f"the baseline of the account {name} ({account}) could not be deployed",
                hint=f"see the operations of the stack sets {', '.join(BASELINE_STACK_SETS)} in {self._region}, mend "
                "it, then run this again; an account that had a service-linked role before is named under "
                "service_linked_roles in accounts/organization.yaml",
            )
        if state != "current":
            raise Waits(
                f"its baseline is {state}: run this again when the stack sets have reached it, or with --wait"
                if states
                else f"no baseline is deployed yet: {DEPLOY_BASELINE}"
            )

    def _states(self, account: str) -> Mapping[str, BaselineState]:
        """What the stack sets say: read anew when the account was not ready some seconds ago."""
        with self._lock:
            if self._known.get(account) != "current" and time.monotonic() - self._read >= FRESH_SECONDS:
                self._known = baseline_states(self._clients, BASELINE_STACK_SETS, region=self._region)
                self._read = time.monotonic()
            return self._known
