"""Distributed tracing of a cell."""

from typing import Annotated

from pydantic import Field

from constructs_lib.specs.base import Spec


class TracingSpec(Spec):
    """Which requests are traced, and how many of the traces can be searched by X-Ray."""

    enabled: bool
    """Whether containers are told where traces go, and may send them."""
    sampling_percent: Annotated[int, Field(ge=1, le=100)]
    """The part of the requests that is traced. A request that arrives traced stays traced."""
    indexed_percent: Annotated[int, Field(ge=0, le=100)]
    """The part of the traces that X-Ray indexes as summaries. 1 costs nothing. Logs Insights reads all of them."""
