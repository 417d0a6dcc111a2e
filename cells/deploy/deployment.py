"""Deploys an assembly stack by stack with the CDK CLI, so that things can be checked between two stacks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from assembly.document import Json, JsonObject
from assembly.load import CloudAssembly, Stack
from assembly.references import DeployedStack, retired_too_early
from assembly.stateful import stack_policy, stateful
from cells.deploy.change import StackChange, compare_with_live
from cells.deploy.reporter import Reporter, ResourceEvent
from cells.deploy.stack import ABSENT, LiveStack
from constructs_lib.specs.errors import CellsError, DataLossError, InputError

if TYPE_CHECKING:
    from cells.deploy.resolved import ResolvedValues
    from cells.deploy.target import Target

_POLL_SECONDS = 1.0
_AT_ONCE = 4
"""Stacks that one run of the CLI deploys at the same time, as far as they do not depend on each other."""
_LAST_LINES = 12


class CliOutcome(Protocol):
    """What a run of the CDK CLI ended with."""

    @property
    def code(self) -> int:
        """Its exit code."""

    @property
    def lines(self) -> tuple[str, ...]:
        """What it wrote."""


class Cli(Protocol):
    """Runs the CDK CLI."""

    def run(
        self, arguments: Sequence[str], *, variables: Mapping[str, str], on_line: Callable[[str], None] | None = None
    ) -> CliOutcome:
        """Run it and wait for its end."""


Gate = Callable[[Stack], None]
"""Called before a stack; raises when it may not start yet."""


@dataclass(frozen=True)
class StackResult:
    """What a deployment did to a stack."""

    stack: str
    region: str
    action: str


@dataclass
class Deployment:
    """One run over an assembly. Every step looks at what is there first, so a run can end anywhere and start again."""

    assembly: CloudAssembly
    target: Target
    cli: Cli
    reporter: Reporter
    resolved: ResolvedValues | None = None
    """Where the values that stacks read of each other are remembered; None for stacks that read nothing."""
    before: Mapping[str, Gate] = field(default_factory=dict)
    """What has to hold before a stack starts, by construct id."""
    after: Mapping[str, Gate] = field(default_factory=dict)
    """What is done when a stack is deployed, by construct id."""
    release: bool = False
    """Whether the person allowed to lose data."""
    secure: Callable[[StackChange], None] | None = None
    """Called with each change before it is made, so that what it touches is copied first."""

    def live(self, stack: Stack) -> LiveStack:
        """The stack as CloudFormation has it."""
        return LiveStack(self.target.clients(stack.environment.account, stack.region), stack.stack_name)

    def changes(self, only: Sequence[str] = ()) -> tuple[StackChange, ...]:
        """What would change, in the order in which it would. Raises InputError for a stack that is not there."""
        unknown = set(only) - {stack.id for stack in self.assembly.stacks}
        if unknown:
            known = ", ".join(stack.id for stack in self.assembly.stacks)
            raise InputError(f"no stack '{min(unknown)}' in this cell", hint=f"the stacks are {known}")
        return self._changes(only)

    def check(self, changes: Sequence[StackChange]) -> None:
        """Refuse what must not be started: an output that is still read, or data that would be lost."""
        self._refuse_early_retirement([change.stack for change in changes])
        endangered = [(change.stack, lost) for change in changes for lost in change.endangered]
        if endangered and not self.release:
            stack, lost = endangered[0]
            why = f" ({', '.join(lost.because)} cannot change in place)" if lost.because else ""
            raise DataLossError(
                f"{stack.stack_name} would {lost.action} {lost.logical_id}{why}, which holds {lost.holds}"
                + (f", and {len(endangered) - 1} more" if len(endangered) > 1 else ""),
                hint=f"keep it as it was, or allow the loss with --release-data {self.assembly.stacks[-1].stack_name}",
            )

    def run(self, only: Sequence[str] = ()) -> list[StackResult]:
        """Deploy every stack after the ones that it depends on. Raises CellsError with the reasons of a failure."""
        stacks = [stack for stack in self.assembly.stacks if not only or stack.id in only]
        given_up = self._given_up(only) if self.release else {}
        return [result for batch in self._batches(stacks) for result in self._deploy(batch, given_up)]

    def _batches(self, stacks: Sequence[Stack]) -> list[tuple[Stack, ...]]:
        """Stacks that one run of the CLI deploys: neighbours with the same credentials, with nothing between them."""
        if self.before or self.resolved is not None:
            return [(stack,) for stack in stacks]
        return [tuple(batch) for _, batch in groupby(stacks, lambda stack: (stack.environment.account, stack.region))]

    def _given_up(self, only: Sequence[str]) -> dict[str, frozenset[str]]:
        """The data that the whole run would lose, by stack: also what goes only because another stack replaces things.

        Looked at before the first stack changes: afterwards the cause is gone from the comparison.
        """
        return {
            change.stack.id: frozenset(lost.previous_id for lost in change.endangered) for change in self._changes(only)
        }

    def _changes(self, only: Sequence[str]) -> tuple[StackChange, ...]:
        """Several stacks are compared together, because a replacement in one may replace something in another."""
        live = {stack.id: self.live(stack) for stack in self.assembly.stacks if not only or stack.id in only}
        found = []
        for id, (status, diff) in compare_with_live(self.assembly, live, only).items():
            stack = self.assembly.stack(id)
            found.append(StackChange(stack, status, diff, status != ABSENT and self._reads_new_values(stack)))
        return tuple(found)

    def _reads_new_values(self, stack: Stack) -> bool:
        if self.resolved is None:
            return False
        digest = self.resolved.digest(stack, self.assembly, self.live)
        return bool(digest) and digest != self.resolved.recorded(stack)

    def _refuse_early_retirement(self, new: Sequence[Stack]) -> None:
        deployed = []
        for stack in self.assembly.stacks:
            template = self.live(stack).template()
            deployed.append(DeployedStack(stack.stack_name, stack.region, template))
        early = retired_too_early(deployed, new)
        if early:
            raise InputError(
                f"an output would go while it is still read: {early[0]}",
                hint="keep the output in this release, and take it away in the next one",
            )

    def _deploy(self, batch: Sequence[Stack], given_up: Mapping[str, frozenset[str]]) -> list[StackResult]:
        changes = [self._begin(stack, given_up.get(stack.id, frozenset())) for stack in batch]
        wanted = [change for change in changes if change.action != "keep" or self._protection_differs(change.stack)]
        if wanted:
            self._run_cli([change.stack for change in wanted], force=any(change.force for change in wanted))
        return [self._end(change) for change in changes]

    def _begin(self, stack: Stack, given_up: frozenset[str]) -> StackChange:
        live = self.live(stack)
        self._make_ready(live)
        if stack.id in self.before:
            self.before[stack.id](stack)
        (change,) = self._changes((stack.id,))
        self.reporter.step(f"{stack.stack_name} ({stack.region}): {change.action}")
        if change.action != "keep":
            if self.secure is not None:
                self.secure(change)
            self._lift_policy(live, change, given_up)
        return change

    def _protection_differs(self, stack: Stack) -> bool:
        return self.live(stack).protected() != stack.termination_protection

    def _end(self, change: StackChange) -> StackResult:
        stack = change.stack
        live = self.live(stack)
        live.set_policy(stack_policy(stack.template))
        if self.resolved is not None:
            self.resolved.record(stack, self.resolved.digest(stack, self.assembly, self.live))
        if stack.id in self.after:
            self.after[stack.id](stack)
        self.reporter.done(f"{stack.stack_name}: {live.status()}")
        return StackResult(stack.stack_name, stack.region, change.action)

    def _make_ready(self, live: LiveStack) -> None:
        """Bring a stack that an earlier run left behind into a state that can be deployed to."""
        status = live.settle(self.reporter.note)
        if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED"):
            self._remove_failed(live, status)
        elif status == "UPDATE_ROLLBACK_FAILED":
            raise CellsError(
                f"{live.name} is UPDATE_ROLLBACK_FAILED: its last update failed, and going back failed too",
                hint=f"mend the cause (see its events), then: aws cloudformation continue-update-rollback "
                f"--stack-name {live.name} --region {live.region}",
            )

    def _remove_failed(self, live: LiveStack, status: str) -> None:
        """Take away what a failed first create left. It never ran, so it holds nothing, unless something was kept."""
        held = stateful(live.template())
        left = [id for id, (_, _, state) in live.resources().items() if id in held and "DELETE" not in state]
        if left and status != "ROLLBACK_COMPLETE":
            raise CellsError(
                f"{live.name} is {status} and still has {left[0]}, which holds {held[left[0]]}",
                hint="look at it in the console; delete the stack by hand when nothing in it is needed",
            )
        for id, (_, physical, state) in live.resources().items():
            if state == "DELETE_SKIPPED":
                self.reporter.note(f"{live.name}: {id} was kept and belongs to no stack any more: {physical}")
        self.reporter.note(f"{live.name} is {status}: its first create failed, so it is removed and created again")
        if live.protected():
            live.unprotect()
        live.delete()

    def _lift_policy(self, live: LiveStack, change: StackChange, given_up: frozenset[str]) -> None:
        """Let through what may go: data that stays outside the stack, or that the person gave up."""
        may_go = given_up | {
            lost.previous_id
            for lost in change.changes
            if lost.holds and (lost.kept or (self.release and lost.endangers_data))
        }
        if change.status != ABSENT and may_go:
            for logical_id in sorted(may_go):
                self.reporter.note(f"{live.name}: the stack policy lets {logical_id} go")
            live.set_policy(_without(stack_policy(live.template()), may_go))

    def _run_cli(self, stacks: Sequence[Stack], *, force: bool) -> None:
        arguments = [
            "deploy",
            "--app",
            str(self.assembly.directory),
            "--exclusively",
            *(stack.id for stack in stacks),
            *(["--concurrency", str(_AT_ONCE)] if len(stacks) > 1 else []),
            "--require-approval",
            "never",
            "--progress",
            "events",
            *(["--force"] if force else []),
            *self.target.options,
        ]
        variables = self.target.variables(stacks[0].environment.account, stacks[0].region)
        with ExitStack() as opened:
            watches = [opened.enter_context(_Watch(self.live(stack), self.reporter)) for stack in stacks]
            outcome = self.cli.run(arguments, variables=variables)
        if outcome.code:
            failures = [failure for watch in watches for failure in watch.failures]
            failed = [stack.stack_name for stack, watch in zip(stacks, watches, strict=True) if watch.failures]
            names = ", ".join(failed or [stack.stack_name for stack in stacks])
            raise CellsError(
                f"{names} was not deployed: {_reasons(failures, outcome.lines)}",
                hint="mend the cause and run the same command again: it goes on where it stopped",
            )


class _Watch:
    """Reports the events of a stack while something works on it."""

    def __init__(self, live: LiveStack, reporter: Reporter) -> None:
        self._live = live
        self._reporter = reporter
        self._seen: set[str] = set()
        self._since: datetime | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.failures: list[ResourceEvent] = []

    def __enter__(self) -> _Watch:
        events = self._live.events(None)
        self._seen = {id for id, _, _ in events}
        self._since = events[-1][1] if events else None
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._look()

    def _work(self) -> None:
        while not self._stop.wait(_POLL_SECONDS):
            self._look()

    def _look(self) -> None:
        from botocore.exceptions import BotoCoreError

        try:
            events = self._live.events(self._since)
        except BotoCoreError:
            return  # a look that fails is made up for by the next one
        for id, at, event in events:
            if id in self._seen:
                continue
            self._seen.add(id)
            self._since = at
            self._reporter.event(event)
            if event.failed and event.logical_id != self._live.name:
                self.failures.append(event)


def _reasons(failures: Sequence[ResourceEvent], lines: Sequence[str]) -> str:
    if failures:
        return "; ".join(f"{event.logical_id} ({event.type}): {event.reason or event.status}" for event in failures)
    return "\n".join(line for line in lines if line.strip()).strip()[-1500:] or "the CDK CLI said nothing"


def _without(policy: JsonObject, logical_ids: frozenset[str]) -> JsonObject:
    """A stack policy that does not protect these resources."""
    free = {f"LogicalResourceId/{logical_id}" for logical_id in logical_ids}
    statements = policy["Statement"]
    assert isinstance(statements, list)
    kept: list[Json] = []
    for statement in statements:
        assert isinstance(statement, dict)
        resources = statement["Resource"]
        if isinstance(resources, list):
            resources = [resource for resource in resources if resource not in free]
            if not resources:
                continue
        kept.append({**statement, "Resource": resources})
    return {"Statement": kept}
