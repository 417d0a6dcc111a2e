"""Builds the organization, round by round: what vending does, then its stacks, then what these made possible.

An account cannot leave Onboarding before the stack set has brought its baseline, and no policy is attached before its
stack has made it. So one plan is not enough, and each round gets its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cells.cli.organization_outputs import record_outputs
from cells.cli.organization_stacks import OrganizationStacks
from cells.cli.vending import vend
from cells.cli.workspace import Workspace

if TYPE_CHECKING:
    from accounts.vending.apply import Applied
    from accounts.vending.clients import VendingClients
    from accounts.vending.plan import Plan
    from accounts.vending.step import Step
    from accounts.vending.store import Store
    from cells.deploy.change import StackChange
    from cells.deploy.deployment import StackResult
    from cells.deploy.reporter import Reporter
    from cells.deploy.target import Target


@dataclass
class Built:
    """What the rounds did."""

    applied: list[Applied] = field(default_factory=list)
    stacks: list[StackResult] = field(default_factory=list)
    recorded: tuple[str, ...] = ()
    """What the registry has got from outputs of stacks, in words. Cells have it when they are deployed again."""
    waiting: Sequence[str] = ()
    """What the last plan says is left for later, and why."""


@dataclass(frozen=True)
class Approval:
    """Who looks at what comes next, and may stop it by an error."""

    of_plan: Callable[[Plan], None]
    of_stacks: Callable[[Sequence[StackChange]], None]


@dataclass(frozen=True)
class Part:
    """A part of the organization, for those who need no more of it now."""

    step: Callable[[Step], bool]
    """Whether a step of vending belongs to it."""
    stack: Callable[[str], bool]
    """Whether a stack belongs to it, by its construct id."""


class OrganizationBuild:
    """Brings an organization to what is declared. Killed at any point and run again, it goes on."""

    def __init__(
        self,
        root: Path,
        clients: VendingClients,
        target: Target,
        store: Store,
        reporter: Reporter,
        approval: Approval,
        *,
        part: Part | None = None,
        wait: bool = False,
        break_lock: bool = False,
    ) -> None:
        self._part = part
        self._wait = wait
        self._root = root
        self._clients = clients
        self._target = target
        self._store = store
        self._reporter = reporter
        self._approval = approval
        self._break_lock = break_lock
        self._tried_plans: set[str] = set()
        self._tried_stacks: set[str] = set()
        self._stacks_are_there = False
        self._on_trial: frozenset[str] = frozenset()
        """Policies that this build has brought to canaries: only another one brings them further."""
        self._closed: Sequence[str] = ()
        """Regions that a policy closes to member accounts as yet."""
        self._held: Mapping[str, str] = {}
        """Stacks that wait for one of them, with the region."""
        self._built = Built()

    def run(self) -> Built:
        """Go on until there is nothing to do, or nothing that has not been tried."""
        while self._vend() | self._deploy():
            pass
        self._built.waiting = (*self._built.waiting, *_held_notes(self._held))
        if self._part is None:
            # Not for a part: it is built for a cell at once, and leaves the registry of a checkout as it was.
            self._built.recorded = record_outputs(Workspace(self._root), self._target)
        return self._built

    def _vend(self) -> bool:
        from accounts.vending.policy_plan import on_trial
        from cells.cli.org_plan import plan_live

        workspace = Workspace(self._root)  # anew: the registry has got ids meanwhile
        plan = plan_live(workspace, self._clients, quiet=True, trying=self._on_trial)
        if self._part is not None:
            plan = plan.chosen(self._part.step)
        self._built.waiting = plan.notes
        if not plan.steps:
            self._closed = ()
        if not plan.steps or plan.digest in self._tried_plans:
            return False
        self._tried_plans.add(plan.digest)
        self._approval.of_plan(plan)
        done = vend(
            plan,
            workspace,
            self._clients,
            self._target,
            store=self._store,
            reporter=self._reporter,
            # Before that nothing could come of it: what is waited for is what they bring.
            wait=self._wait and self._stacks_are_there,
            break_lock=self._break_lock,
        )
        self._built.applied.append(done)
        self._closed = done.closed
        self._on_trial |= on_trial(plan.steps, done.live)
        return True

    def _deploy(self) -> bool:
        stacks = OrganizationStacks(Workspace(self._root), self._target, self._reporter, closed=self._closed)
        self._held = stacks.held
        changes = stacks.changes(self._part.stack if self._part else None)
        self._stacks_are_there = True
        told = "\n".join(sorted(f"{change.stack.id} {change.action} {change.diff!r}" for change in changes))
        if not changes or told in self._tried_stacks:
            return False
        self._tried_stacks.add(told)
        self._approval.of_stacks(changes)
        self._built.stacks += stacks.deploy(changes)
        # What waited may go on now.
        self._tried_plans.clear()
        return True


def _held_notes(held: Mapping[str, str]) -> Iterator[str]:
    for region in sorted(set(held.values())):
        stacks = sorted(id for id, one in held.items() if one == region)
        yield f"not deployed as long as {region} is closed to member accounts: {', '.join(stacks)}"
