"""Applies an approved plan, exactly: locked, journaled, and as often as it takes.

Whatever kills a run, the next one with the same plan looks at the organization, finds what is done, and does the rest.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from accounts.ledger import load_registry, record_organization, record_states
from accounts.policies.settled import settled_policies
from accounts.spec import OrganizationSpec
from accounts.topology import Topology, topology_of
from accounts.vending.account_changes import AccountChanges
from accounts.vending.approval import refuse_moved, refuse_other_organization, refuse_overtaken
from accounts.vending.bootstrapper import Bootstrapper
from accounts.vending.changes import Changes
from accounts.vending.clients import VendingClients
from accounts.vending.creation import AccountCreation
from accounts.vending.designation import Designation
from accounts.vending.errors import told
from accounts.vending.ground import Ground
from accounts.vending.journal import Journal
from accounts.vending.kept_registry import KeptRegistry
from accounts.vending.last_applied import LastApplied, save_applied
from accounts.vending.live import LiveOrganization
from accounts.vending.lock import Clock, locked, now
from accounts.vending.lock_step import approved_lock
from accounts.vending.observe import observe_declared
from accounts.vending.order import AT_ONCE
from accounts.vending.plan import Plan, plan_of
from accounts.vending.policy_plan import tried_by
from accounts.vending.progress import Progress
from accounts.vending.recorder import Recorder
from accounts.vending.reporter import OneAtATime, Reporter
from accounts.vending.run import Run
from accounts.vending.store import Store
from accounts.vending.suspension import state_of
from accounts.vending.waits import Watch
from accounts.vending.words import name_of
from constructs_lib.specs.errors import CellsError
from constructs_lib.specs.registry import OrganizationEntry


@dataclass(frozen=True)
class Applied:
    """What a run did."""

    done: tuple[str, ...]
    """Names of the steps that it did."""
    before: tuple[str, ...]
    """Names of the steps that were done already."""
    waiting: Mapping[str, str]
    """What steps wait for, by their names: a later run goes on with them."""
    closed: tuple[str, ...]
    """Regions that a policy closes to member accounts as yet, sorted: no stack that is about them can be deployed."""
    accounts: Mapping[str, str]
    """The id of every declared account that is there, by name."""
    live: LiveOrganization
    """The organization after the run."""


def apply(
    plan: Plan,
    *,
    spec: OrganizationSpec,
    products: Mapping[str, Sequence[str]],
    registry_path: Path,
    clients: VendingClients,
    store: Store,
    reporter: Reporter,
    bootstrapper: Bootstrapper | None = None,
    wait: bool = False,
    break_lock: bool = False,
    owner: str = "",
    clock: Clock = now,
) -> Applied:
    """Do the steps of a plan, and nothing else.

    A step that waits for somebody (the baseline, a person, AWS's answer) is left for a later run, and what needs it as
    well; with `wait`, baseline and person are waited for, an hour at most.

    Raises InputError before anything is changed when somebody holds the lock, when the plan is for another
    organization, or when the organization or its declaration moved since it was approved. Raises CellsError when steps
    failed, after all others that could be done.
    """
    with told("the plan cannot be applied"), locked(store, owner or _owner(), break_lock=break_lock, clock=clock):
        rooms = AccountChanges(clients, spec.home_region, bootstrapper, Watch(clients.patience, on=wait))
        return _Application(plan, spec, products, registry_path, clients, store, OneAtATime(reporter), clock).run(rooms)


def _owner() -> str:
    return f"{os.environ.get('USER', 'somebody')}@{socket.gethostname()}, process {os.getpid()}"


class _Application:
    def __init__(
        self,
        plan: Plan,
        spec: OrganizationSpec,
        products: Mapping[str, Sequence[str]],
        registry_path: Path,
        clients: VendingClients,
        store: Store,
        reporter: Reporter,
        clock: Clock,
    ) -> None:
        self._plan = plan
        self._spec = spec
        self._clients = clients
        self._store = store
        self._reporter = reporter
        self._registry_path = registry_path
        self._clock = clock
        cells = {f"{product}-{environment}" for product, names in products.items() for environment in names}
        self._kept = KeptRegistry(store, registry_path)
        self._kept.restore(cells=cells)
        registry = load_registry(registry_path)
        self._topology: Topology = topology_of(spec, products, registry)
        self._policies = settled_policies(spec, registry, self._topology)
        self._recorder = Recorder(registry_path, cells=cells, reporter=reporter, kept=self._kept)

    def run(self, rooms: AccountChanges) -> Applied:
        live = self._observe()
        refuse_other_organization(self._plan, live, self._clients.caller)
        progress = Progress(self._plan, self._topology, live)
        if self._plan.scope == "chosen":
            refuse_overtaken(self._plan, progress)
        else:
            refuse_moved(self._plan, self._plan_anew(live), progress)
        ground = Ground(self._topology, live, progress)
        self._recorder.record(self._declared(ground))
        journal = Journal(self._store, self._plan.digest, clock=self._clock)
        journal.begin()
        creation = AccountCreation(self._clients, journal)
        run = Run(
            Changes(
                self._clients,
                ground,
                creation,
                self._recorder,
                rooms,
                Designation(self._clients, self._spec.governed_regions),
            ),
            journal,
            self._reporter,
            at_once=min(AT_ONCE, self._clients.workers),
        )
        left = [step for step in self._plan.steps if not progress.is_done(step)]
        run.all(left)
        if run.failed:
            self._keep_after_failure()
            raise _failure(run.failed, len(left))
        after = self._keep()
        journal.end()
        names = [name_of(step) for step in left]
        before = tuple(name for name in self._plan.names if name not in names)
        waiting = dict(sorted(run.waiting.items()))
        return Applied(
            done=tuple(run.done),
            before=before,
            waiting=waiting,
            closed=tuple(sorted(run.closed)),
            accounts=dict(sorted(self._declared(ground).items())),
            live=after,
        )

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(account.name for account in self._topology.accounts)

    def _declared(self, ground: Ground) -> dict[str, str]:
        return {name: id for name, id in ground.accounts.items() if name in self._names}

    def _plan_anew(self, live: LiveOrganization) -> Plan:
        """The plan that would be made now. What the approved one only tries goes no further, though it may be there."""
        trying = frozenset(self._plan.held) | frozenset(tried_by(self._plan.steps))
        return plan_of(self._spec, self._topology, live, self._policies, trying=trying)

    def _keep(self) -> LiveOrganization:
        """Keep the organization as it is now, for drift, and its ids in the registry, for the stacks."""
        live = self._observe()
        if live.exists:
            record_organization(self._registry_path, _entry_of(live))
            record_states(self._registry_path, {account.id: state_of(account) for account in live.accounts})
            self._kept.keep()
        save_applied(self._store, LastApplied(at=self._clock(), plan=self._plan.digest, live=live))
        return live

    def _keep_after_failure(self) -> None:
        try:
            self._keep()
        except CellsError as error:
            # What failed first is what the user has to know.
            self._reporter.note(f"what is there was not kept for drift: {error.message}")

    def _observe(self) -> LiveOrganization:
        return observe_declared(self._clients, self._spec)


def _entry_of(live: LiveOrganization) -> OrganizationEntry:
    center = live.identity_center
    return OrganizationEntry(
        id=live.id,
        root=live.root,
        identity_center=center.arn if center else None,
        identity_store=center.store if center else None,
        archive_lock=approved_lock(live),
    )


def _failure(failed: Mapping[str, CellsError], steps: int) -> CellsError:
    lines = [f"{len(failed)} of {steps} steps failed:", *(f"  {error.message}" for error in failed.values())]
    cures = dict.fromkeys(error.hint for error in failed.values() if error.hint)
    return CellsError("\n".join(lines), hint="\n".join(cures))
