"""API Gateway between the front door of a cell and its API."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec


class GatewaySpec(Spec):
    """A regional REST API that CloudFront asks for `/api/*` and `/health`, and that asks the load balancer.

    It answers within 29 seconds or with 504, and takes bodies up to 10 MB. WebSockets (`/ws/*`) go past it.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    """

    enabled: bool = False
    """Whether it is there. Off, CloudFront asks the load balancer for every path of the API."""
    routed: bool = True
    """Whether CloudFront asks it. `false` for one deployment before it goes, so that no request meets nothing."""
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)] = 10_000
    """Throttling: the steady rate of all callers together. 10,000 is what an account has in a region."""
    burst: Annotated[int, Field(ge=1, le=5_000)] = 5_000
    """So many requests at once above the rate."""
    key: Annotated[int, Field(ge=1, le=999)] = 1
    """The number of the key that CloudFront shows. Count it up to change the key; the one before is taken until the
    next."""

    @property
    def keys(self) -> tuple[int, ...]:
        """The numbers of the keys that are taken: that of CloudFront, and the one before, which it may still show."""
        if not self.enabled:
            return ()
        return tuple(number for number in (self.key - 1, self.key) if number > 0)

    @model_validator(mode="after")
    def _nothing_is_set_of_a_gateway_that_is_not_there(self) -> Self:
        for name, value in self.model_dump(exclude_defaults=True).items():
            if not self.enabled:
                raise ValueError(
                    f"{name} {value} is of a gateway that is not there: set gateway.enabled to true, or take it out"
                )
        return self
