"""The function that says what the key of a partner opens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cells.modules.module import Module
from cells.modules.order_settings import LAMBDAS, MAX_ERROR_PERCENT

if TYPE_CHECKING:
    from cells.layers.service import ServiceLayer
    from constructs_lib.handler import Handler


def add_authorizer(module: Module, layer: ServiceLayer, *, routes: Sequence[str]) -> Handler:
    """Add the function to a module. `routes` are those of one partner; it learns the ids of keys from `KEY_IDS`."""
    from constructs_lib.specs.function import FunctionSpec

    return layer.add_handler(
        module,
        "Authorizer",
        description="Says whose key a request of a partner carries and what it opens",
        code=LAMBDAS / "partner_authorizer",
        environment={"ROUTES": json.dumps(routes)},
        spec=FunctionSpec(
            timeout_seconds=5,
            log_retention_days=layer.plan.settings.api.log_retention_days,
            max_error_percent=MAX_ERROR_PERCENT,
        ),
    )
