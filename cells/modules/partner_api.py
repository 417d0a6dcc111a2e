"""Partner API: the REST API that partners feed orders into and ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module
from cells.modules.partner_api_address import add_domain
from cells.modules.partner_api_settings import PartnerApiSpec
from cells.modules.partner_authorizer import add_authorizer
from cells.modules.partner_rest_api import add_api

if TYPE_CHECKING:
    from aws_cdk.aws_s3 import IBucket

    from cells.charge import Charge
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from cells.settings import Settings
    from constructs_lib.secret import CellSecret


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
        return self.settings_as(PartnerApiSpec).charges

    def data(self, layer: DataLayer) -> None:
        """A key for each partner, and the bucket of the trust store, which is there before mutual TLS is on."""
        keys = self.settings_as(PartnerApiSpec).keys
        self._keys = {partner: layer.add_secret(self, _id(partner), spec) for partner, spec in keys.items()}
        self._trust_store = layer.add_versioned_bucket(self, "TrustStore")

    def service(self, layer: ServiceLayer) -> None:
        """The API, its keys and its address."""
        settings, scope = self.settings_as(PartnerApiSpec), layer.module_scope(self)
        authorizer = add_authorizer(self, layer, routes=settings.routes_of_a_partner)
        api = add_api(scope, layer, name=self.name, settings=settings, authorizer=authorizer.function)
        key_ids = {name: api.add_key(_id(name), secret=secret).key_id for name, secret in self._keys.items()}
        authorizer.function.add_environment("KEY_IDS", layer.to_json_string(key_ids))
        layer.share_api_role(api)
        add_domain(scope, layer, api=api, name=self.name, settings=settings, trust_store=self._trust_store)
        layer.watch(api.monitor)


def _id(partner: str) -> str:
    return f"{partner.title().replace('-', '')}Key"
