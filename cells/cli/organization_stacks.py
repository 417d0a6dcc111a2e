"""The stacks of the organization at a target: what they would change, and their deployment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cells.cli.workspace import Workspace
from constructs_lib.specs.identity import SENTINEL_ACCOUNT

if TYPE_CHECKING:
    from assembly.load import CloudAssembly, Stack
    from cells.deploy.change import StackChange
    from cells.deploy.deployment import Deployment, StackResult
    from cells.deploy.reporter import Reporter
    from cells.deploy.target import Target

ASSEMBLY = Path(".cells") / "assemblies" / "organization"
"""Where their assembly lies, inside a checkout."""


class OrganizationStacks:
    """Every stack whose account is vended. They are deployed one after the other, each after what it depends on."""

    def __init__(
        self, workspace: Workspace, target: Target, reporter: Reporter, *, closed: Collection[str] = ()
    ) -> None:
        """`closed` are the regions that a policy closes to member accounts as yet: nobody can even ask there."""
        self._closed = closed
        self._workspace = workspace
        self._target = target
        self._reporter = reporter

    @cached_property
    def assembly(self) -> CloudAssembly:
        """What synth writes of the declared organization. Not made again while nothing has changed."""
        from cells.cli.organization_synthesis import synthesize_organization

        self._reporter.step("synthesize the stacks of the organization")
        return synthesize_organization(self._workspace, self._workspace.root / ASSEMBLY)

    def changes(self, wanted: Callable[[str], bool] | None = None) -> tuple[StackChange, ...]:
        """What a deployment would change, without what it keeps: of all stacks, or of those whose id is wanted.

        Those that are held are left out.
        """
        stacks = [stack.id for stack in self._deployment.assembly.stacks if stack.id not in self.held]
        only = [id for id in stacks if wanted is None or wanted(id)]
        found = self._deployment.changes(only) if only else ()
        return tuple(change for change in found if change.action != "keep")

    @cached_property
    def held(self) -> Mapping[str, str]:
        """The stacks that wait for a closed region, with the region, by construct id."""
        from cells.cli.held_stacks import held_stacks

        return held_stacks(self._ready, self._closed, unbound=self._management) if self._closed else {}

    def deploy(self, changes: Sequence[StackChange]) -> list[StackResult]:
        """Deploy the stacks of these changes. Raises DataLossError before the first one when data would be lost."""
        self._deployment.check(changes)
        return self._deployment.run([change.stack.id for change in changes])

    @cached_property
    def _deployment(self) -> Deployment:
        from assembly.load import CloudAssembly
        from cells.cli.cdk import CdkCli
        from cells.deploy.deployment import Deployment

        cli = CdkCli(self._workspace.root, echo=self._reporter.command)
        asked = tuple(one for one in self._ready if not self._is_shut(one))
        return Deployment(CloudAssembly(self.assembly.directory, asked), self._target, cli, self._reporter)

    @cached_property
    def _ready(self) -> tuple[Stack, ...]:
        """The stacks whose account is vended."""
        return tuple(one for one in self.assembly.stacks if one.environment.account != SENTINEL_ACCOUNT)

    @cached_property
    def _management(self) -> str:
        """The id of the management account, which no policy binds; empty when it has none."""
        entry = self._workspace.registry.accounts.get("management")
        return (entry.id or "") if entry else ""

    def _is_shut(self, stack: Stack) -> bool:
        """Whether a stack is where nobody gets an answer. Others that are held are asked what they read."""
        return stack.region in self._closed and stack.environment.account != self._management
