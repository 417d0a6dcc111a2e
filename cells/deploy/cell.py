"""The deployment of one cell: what has to hold before it starts, and between its stacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assembly.load import CloudAssembly, Stack
from cells.deploy import delegation, images, secret
from cells.deploy.deployment import Cli, Deployment
from cells.deploy.reporter import Reporter
from cells.deploy.resolved import ResolvedValues
from cells.deploy.schema_gate import SchemaGate
from cells.deploy.snapshot import Snapshots
from cells.images.schema import SchemaVersion
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import SENTINEL_ACCOUNT, Layer

if TYPE_CHECKING:
    from cells.deploy.stack import LiveStack
    from cells.deploy.target import Target
    from cells.plan import CellPlan
    from constructs_lib.specs.registry import Registry

LEAF = "ProductCell"
FOUNDATION, DATA, SERVICE, EDGE = (f"{LEAF}-{layer}" for layer in ("Foundation", "Data", "Service", "Edge"))
"""Construct ids of the five stacks: the same in every cell."""

_FROM_FILES_ONLY = ("staging", "prod")


def refuse_undeployable(plan: CellPlan) -> None:
    """Raise InputError for a cell without an account, or with modules of the command line where files decide."""
    identity = plan.identity
    if plan.pending:
        raise InputError(
            f"{identity.key} has no account yet, so it cannot be deployed",
            hint="vend its account; accounts/registry.json then has its id",
        )
    platform = {
        "log-archive": plan.landing.log_archive_account,
        "network-hub": plan.landing.network_hub_account,
        "shared-services": plan.landing.shared_services_account,
    }
    pending = [name for name, account in platform.items() if account == SENTINEL_ACCOUNT]
    if pending:
        raise InputError(
            f"the account '{pending[0]}' is not vended yet, and {identity.key} needs it",
            hint="vend it; accounts/registry.json then has its id",
        )
    if plan.modules_from_context and identity.environment in _FROM_FILES_ONLY:
        raise InputError(
            f"{identity.environment} is deployed with the modules of its file, not of the command line",
            hint=f"write them into cells/products/{identity.product}.yaml, or deploy dev",
        )


@dataclass
class CellDeployment:
    """Deploys a cell to a target."""

    plan: CellPlan
    assembly: CloudAssembly
    target: Target
    cli: Cli
    reporter: Reporter
    registry: Registry
    release: bool = False
    """Whether the person allowed to lose data."""
    delegation_seconds: float = 900.0
    placeholder_secret: str = ""
    """What an external secret gets that nobody has set. Only for a cell that serves nobody."""
    schema: SchemaVersion | None = None
    """The schema that the migrations bring; None when their build has declared none."""
    no_snapshot: str = ""
    """Why no database is copied before it is touched; empty: it is."""
    snapshots: list[str] = field(default_factory=list)
    """The snapshots that were taken before a change."""

    @property
    def deployment(self) -> Deployment:
        """The run over its stacks."""
        clients = self.target.clients(self.plan.account, self.plan.identity.region)
        return Deployment(
            self.assembly,
            self.target,
            self.cli,
            self.reporter,
            resolved=ResolvedValues(clients, f"{self.plan.identity.record_path}/resolved"),
            before={SERVICE: self._service_may_start, EDGE: self._zone_is_delegated},
            after={SERVICE: lambda _: self.schema_gate.deployed()},
            release=self.release,
            secure=Snapshots(
                self.plan, self.stack("data"), self.reporter, skip=self.no_snapshot, taken=self.snapshots
            ).before,
        )

    @property
    def schema_gate(self) -> SchemaGate:
        """What keeps code and schema together."""
        clients = self.target.clients(self.plan.account, self.plan.identity.region)
        return SchemaGate(clients, f"{self.plan.identity.record_path}/schema", self.schema)

    def prepare(self) -> None:
        """Refuse credentials of the wrong account, a schema that breaks code, missing images; seed placeholders."""
        self.target.verify(self.plan.account)
        self.schema_gate.check()
        landing = self.plan.landing
        if self.target.can_use(landing.shared_services_account):
            shared = self.target.clients(landing.shared_services_account, landing.home_region)
            images.seed_placeholders(self.plan, self.registry, shared, self.reporter)
        images.refuse_missing(self.plan, self.target.clients(self.plan.account, landing.home_region))

    def secrets(self) -> list[secret.DeployedSecret]:
        """The secrets of the cell's modules that are there."""
        return secret.secrets_of(self.stack("data"))

    def stack(self, layer: Layer) -> LiveStack:
        """A stack of the cell as CloudFormation has it."""
        from cells.deploy.stack import LiveStack

        id = LEAF if layer == "cell" else f"{LEAF}-{layer.title()}"
        found = self.assembly.stack(id)
        return LiveStack(self.target.clients(found.environment.account, found.region), found.stack_name)

    def _service_may_start(self, _: Stack) -> None:
        self._refuse_empty_secrets()
        self.schema_gate.migrating()

    def _refuse_empty_secrets(self) -> None:
        identity = self.plan.identity
        if self.placeholder_secret:
            for empty in secret.empty_secrets(self.secrets()):
                secret.set_secret(self.stack("data").clients, empty, self.placeholder_secret)
                self.reporter.note(f"{empty.name} got a placeholder value")
        secret.refuse_empty(self.secrets(), product=identity.product, environment=identity.environment)

    def _zone_is_delegated(self, _: Stack) -> None:
        wanted = delegation.zone_servers(self.stack("foundation"), self.plan.domain)
        delegation.wait_for_delegation(
            self.plan.domain,
            wanted,
            lambda: self.target.name_servers(self.plan),
            self.reporter,
            seconds=self.delegation_seconds,
        )
