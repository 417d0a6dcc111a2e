"""The address of the partner API: `partner.<domain>`, with mutual TLS and a cut-over where they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.partner_api_settings import PartnerApiSpec

if TYPE_CHECKING:
    from aws_cdk.aws_s3 import IBucket
    from constructs import Construct

    from cells.layers.service import ServiceLayer
    from constructs_lib.rest_api import RestApi


def add_domain(
    scope: Construct, layer: ServiceLayer, *, api: RestApi, name: str, settings: PartnerApiSpec, trust_store: IBucket
) -> None:
    """Add the domain with its web ACL. Mutual TLS is on when the settings name a version of the trust store."""
    from constructs_lib.rest_api_domain import CutOver, MutualTls, RestApiDomain

    plan, version, older = layer.plan, settings.truststore_version, settings.older_addresses
    RestApiDomain(
        scope,
        "Domain",
        api=api,
        domain=f"partner.{plan.domain}",
        zone=layer.foundation.dns.zone,
        web_acl=plan.settings.edge.model_copy(update={"requests_per_five_minutes": settings.requests_per_five_minutes}),
        key=layer.foundation.encryption.messaging_key,
        name_prefix=f"{plan.identity.prefix}-{name}",
        mutual_tls=MutualTls(bucket=trust_store, version=version) if version else None,
        cut_over=CutOver(percent=settings.traffic_percent, addresses=older) if older else None,
    )
