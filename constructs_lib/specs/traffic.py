"""What a product sends out of its subnets, for the choice of its network."""

from typing import Annotated

from pydantic import Field

from constructs_lib.specs.base import Spec
from constructs_lib.specs.network import InterfaceEndpoint

Gigabytes = Annotated[float, Field(ge=0, le=10_000_000)]


class TrafficSpec(Spec):
    """Gigabytes a month, both directions, measured or expected. S3 and DynamoDB are free on the way: leave them out.

    When a product gives them, the network is chosen by cost instead of by size. Settings of the network still win.
    """

    internet_gb: Gigabytes
    """To anything that is not a service below, such as a payment provider. 0: nothing, so no NAT gateway is needed."""
    services_gb: dict[InterfaceEndpoint, Gigabytes] = Field(default_factory=dict)
    """To AWS services, by the name of their endpoint: `{logs: 40, ecr.dkr: 25}`."""
