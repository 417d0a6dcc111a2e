"""The REST API of partners before the services behind the load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.partner_api_settings import PartnerApiSpec

if TYPE_CHECKING:
    from aws_cdk.aws_lambda import Function
    from constructs import Construct

    from cells.layers.service import ServiceLayer
    from constructs_lib.rest_api import RestApi

PREFIX = "/partner"
"""What the services see before the path. The front door forwards no such path, so nobody gets past the API's keys."""

CALLER_HEADER = "X-Partner"
"""Where the services read whose key a request came with."""


def add_api(
    scope: Construct, layer: ServiceLayer, *, name: str, settings: PartnerApiSpec, authorizer: Function
) -> RestApi:
    """Add the API that the settings describe, with the way to the services."""
    from constructs_lib.rest_api import RestApi
    from constructs_lib.rest_api_backend import LoadBalancerBackend

    backend = LoadBalancerBackend(
        scope,
        "Backend",
        network=layer.foundation.network,
        load_balancer=layer.load_balancer,
        origin_domain=layer.plan.origin_domain,
        name=f"{layer.plan.identity.prefix}-{name}",
        prefix=PREFIX,
        caller_header=CALLER_HEADER,
    )
    user_pool = layer.data.user_pool
    return RestApi(
        scope,
        "Api",
        name=name,
        description="What partners and dashboards ask of the product",
        spec=settings.api(log_retention_days=layer.plan.settings.api.log_retention_days),
        backend=backend,
        log_key=layer.foundation.encryption.messaging_key,
        user_pool=user_pool.pool if user_pool else None,
        key_authorizer=authorizer,
        cors_origins=layer.plan.page_origins[:1],
        own_domain=layer.plan.domain,
    )
