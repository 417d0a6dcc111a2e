"""What a deployment would change, from the templates that are there and the ones that come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assembly.diff.change import Action, ResourceChange, StackDiff
from assembly.diff.compare import compare
from assembly.diff.side import Side
from assembly.load import CloudAssembly, Stack
from cells.deploy.stack import ABSENT, LiveStack
from constructs_lib.specs.errors import InputError

NEVER_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
"""States in which a stack's first create failed, or its deletion: a deployment creates it anew."""

_UNSURE = ("UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED", "IMPORT_ROLLBACK_FAILED")


@dataclass(frozen=True)
class StackChange:
    """What becomes of one stack."""

    stack: Stack
    status: str
    """CloudFormation's status before, or `ABSENT`."""
    diff: StackDiff
    force: bool = False
    """Its template is the same, but a value that it read from another stack has changed."""

    @property
    def action(self) -> str:
        """`create`, `update`, `refresh` (same template, new values) or `keep`."""
        if self.status == ABSENT:
            return "create"
        if self.diff.changed:
            return "update"
        return "refresh" if self.force else "keep"

    @property
    def changes(self) -> tuple[ResourceChange, ...]:
        """What becomes of its resources."""
        return self.diff.resources

    def count(self, action: Action) -> int:
        """How many resources it creates, updates, removes or replaces."""
        return self.diff.count(action)

    @property
    def endangered(self) -> tuple[ResourceChange, ...]:
        """The changes that would lose data."""
        return self.diff.endangered

    @property
    def note(self) -> str:
        """What to know of the state that the stack is in; empty when it is a good one."""
        name = self.stack.stack_name
        if self.status in NEVER_MADE:
            return f"{name} is {self.status}: it is compared with nothing, because a deployment makes it anew"
        if self.status in _UNSURE:
            return f"{name} is {self.status}: what is there may not be what its template says"
        if self.status.endswith("_IN_PROGRESS"):
            return f"{name} is {self.status}: it is compared with a template that is on its way"
        return ""


def compare_with_live(
    assembly: CloudAssembly, live: Mapping[str, LiveStack], only: Sequence[str] = ()
) -> dict[str, tuple[str, StackDiff]]:
    """Compare stacks of an assembly with what CloudFormation has: the status before and the diff, by construct id.

    Raises InputError for a stack of that name that something else has made.
    """
    wanted = tuple(stack for stack in assembly.stacks if not only or stack.id in only)
    statuses = {stack.id: live[stack.id].status() for stack in wanted}
    there = [stack for stack in wanted if statuses[stack.id] not in (ABSENT, *NEVER_MADE)]
    before = tuple(_as_deployed(stack, live[stack.id]) for stack in there)
    old = Side(CloudAssembly(assembly.directory, before)) if before else None
    diff = compare(old, CloudAssembly(assembly.directory, wanted))
    return {stack.id: (statuses[stack.id], stack) for stack in diff.stacks}


def compare_with_nothing(stack: Stack) -> StackChange:
    """What a stack of which nothing is there would create."""
    diff = compare(None, CloudAssembly(stack.template_path.parent, (stack,)))
    return StackChange(stack, ABSENT, diff.stacks[0])


def _as_deployed(stack: Stack, live: LiveStack) -> Stack:
    """The stack with the template and the protection that it has now."""
    template = live.template()
    deployed = replace(stack, template=template, termination_protection=live.protected())
    if deployed.resources and not deployed.resources.keys() & stack.resources.keys():
        raise InputError(
            f"the stack {stack.stack_name} in {stack.region} has none of this cell's resources: something else made it",
            hint="look at it in the console; a deployment would delete what is in it",
        )
    return deployed
