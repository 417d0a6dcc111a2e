"""Partner API: the REST API that partners feed orders into and ask for them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from cells.charge import Charge
from cells.modules.module import Module
from cells.modules.order_feed import LAMBDAS, MAX_ERROR_PERCENT
from cells.modules.partner_api_settings import PartnerApiSpec
from constructs_lib.specs.secret import SecretSpec

if TYPE_CHECKING:
    from aws_cdk.aws_s3 import IBucket

    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from cells.settings import Settings
    from constructs_lib.handler import Handler
    from constructs_lib.rest_api import RestApi
    from constructs_lib.rest_api_domain import CutOver, MutualTls
    from constructs_lib.secret import CellSecret

PREFIX = "/partner"
"""What the services see before the path. The front door forwards no such path, so nobody gets past the API's keys."""

CALLER_HEADER = "X-Partner"
"""Where the services read whose key a request came with."""


class PartnerApiModule(Module):
    """A REST API at `partner.<domain>`, with a key for each partner, which opens its own feeds and nobody else's.

    Bodies are checked against a JSON Schema, requests are throttled, statistics are cached. It reaches the services
    through the load balancer, below the path `/partner`. The header `X-Partner` names whose key it was, whatever the
    caller wrote: it is for the query service to give a partner its own orders only.

    Mutual TLS: put the authorities that partners' certificates come from into the bucket as `truststore.pem`, and set
    `truststore_version`. A cut-over from an older system: name its addresses, and raise `traffic_percent` step by step.
    A key is a secret `partner-api/<partner>-key`; a new value takes a deployment.
    """

    name = "partner-api"
    requires = ("auth", "error-events", "order-feed")
    summary = "REST API for partners: keys, JSON Schema, throttling, cache, mutual TLS, weighted cut-over"
    reference = "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html"
    spec = PartnerApiSpec

    _keys: dict[str, CellSecret]
    _trust_store: IBucket

    def charges(self, settings: Settings) -> tuple[Charge, ...]:
        """The cache of statistics."""
        size = self.settings_as(PartnerApiSpec).cache_gb
        return (Charge(name="API cache", count=Decimal(1), price=f"api_cache_{size}_gb_hour"),) if size else ()

    def data(self, layer: DataLayer) -> None:
        """A key for each partner, and the bucket of the trust store, which is there before mutual TLS is on."""
        self._keys = {
            partner: layer.add_secret(
                self,
                f"{partner.title().replace('-', '')}Key",
                SecretSpec(
                    name=f"{self.name}/{partner}-key", kind="generated", description=f"The key of {partner} for the API"
                ),
            )
            for partner in self.settings_as(PartnerApiSpec).partners
        }
        self._trust_store = layer.add_versioned_bucket(self, "TrustStore")

    def service(self, layer: ServiceLayer) -> None:
        """The API, its keys and its address."""
        from constructs_lib.rest_api import RestApi
        from constructs_lib.rest_api_backend import LoadBalancerBackend

        settings, scope = self.settings_as(PartnerApiSpec), layer.module_scope(self)
        backend = LoadBalancerBackend(
            scope,
            "Backend",
            network=layer.foundation.network,
            load_balancer=layer.load_balancer,
            origin_domain=layer.plan.origin_domain,
            name=f"{layer.plan.identity.prefix}-{self.name}",
            prefix=PREFIX,
            caller_header=CALLER_HEADER,
        )
        authorizer = self._build_authorizer(layer)
        user_pool = layer.data.user_pool
        api = RestApi(
            scope,
            "Api",
            name=self.name,
            description="What partners and dashboards ask of the product",
            spec=settings.api(log_retention_days=layer.plan.settings.api.log_retention_days),
            backend=backend,
            log_key=layer.foundation.encryption.messaging_key,
            user_pool=user_pool.pool if user_pool else None,
            key_authorizer=authorizer.function,
            cors_origins=layer.plan.page_origins[:1],
            own_domain=layer.plan.domain,
        )
        keys = {
            partner: api.add_key(f"{partner.title().replace('-', '')}Key", secret=secret)
            for partner, secret in self._keys.items()
        }
        key_ids = {partner: key.key_id for partner, key in keys.items()}
        authorizer.function.add_environment("KEY_IDS", layer.to_json_string(key_ids))
        layer.share_api_role(api)
        self._add_domain(layer, api)
        layer.watch(api.monitor)

    def _build_authorizer(self, layer: ServiceLayer) -> Handler:
        from constructs_lib.specs.function import FunctionSpec

        return layer.add_handler(
            self,
            "Authorizer",
            description="Says whose key a request of a partner carries and what it opens",
            code=LAMBDAS / "partner_authorizer",
            environment={"ROUTES": json.dumps(self.settings_as(PartnerApiSpec).routes_of_a_partner)},
            spec=FunctionSpec(
                timeout_seconds=5,
                log_retention_days=layer.plan.settings.api.log_retention_days,
                max_error_percent=MAX_ERROR_PERCENT,
            ),
        )

    def _add_domain(self, layer: ServiceLayer, api: RestApi) -> None:
        from constructs_lib.rest_api_domain import RestApiDomain

        settings, plan = self.settings_as(PartnerApiSpec), layer.plan
        RestApiDomain(
            layer.module_scope(self),
            "Domain",
            api=api,
            domain=f"partner.{plan.domain}",
            zone=layer.foundation.dns.zone,
            web_acl=plan.settings.edge.model_copy(
                update={"requests_per_five_minutes": settings.requests_per_five_minutes}
            ),
            key=layer.foundation.encryption.messaging_key,
            name_prefix=f"{plan.identity.prefix}-{self.name}",
            mutual_tls=self._mutual_tls(settings),
            cut_over=self._cut_over(settings),
        )

    def _mutual_tls(self, settings: PartnerApiSpec) -> MutualTls | None:
        from constructs_lib.rest_api_domain import MutualTls

        version = settings.truststore_version
        return MutualTls(bucket=self._trust_store, version=version) if version else None

    def _cut_over(self, settings: PartnerApiSpec) -> CutOver | None:
        from constructs_lib.rest_api_domain import CutOver

        older = settings.older_addresses
        return CutOver(percent=settings.traffic_percent, addresses=older) if older else None
