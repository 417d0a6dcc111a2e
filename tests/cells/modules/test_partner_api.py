"""The partner API: its routes follow from what a product sets, and what cannot be is refused at its line."""

import pytest
from pydantic import JsonValue, ValidationError

from cells.module_settings import Override, settings_of
from cells.modules.partner_api import PartnerApiModule
from cells.modules.partner_api_settings import PartnerApiSpec
from cells.plan import ModulePlan, Source
from constructs_lib.specs.errors import InputError


def routes(**settings: JsonValue) -> dict[str, str]:
    spec = PartnerApiSpec.model_validate(settings).api(log_retention_days=30)
    return {f"{route.method} {route.path}": route.auth for route in spec.routes}


def test_each_partner_has_two_feeds_and_all_share_the_queries() -> None:
    assert sorted(routes(partners=["acme"])) == [
        "GET /api/errors",
        "GET /api/errors/stats",
        "GET /api/orders",
        "GET /api/orders/stats",
        "GET /api/orders/{id}",
        "POST /api/feed/acme",
        "POST /api/feed/acme/batch",
    ]


def test_who_may_query_is_a_setting_and_feeds_take_a_key() -> None:
    found = routes(query_auth="iam")

    assert {auth for route, auth in found.items() if route.startswith("GET")} == {"iam"}
    assert {auth for route, auth in found.items() if route.startswith("POST")} == {"key"}


def test_statistics_of_orders_are_cached_for_five_minutes_and_nothing_else() -> None:
    spec = PartnerApiSpec().api(log_retention_days=30)

    cached = {route.path: route.cache_seconds for route in spec.routes if route.cache_seconds}
    assert cached == {"/api/orders/stats": 300}


def test_a_schema_that_is_none_is_an_error_at_its_line() -> None:
    override = Override(
        name="partner-api.order_schema",
        value={"type": "object", "properties": {"id": {"type": "text"}}},
        source=Source(kind="product file", where="cells/products/shop.yaml:7"),
    )

    with pytest.raises(InputError) as caught:
        settings_of(PartnerApiModule, ModulePlan(name="partner-api", major=1, reason="chosen"), [override])

    assert caught.value.message.startswith("cells/products/shop.yaml:7: partner-api.order_schema: is no JSON Schema of")
    assert "at properties/id/type, 'text'" in caught.value.message


@pytest.mark.parametrize(
    "settings,message",
    [
        ({"traffic_percent": 90}, "older_addresses names nobody"),
        ({"older_addresses": ["example.com"]}, "Expected 4 octets"),
        ({"query_auth": "lambda"}, "needs a function"),
        ({"requests_per_second": 10_001}, "less than or equal to 10000"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, JsonValue], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        PartnerApiSpec.model_validate(settings)
