"""The network of a cell."""

import ipaddress
from typing import Literal, Self

from pydantic import model_validator

from constructs_lib.specs.base import Spec

NatStrategy = Literal["regional", "per_az", "single", "none"]

InterfaceEndpoint = Literal[
    "ecr.api",
    "ecr.dkr",
    "logs",
    "secretsmanager",
    "kms",
    "ssm",
    "ssmmessages",
    "sts",
    "sqs",
    "sns",
    "monitoring",
    "ecs",
    "xray",
]

REQUIRED_WITHOUT_NAT: tuple[InterfaceEndpoint, ...] = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "sts", "kms")
"""What a Fargate task calls before its first line of code runs, and what every cell calls after."""


class NetworkSettings(Spec):
    """The numbers of a network that a size decides."""

    nat: NatStrategy
    """How app subnets reach the internet: one `regional` NAT gateway over all zones, one `per_az`, a `single` one, or
    `none` (endpoints only)."""
    interface_endpoints: tuple[InterfaceEndpoint, ...]
    """AWS services reached by a private endpoint in the app subnets.

    Billed per zone and hour. S3 and DynamoDB gateways are free and always there.
    """

    attachment: bool = False
    """Whether the cell attaches itself to the network hub's transit gateway, to reach what lines from outside lead to.

    The organization has to share its gateway with the cell (`network.attached`), and chooses the segment.
    """

    @model_validator(mode="after")
    def _endpoints_are_named_once(self) -> Self:
        if len(set(self.interface_endpoints)) != len(self.interface_endpoints):
            raise ValueError(f"interface_endpoints must be named once, got {', '.join(self.interface_endpoints)}")
        return self

    @model_validator(mode="after")
    def _cells_without_nat_have_endpoints(self) -> Self:
        missing = [name for name in REQUIRED_WITHOUT_NAT if name not in self.interface_endpoints]
        if self.nat == "none" and missing:
            raise ValueError(f"nat 'none' needs the interface_endpoints {', '.join(missing)}: tasks have no other way")
        return self


class ZoneSubnets(Spec):
    """The three subnets of one availability zone, as values of the plan."""

    zone: str
    public_cidr: str
    app_cidr: str
    data_cidr: str


class AttachmentSpec(Spec):
    """A way to the network hub."""

    transit_gateway: str
    """Its id. It is in the cell's region and belongs to the network hub."""
    ranges: tuple[str, ...]
    """The IPv4 ranges that are reached over it."""


class NetworkSpec(Spec):
    """A VPC: its range, three zones of three subnets each, and how it reaches out."""

    cidr: str
    zones: tuple[ZoneSubnets, ZoneSubnets, ZoneSubnets]
    settings: NetworkSettings
    attachment: AttachmentSpec | None = None
    """None: the cell is attached to nothing."""


def plan_subnets(cidr: str, zones: tuple[str, str, str]) -> tuple[ZoneSubnets, ZoneSubnets, ZoneSubnets]:
    """Divide a range: three quarters to the app subnets, the last quarter to public and data subnets.

    For a /20 that is 3 x /22 for tasks, and 3 x /25 each for public and data. Raises ValueError below /22,
    because a load balancer subnet must not be smaller than /27.
    """
    network = ipaddress.IPv4Network(cidr)
    if network.prefixlen > 22:
        raise ValueError(f"the range {cidr} is too small for three zones, it must be /22 or larger")
    *app, rest = network.subnets(prefixlen_diff=2)
    small = list(rest.subnets(prefixlen_diff=3))
    first, second, third = (
        ZoneSubnets(zone=zone, public_cidr=str(small[i]), app_cidr=str(app[i]), data_cidr=str(small[i + 3]))
        for i, zone in enumerate(zones)
    )
    return first, second, third
