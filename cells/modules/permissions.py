"""Permissions: who may do what with which entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cells.modules.module import Module
from cells.modules.permissions_settings import KEY, PermissionsSpec
from constructs_lib.specs.image import Container
from constructs_lib.specs.permission_service import DATABASE_NAME

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from cells.settings import Settings
    from constructs_lib.logical_database import LogicalDatabase
    from constructs_lib.secret import CellSecret
    from constructs_lib.specs.service import ServiceSpec


class PermissionsModule(Module):
    """Relations of users to entities: rows in the cell's database, or OpenFGA on Fargate with a database of its own.

    With `openfga` the containers ask `PERMISSIONS_ENDPOINT` over HTTPS with the key that they read from the secret
    `PERMISSIONS_KEY_ARN`. Their store is the one that is named `PERMISSIONS_STORE`; the application makes it and writes
    its models. The image is the product's container `permissions`; docs/images.md says what it has to do.
    """

    name = "permissions"
    core = True
    requires = ("organizations", "teams")
    summary = "Relations that say who may do what, in PostgreSQL or in OpenFGA"
    reference = "https://openfga.dev/docs/concepts"
    spec = PermissionsSpec

    _database: LogicalDatabase
    _key: CellSecret

    @property
    def _is_service(self) -> bool:
        return self.settings_as(PermissionsSpec).engine == "openfga"

    def containers(self) -> tuple[Container, ...]:
        """The service's own, where there is one."""
        return ("permissions",) if self._is_service else ()

    def tasks(self, settings: Settings) -> Mapping[str, ServiceSpec]:
        """Those of the service, where there is one."""
        return {"permission tasks": self.settings_as(PermissionsSpec).service(settings.api)} if self._is_service else {}

    def data(self, layer: DataLayer) -> None:
        """The database of the service, and the key that opens it."""
        if self._is_service:
            self._database = layer.add_logical_database(self, "Database", name=DATABASE_NAME)
            self._key = layer.add_secret(self, "Key", KEY)

    def service(self, layer: ServiceLayer) -> None:
        """The service, which API and worker ask."""
        if not self._is_service:
            return
        settings = self.settings_as(PermissionsSpec)
        spec = settings.service(layer.plan.settings.api)
        endpoint = layer.add_permission_service(self, "Service", spec=spec, database=self._database, key=self._key)
        layer.set_environment("PERMISSIONS_ENDPOINT", endpoint)
        layer.set_environment("PERMISSIONS_KEY_ARN", self._key.secret.secret_arn)
        layer.set_environment("PERMISSIONS_STORE", layer.plan.identity.product)
        if settings.model_id is not None:
            layer.set_environment("PERMISSIONS_MODEL_ID", settings.model_id)
        layer.grant_containers(self._key.grant_read)
