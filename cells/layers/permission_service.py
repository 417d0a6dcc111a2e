"""The permission service in the Service layer: its migrations, its tasks, and what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.images import contract
from constructs_lib.container import ContainerSetup
from constructs_lib.migrations import Migrations
from constructs_lib.permission_service import PermissionService
from constructs_lib.specs.permission_service import OPENFGA
from constructs_lib.specs.service import ServiceSpec

if TYPE_CHECKING:
    from cells.layers.service import ServiceLayer
    from cells.modules.module import Module
    from constructs_lib.logical_database import LogicalDatabase
    from constructs_lib.secret import CellSecret

_DOOR = "The permission service reaches its database"


class PermissionParts:
    """Builds the permission service of one cell."""

    def __init__(self, layer: ServiceLayer, module: Module, *, database: LogicalDatabase, key: CellSecret) -> None:
        self._layer = layer
        self._scope = layer.module_scope(module)
        self._database = database
        self._key = key
        self._repository = layer.repository("permissions", "PermissionsRepository")
        self._family = f"{layer.plan.identity.prefix}-permissions"

    def build(self, id: str, spec: ServiceSpec) -> PermissionService:
        """Build the service, which waits for its migrations. Both sign in to the database with IAM."""
        migrations = self._build_migrations()
        service = self._build_service(id, spec)
        service.service.node.add_dependency(migrations.resource)
        for connections, role in (
            (migrations.connections, migrations.task_role),
            (service.service.connections, service.task_role),
        ):
            connections.allow_to_default_port(self._database, _DOOR)
            self._database.grant_connect(role)
        self._key.grant_read(service.task_role)
        return service

    def _build_migrations(self) -> Migrations:
        plan = self._layer.plan
        return Migrations(
            self._scope,
            "Migrations",
            spec=plan.settings.migrations,
            container=self._container(contract.MIGRATIONS_COMMAND, health=None),
            cluster=self._layer.cluster.cluster,
            network=self._layer.foundation.network,
            log_key=self._layer.foundation.encryption.messaging_key,
            family=f"{self._family}-migrations",
            lock_name=f"{plan.identity.record_path}/permissions-migrations-lock",
        )

    def _build_service(self, id: str, spec: ServiceSpec) -> PermissionService:
        foundation = self._layer.foundation
        return PermissionService(
            self._scope,
            id,
            spec=spec,
            container=self._container(contract.PERMISSIONS_COMMAND, health=contract.API_HEALTH_COMMAND),
            cluster=self._layer.cluster.cluster,
            network=foundation.network,
            load_balancer=self._layer.load_balancer,
            certificate=foundation.certificate.certificate,
            log_key=foundation.encryption.messaging_key,
            family=self._family,
        )

    def _container(self, command: tuple[str, ...], *, health: tuple[str, ...] | None) -> ContainerSetup:
        plan = self._layer.plan
        return ContainerSetup(
            repository=self._repository,
            digest=plan.images["permissions"],
            environment={
                **OPENFGA,
                "CELL": plan.identity.prefix,
                "PORT": str(contract.PORT),
                "DATABASE_HOST": self._database.host,
                "DATABASE_NAME": self._database.name,
                "DATABASE_USER": self._database.user_name,
                "PERMISSIONS_KEY_ARN": self._key.secret.secret_arn,
            },
            command=command,
            port=contract.PORT,
            user=contract.USER,
            health_path=contract.HEALTH_PATH,
            health_command=health,
        )
