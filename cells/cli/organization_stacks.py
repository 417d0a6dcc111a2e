"""The stacks of the organization at a target: what they would change, and their deployment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cells.cli.workspace import Workspace
from constructs_lib.specs.identity import SENTINEL_ACCOUNT

if TYPE_CHECKING:
    from assembly.load import CloudAssembly
    from cells.deploy.change import StackChange
    from cells.deploy.deployment import Deployment, StackResult
    from cells.deploy.reporter import Reporter
    from cells.deploy.target import Target

ASSEMBLY = Path(".cells") / "assemblies" / "organization"
"""Where their assembly lies, inside a checkout."""


class OrganizationStacks:
    """Every stack whose account is vended. They are deployed one after the other, each after what it depends on."""

    def __init__(self, workspace: Workspace, target: Target, reporter: Reporter) -> None:
        self._workspace = workspace
        self._target = target
        self._reporter = reporter

    @cached_property
    def assembly(self) -> CloudAssembly:
        """What synth writes of the declared organization. Not made again while nothing has changed."""
        from cells.cli.organization_synthesis import synthesize_organization

        self._reporter.step("synthesize the stacks of the organization")
        return synthesize_organization(self._workspace, self._workspace.root / ASSEMBLY)

    def changes(
        self, wanted: Callable[[str], bool] | None = None, *, without: Collection[str] = ()
    ) -> tuple[StackChange, ...]:
        """What a deployment would change, without what it keeps: of all stacks, or of those whose id is wanted.

        Nobody is asked about those in `without`.
        """
        stacks = [stack.id for stack in self._deployment.assembly.stacks if stack.id not in without]
        only = [id for id in stacks if wanted is None or wanted(id)]
        found = self._deployment.changes(only) if only else ()
        return tuple(change for change in found if change.action != "keep")

    def held(self, closed: Collection[str]) -> Mapping[str, str]:
        """The stacks that wait for a region that a policy closes as yet, with the region, by construct id.

        In such a region nobody can even ask what is deployed.
        """
        from cells.cli.held_stacks import held_stacks

        if not closed:
            return {}
        entry = self._workspace.registry.accounts.get("management")
        return held_stacks(self._deployment.assembly.stacks, closed, unbound=entry.id or "" if entry else "")

    def deploy(self, changes: Sequence[StackChange]) -> list[StackResult]:
        """Deploy the stacks of these changes. Raises DataLossError before the first one when data would be lost."""
        self._deployment.check(changes)
        return self._deployment.run([change.stack.id for change in changes])

    @cached_property
    def _deployment(self) -> Deployment:
        from assembly.load import CloudAssembly
        from cells.cli.cdk import CdkCli
        from cells.deploy.deployment import Deployment

        ready = tuple(one for one in self.assembly.stacks if one.environment.account != SENTINEL_ACCOUNT)
        cli = CdkCli(self._workspace.root, echo=self._reporter.command)
        return Deployment(CloudAssembly(self.assembly.directory, ready), self._target, cli, self._reporter)
