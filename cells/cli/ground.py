"""The ground under the first cell: log archive, network hub, account baseline and bootstrap, laid by `cells up`.

The real organization gets it from `cells org`; the embedded AWS gets it here.
"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cells.cli.cdk import use_node_for_synth
from cells.cli.workspace import Workspace
from constructs_lib.specs.errors import CellsError
from constructs_lib.specs.landing import EXECUTION_POLICY_NAME
from constructs_lib.specs.region import EDGE_REGION

if TYPE_CHECKING:
    from accounts.platform import Platform
    from assembly.load import CloudAssembly
    from cells.deploy.deployment import Cli, StackResult
    from cells.deploy.reporter import Reporter
    from cells.deploy.target import Target
    from cells.plan import CellPlan
    from constructs_lib.specs.identity import Identity

_RECORD = ".inputs"
"""The file beside the ground's templates that says what they were made from."""

TOOLKIT = "CDKToolkit"
_PLATFORM_POLICY = "AdministratorAccess"
"""What CloudFormation may do in the platform's own accounts."""
_BASELINE = ("BaselineRules", "BaselineStackSets")
"""The stacks that bring the account baseline into every member."""


def synthesize_ground(workspace: Workspace, folder: Path, platform: "Platform | None" = None) -> "CloudAssembly":
    """Synthesize the stacks of the organization into a folder, in this process; not again while nothing has changed.

    `platform` is what they are built from when it is not what the workspace's files say.
    """
    from assembly.load import CloudAssembly

    platform = platform or workspace.platform
    record, wanted = folder / _RECORD, _inputs(workspace, platform)
    if not record.is_file() or record.read_text(encoding="utf-8") != wanted:
        _build(workspace, platform, folder)
        record.write_text(wanted, encoding="utf-8")
    return CloudAssembly.load(folder)


def _build(workspace: Workspace, platform: "Platform", folder: Path) -> None:
    use_node_for_synth()
    from aws_cdk import App

    from accounts.organization import build_organization
    from cells.cli.flags import cdk_flags

    shutil.rmtree(folder, ignore_errors=True)
    app = App(
        outdir=str(folder),
        analytics_reporting=False,
        tree_metadata=False,
        stack_traces=False,
        builtin_cloud_formation_validation=False,
        context=cdk_flags(workspace.root),
    )
    build_organization(app, platform)
    app.synth()


def _inputs(workspace: Workspace, platform: "Platform") -> str:
    """A digest of what the ground's templates depend on: the declared data, the sources and the lock of the tools."""
    digest = hashlib.sha256(platform.spec.model_dump_json().encode())
    digest.update(platform.registry.model_dump_json().encode())
    code = Path(__file__).parents[2]
    files = [workspace.root / "cdk.json", code / "requirements.lock"]
    for room in ("accounts", "constructs_lib"):
        files += sorted(path for path in (code / room).rglob("*") if path.suffix in (".py", ".guard"))
    for path in files:
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"\0{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


@dataclass
class Ground:
    """Lays the ground for one cell. What is there and unchanged is left alone, so a second run is quick."""

    workspace: Workspace
    target: "Target"
    cli: "Cli"
    reporter: "Reporter"
    assembly: "CloudAssembly"

    def lay(self, plan: "CellPlan") -> "list[StackResult]":
        """Lay it: what the platform offers, and then the account of the cell.

        The bootstrap names the execution policy of the baseline, which the stack sets have brought by then.
        """
        results = self._lay_platform(plan.identity)
        for region in sorted({plan.identity.region, EDGE_REGION}):
            self._ensure_bootstrap(plan.account, region, self._execution_policies(plan.account))
        return results

    def _lay_platform(self, cell: "Identity") -> "list[StackResult]":
        """Lay what a cell needs of the platform; the rest of the organization does not stand in its way."""
        common = ("LogArchive", "NetworkHub", "SharedServices")
        wanted = (
            *common,
            f"LogArchive-{cell.region}",
            *(f"{stack}-{cell.product}" for stack in common[1:]),
            *_BASELINE,
        )
        stacks = [stack for stack in self.assembly.stacks if stack.id in wanted]
        for account, region in dict.fromkeys((stack.environment.account, stack.region) for stack in stacks):
            self._ensure_bootstrap(account, region, [self._managed(account, _PLATFORM_POLICY)])
        return self._deploy([stack.id for stack in stacks])

    def _deploy(self, only: Sequence[str]) -> "list[StackResult]":
        from cells.deploy.deployment import Deployment

        return Deployment(self.assembly, self.target, self.cli, self.reporter).run(only)

    def _execution_policies(self, account: str) -> list[str]:
        return [f"arn:{self._partition(account)}:iam::{account}:policy/{EXECUTION_POLICY_NAME}"]

    def _managed(self, account: str, name: str) -> str:
        return f"arn:{self._partition(account)}:iam::aws:policy/{name}"

    def _partition(self, account: str) -> str:
        caller = self.target.clients(account, EDGE_REGION).sts.get_caller_identity()
        return caller["Arn"].split(":")[1]

    def _ensure_bootstrap(self, account: str, region: str, policies: Sequence[str]) -> None:
        if self._bootstrapped(account, region) != sorted(policies):
            self._bootstrap(account, region, policies)

    def _bootstrapped(self, account: str, region: str) -> list[str]:
        """The execution policies that the account was bootstrapped with; empty when it was not."""
        from cells.deploy.stack import LiveStack

        parameters = LiveStack(self.target.clients(account, region), TOOLKIT).parameters()
        return sorted(filter(None, parameters.get("CloudFormationExecutionPolicies", "").split(",")))

    def _bootstrap(self, account: str, region: str, policies: Sequence[str]) -> None:
        self.reporter.step(f"bootstrap {account} in {region}")
        # No --trust: the bootstrap roles trust their own account, where DeploymentRole is. A trusted pipeline account
        # could go past it.
        arguments = [
            "bootstrap",
            f"aws://{account}/{region}",
            "--app",
            "",
            "--cloudformation-execution-policies",
            ",".join(policies),
            *self.target.options,
        ]
        outcome = self.cli.run(arguments, variables=self.target.variables(account, region))
        if outcome.code:
            last = "\n".join(outcome.lines[-8:])
            raise CellsError(f"account {account} was not bootstrapped in {region}: {last}", hint="run it again")
        self.reporter.done(f"bootstrapped {account} in {region}")
