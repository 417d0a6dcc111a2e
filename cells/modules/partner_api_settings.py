"""What a product may set of its partner API, and the routes that follow."""

import re
from collections.abc import Mapping
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Annotated, Self

from pydantic import AfterValidator, Field, JsonValue, model_validator

from cells.charge import Charge
from constructs_lib.specs.base import Spec
from constructs_lib.specs.json_schema import JsonSchema
from constructs_lib.specs.rest_api import CacheSize, RestApiSpec, RouteAuth, RouteSpec
from constructs_lib.specs.secret import SecretSpec


def _address(value: str) -> str:
    IPv4Address(value)
    return value


PartnerName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Address = Annotated[str, AfterValidator(_address)]

_TEXT: dict[str, JsonValue] = {"type": "string", "minLength": 1, "maxLength": 100}
_MONEY: dict[str, JsonValue] = {"type": "number", "minimum": 0}
ORDER_SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "required": ["externalOrderId", "productId", "customerId", "quantity", "unitPrice", "transactionTime"],
    "properties": {
        "externalOrderId": _TEXT,
        "sequenceNumber": {"type": "integer", "minimum": 0},
        "productId": _TEXT,
        "customerId": _TEXT,
        "quantity": {"type": "integer", "minimum": 1},
        "unitPrice": _MONEY,
        "taxRate": {"type": "number", "minimum": 0, "maximum": 1},
        "transactionTime": _TEXT,
    },
}
_MOST_IN_A_BATCH = 100
_FEED = "/api/feed/{partner}"
_FEEDS = {"": "Order", "/batch": "OrderBatch"}
"""Below a partner's path, with the schema of what is posted there."""


class PartnerApiSpec(Spec):
    """The partner API of a product."""

    partners: Annotated[tuple[PartnerName, ...], Field(min_length=1, max_length=50)] = ("partner-a", "partner-b")
    """Who feeds orders: each has a key and a path."""
    order_schema: JsonSchema | None = None
    """What an order has to be, as JSON Schema of draft 4; what is not is answered with 400. None: numbers of the order,
    product and customer, a quantity, a price and a time."""
    query_auth: RouteAuth = "key"
    """Who may ask for orders, errors and statistics: `key`, `iam` or `cognito`."""
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)] = 10_000
    """Throttling of the API, and of each key."""
    burst: Annotated[int, Field(ge=1, le=5_000)] = 5_000
    """So many requests at once above the rate."""
    cache_gb: CacheSize | None = "0.5"
    """The cache of statistics, billed by the hour. None: they are not cached."""
    stats_cache_seconds: Annotated[int, Field(ge=1, le=3600)] = 300
    """Statistics are given again for so long, to the same caller."""
    requests_per_five_minutes: Annotated[int, Field(ge=10, le=2_000_000_000)] = 100_000
    """More from one address are blocked: partners call from few, so it is higher than at the front door."""
    truststore_version: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    """The version of `truststore.pem` in the bucket. Given, callers need a certificate of an authority in it."""
    traffic_percent: Annotated[int, Field(ge=0, le=100)] = 100
    """So much of the traffic gets here, and the rest the older system, while `older_addresses` names it."""
    older_addresses: Annotated[tuple[Address, ...], Field(max_length=20)] = ()
    """The IPv4 addresses of the system that is replaced. None: all traffic gets here."""

    @model_validator(mode="after")
    def _traffic_goes_somewhere(self) -> Self:
        if self.traffic_percent < 100 and not self.older_addresses:
            raise ValueError("traffic_percent is below 100, but older_addresses names nobody who takes the rest")
        if self.query_auth == "lambda":
            raise ValueError("query_auth 'lambda' needs a function, which this module does not have")
        return self

    @property
    def keys(self) -> Mapping[str, SecretSpec]:
        """The secret of each partner, with what it shows as its key."""
        return {
            partner: SecretSpec(
                name=f"partner-api/{partner}-key", kind="generated", description=f"The key of {partner} for the API"
            )
            for partner in self.partners
        }

    @property
    def charges(self) -> tuple[Charge, ...]:
        """The cache of statistics."""
        size = self.cache_gb
        return (Charge(name="API cache", count=Decimal(1), price=f"api_cache_{size}_gb_hour"),) if size else ()

    def api(self, *, log_retention_days: int) -> RestApiSpec:
        """The API that follows."""
        order = ORDER_SCHEMA if self.order_schema is None else self.order_schema
        batch: dict[str, JsonValue] = {
            "type": "array",
            "minItems": 1,
            "maxItems": _MOST_IN_A_BATCH,
            "items": order,
        }
        return RestApiSpec(
            routes=(*self._feeds(), *self._queries()),
            schemas={"Order": order, "OrderBatch": batch},
            requests_per_second=self.requests_per_second,
            burst=self.burst,
            cache_gb=self.cache_gb,
            max_latency_seconds=2,
            log_retention_days=log_retention_days,
        )

    @property
    def routes_of_a_partner(self) -> tuple[str, ...]:
        """What a partner's key opens: its feeds (`POST /api/feed/{partner}`), and the queries if they take a key.

        A parameter of a path is `*`, as in a policy.
        """
        queries = [
            re.sub(r"{\w+}", "*", f"{route.method} {route.path}") for route in self._queries() if route.auth == "key"
        ]
        return (*(f"POST {_FEED}{path}" for path in _FEEDS), *queries)

    def _feeds(self) -> list[RouteSpec]:
        return [
            RouteSpec(method="POST", path=_FEED.format(partner=partner) + path, body=body)
            for partner in self.partners
            for path, body in _FEEDS.items()
        ]

    def _queries(self) -> list[RouteSpec]:
        cached = {"/api/orders/stats": self.stats_cache_seconds}
        paths = ("/api/orders", "/api/orders/{id}", "/api/orders/stats", "/api/errors", "/api/errors/stats")
        return [
            RouteSpec(
                method="GET",
                path=path,
                auth=self.query_auth,
                query=("partner", "from", "to"),
                cache_seconds=cached.get(path),
            )
            for path in paths
        ]
