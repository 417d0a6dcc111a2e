"""A REST API: its routes, who may call them, how often, and what is checked before a service sees a request."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec
from constructs_lib.specs.json_schema import JsonSchema

HttpMethod = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "ANY"]
"""`ANY` stands for each of them, and for HEAD and OPTIONS."""
Reach = Literal["domain", "front door"]
"""`domain`: callers come by a domain of the API, and the address that AWS gives is off. `front door`: CloudFront comes
by the address that AWS gives, and bodies pass as they are."""
RouteAuth = Literal["key", "iam", "cognito", "lambda"]
"""`key`: a key of a usage plan in `x-api-key`; `iam`: a signature of version 4; `cognito`: a token of the user pool;
`lambda`: what a function of the product says of the request."""
CacheSize = Literal["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"]
"""Gigabytes; each is billed by the hour."""
SchemaName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{0,60}$")]
RoutePath = Annotated[
    str, Field(pattern=r"^(/([a-z0-9-]+|\{[a-z][A-Za-z0-9]*\}))*/([a-z0-9-]+|\{[a-z][A-Za-z0-9]*\+?\})$")
]

_WITH_BODY = ("POST", "PUT", "PATCH")


class RouteSpec(Spec):
    """A method of a path."""

    method: HttpMethod
    path: RoutePath
    """`/api/orders/{id}`, or `/api/{rest+}` for every path below. The service is asked for the same path."""
    auth: RouteAuth = "key"
    body: SchemaName | None = None
    """The schema that a body has to meet. A request that does not is answered with 400, and no service sees it."""
    query: tuple[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")], ...] = ()
    """The parameters of the query that tell cached answers apart."""
    cache_seconds: Annotated[int, Field(ge=1, le=3600)] | None = None
    """An answer to a GET is given again for so long, to the same caller. None: never."""

    @model_validator(mode="after")
    def _method_bears_it(self) -> Self:
        if self.body is not None and self.method not in _WITH_BODY:
            raise ValueError(f"{self.method} {self.path} has no body to check: schemas are for {', '.join(_WITH_BODY)}")
        if self.cache_seconds is not None and self.method != "GET":
            raise ValueError(f"{self.method} {self.path} cannot be cached: only answers to GET are")
        return self

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the path: `id` of `/api/orders/{id}`."""
        return tuple(step[1:-1].rstrip("+") for step in self.path.split("/") if step.startswith("{"))

    @property
    def caller_header(self) -> str:
        """The header that says who calls: what is cached for one caller is not given to another."""
        return "x-api-key" if self.auth == "key" else "Authorization"


class RestApiSpec(Spec):
    """An API of API Gateway, of the type REST."""

    routes: Annotated[tuple[RouteSpec, ...], Field(min_length=1)]
    schemas: Mapping[SchemaName, JsonSchema] = Field(default_factory=dict)
    reach: Reach = "domain"
    """How callers come to it."""
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)] = 10_000
    """Throttling of the stage, and of each key: the steady rate. 10,000 is what an account has in a region."""
    burst: Annotated[int, Field(ge=1, le=5_000)] = 5_000
    """So many requests at once above the rate."""
    cache_gb: CacheSize | None = None
    """The size of the cache. None: nothing is cached, whatever routes say."""
    max_latency_seconds: Annotated[float, Field(gt=0, le=29)] = 2
    """An alarm when one request of a hundred takes longer."""
    max_error_percent: Annotated[float, Field(gt=0, lt=100)] = 1
    """An alarm when more requests than this end with 5xx."""
    log_retention_days: int = 90

    @model_validator(mode="after")
    def _routes_are_there_once_and_their_schemas_too(self) -> Self:
        seen: set[tuple[str, str]] = set()
        for route in self.routes:
            if (route.method, route.path) in seen:
                raise ValueError(f"{route.method} {route.path} is there twice")
            seen.add((route.method, route.path))
            if route.body is not None and route.body not in self.schemas:
                known = ", ".join(sorted(self.schemas)) or "none"
                raise ValueError(f"{route.method} {route.path} names the schema '{route.body}'; there is {known}")
        return self

    def digest_with(self, *more: str) -> str:
        """Changes with what callers see, and with `more`: API Gateway shows a change only in a new deployment."""
        seen = self.model_dump_json(include={"routes", "schemas"})
        return sha256("\n".join((seen, *more)).encode()).hexdigest()[:8]
