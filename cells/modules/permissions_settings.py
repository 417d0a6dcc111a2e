"""The settings of permissions, and the key of their service."""

from __future__ import annotations

from typing import Literal

from constructs_lib.specs.permission_service import PermissionServiceSpec
from constructs_lib.specs.secret import SecretSpec

KEY = SecretSpec(
    name="permissions/key",
    kind="generated",
    description="What API and worker show the permission service; a new value is taken without a restart",
)


class PermissionsSpec(PermissionServiceSpec):
    """What a product keeps and checks its permissions with."""

    engine: Literal["postgresql", "openfga"] = "postgresql"
    """`postgresql` has no infrastructure of its own; `openfga` is a service with a database, paid while nobody asks."""
