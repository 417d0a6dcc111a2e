"""The steps by which policies come to units, and go.

The content of a policy is CloudFormation's, where it is attached is the engine's. See
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_policies_attach.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from accounts.policies.digest import digest_of_text
from accounts.topology import UnitPath, path_text
from accounts.vending.base_step import (
    ORGANIZATION,
    BaseStep,
    Seen,
    Sign,
    Stage,
    policy_type_given,
    unit_given,
)


class PolicyChange(BaseStep):
    """A step about one policy."""

    stage: ClassVar[Stage] = "last"
    policy: str
    """Its id."""
    name: str

    def subject(self) -> tuple[str, ...]:
        return (self.name, self.policy)


class AttachPolicy(PolicyChange):
    """Let a policy bind the root or a unit, and everything below."""

    kind: Literal["attach-policy"] = "attach-policy"
    sign: ClassVar[Sign] = "+"
    policy_type: str
    target: UnitPath
    trial: bool = False
    """Whether it is only tried there: the next apply brings it to its unit."""

    def subject(self) -> tuple[str, ...]:
        return (*super().subject(), path_text(self.target))

    def line(self) -> str:
        return f"policy {self.name} on {path_text(self.target)}{', where it is tried' if self.trial else ''}"

    def gives(self) -> str:
        return _on(self.name, self.target)

    def needs(self) -> Iterator[str]:
        yield ORGANIZATION
        yield from (unit_given(self.target), policy_type_given(self.policy_type), _content(self.policy))

    def is_done(self, seen: Seen) -> bool:
        there = seen.live.policy(self.policy)
        return there is not None and self.target in there.units


class DetachPolicy(PolicyChange):
    """Let a policy bind the root or a unit no longer."""

    kind: Literal["detach-policy"] = "detach-policy"
    sign: ClassVar[Sign] = "-"
    target: UnitPath
    after: tuple[str, ...] = ()
    """Names of policies that have to be at `unit` first: those that take its place."""
    unit: UnitPath = ()

    def subject(self) -> tuple[str, ...]:
        return (*super().subject(), path_text(self.target))

    def line(self) -> str:
        return f"policy {self.name} off {path_text(self.target)}"

    def gives(self) -> str:
        return _off(self.policy, self.target)

    def needs(self) -> Iterator[str]:
        yield ORGANIZATION
        yield from (_on(name, self.unit) for name in self.after)

    def is_done(self, seen: Seen) -> bool:
        there = seen.live.policy(self.policy)
        return there is None or self.target not in there.units

    def covers(self, step: BaseStep, way: tuple[UnitPath, ...]) -> bool:
        # What it had to wait for may be done meanwhile.
        return isinstance(step, DetachPolicy) and (self.policy, self.target) == (step.policy, step.target)


class RenamePolicy(PolicyChange):
    """Set a name free, so that the stack can make a policy of this name again."""

    kind: Literal["rename-policy"] = "rename-policy"
    new_name: str

    def line(self) -> str:
        return f"policy {self.name} is called {self.new_name}"

    def is_done(self, seen: Seen) -> bool:
        there = seen.live.policy(self.policy)
        return there is None or there.name == self.new_name


class RestorePolicy(PolicyChange):
    """Give a policy that somebody edited its content back."""

    kind: Literal["restore-policy"] = "restore-policy"
    content: str

    def line(self) -> str:
        return f"policy {self.name}: what somebody edited goes back"

    def gives(self) -> str:
        return _content(self.policy)

    def is_done(self, seen: Seen) -> bool:
        there = seen.live.policy(self.policy)
        return there is not None and there.digest == digest_of_text(self.content)


class DeletePolicy(PolicyChange):
    """Take a policy away that nobody declares and that binds nothing."""

    kind: Literal["delete-policy"] = "delete-policy"
    sign: ClassVar[Sign] = "-"
    units: tuple[UnitPath, ...] = ()
    """Where the same plan detaches it first."""

    def line(self) -> str:
        return f"policy {self.name}"

    def needs(self) -> Iterator[str]:
        yield ORGANIZATION
        yield from (_off(self.policy, unit) for unit in self.units)

    def is_done(self, seen: Seen) -> bool:
        return seen.live.policy(self.policy) is None

    def covers(self, step: BaseStep, way: tuple[UnitPath, ...]) -> bool:
        # Some of it may be detached meanwhile.
        return isinstance(step, DeletePolicy) and self.policy == step.policy


PolicyStep = AttachPolicy | DetachPolicy | RenamePolicy | RestorePolicy | DeletePolicy
"""A step that is about a policy."""


def _on(name: str, target: UnitPath) -> str:
    return f"policy {name} on {path_text(target)}"


def _off(policy: str, target: UnitPath) -> str:
    return f"policy {policy} off {path_text(target)}"


def _content(policy: str) -> str:
    return f"content of {policy}"
