"""What an organization declares about its network hub: who is attached to it, and which lines from outside end in it.

Nothing is attached and no line ends in it by default. A transit gateway without attachments costs nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import Environment, ProductName, Segment

PRIVATE_RANGES = tuple(
    ipaddress.IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""Where private addresses are: RFC 1918, and RFC 6598 for carriers."""


def segment_id(segment: Segment) -> str:
    """`NonProd`: a segment in ids of constructs and names of outputs."""
    return segment.title().replace("-", "")


def ipv4_network(value: str) -> ipaddress.IPv4Network:
    """The range that a text stands for. Raises ValueError that says what is wrong."""
    try:
        return ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"is not an IPv4 range: {error}") from None


def _range(value: str) -> str:
    if ipv4_network(value).prefixlen == 0:
        raise ValueError("must not be the whole internet: declare the ranges that are really there")
    return value


def _public_address(value: str) -> str:
    try:
        address = ipaddress.IPv4Address(value)
    except ValueError as error:
        raise ValueError(f"is not an IPv4 address: {error}") from None
    if any(address in private for private in PRIVATE_RANGES):
        raise ValueError("must be a public address, because AWS calls it over the internet")
    return value


AttachmentId = Annotated[str, Field(pattern=r"^tgw-attach-[0-9a-f]{8,17}$")]
"""The id of a transit gateway attachment, such as `tgw-attach-0123456789abcdef0`."""

PrivateAsn = Annotated[int, Field(ge=64512, le=65534)]
"""A 16-bit private autonomous system number."""

LineName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=2, max_length=30)]
Range = Annotated[str, AfterValidator(_range)]


class LineSpec(Spec):
    """What every line from outside has. No route comes over it: both ends of every route are declared here."""

    ranges: Annotated[tuple[Range, ...], Field(min_length=1)]
    """The IPv4 ranges at its other end. Each range has one line; none overlaps an address pool."""
    attachment: AttachmentId | None = None
    """The line's attachment to the transit gateway. CloudFormation does not tell its id: the first deployment makes the
    line, which carries nothing; the id written here is what lets it through."""


class VpnSpec(LineSpec):
    """A site-to-site VPN: two tunnels from the transit gateway to a device of one's own.

    See https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html.
    """

    name: LineName
    """Which site it goes to. Renaming it replaces the connection."""
    address: Annotated[str, AfterValidator(_public_address)]
    """The public IPv4 address of the device."""
    asn: Annotated[int, Field(ge=1, le=4_294_967_294)] = 65000
    """The device's autonomous system number."""


class DirectConnectSpec(LineSpec):
    """A Direct Connect gateway, which virtual interfaces are attached to when the carrier has laid the line.

    See https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-transit-gateways.html.
    """

    asn: PrivateAsn
    """The gateway's autonomous system number. It differs from the transit gateway's."""


class NetworkSpec(Spec):
    """The network hub."""

    ipam: bool = True
    """Whether the addresses of cells are recorded in Amazon VPC IPAM. Private pools are in its paid tier, which costs
    by the address in use."""
    asn: PrivateAsn = 64512
    """The transit gateway's autonomous system number. It cannot be changed later."""
    attached: dict[ProductName, Annotated[tuple[Environment, ...], Field(min_length=1)]] = {}
    """The cells that are attached to the transit gateway: environments by product."""
    outside_segments: tuple[Segment, ...] = ("prod",)
    """The segments that lines from outside reach, and that reach them."""
    vpn: tuple[VpnSpec, ...] = ()
    """Site-to-site VPN connections."""
    direct_connect: DirectConnectSpec | None = None
    """The Direct Connect gateway."""
    certificate_authorities: Annotated[tuple[str, ...], Field(min_length=1)] = ("amazon.com",)
    """Who may issue certificates for the base domain and every domain below it, as in a CAA record. A cell's own zone
    may say otherwise for itself. See https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html."""

    def is_attached(self, product: str, environment: Environment) -> bool:
        """Whether a cell is attached to the transit gateway."""
        return environment in self.attached.get(product, ())

    @property
    def lines(self) -> tuple[LineSpec, ...]:
        """Every line from outside."""
        return (*self.vpn, *(() if self.direct_connect is None else (self.direct_connect,)))

    @property
    def outside_ranges(self) -> Iterator[str]:
        """The ranges at the other ends of all lines."""
        return (cidr for line in self.lines for cidr in line.ranges)

    @model_validator(mode="after")
    def _names_and_addresses_are_unique(self) -> Self:
        for what, values in (
            ("name", [vpn.name for vpn in self.vpn]),
            ("address", [vpn.address for vpn in self.vpn]),
        ):
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"vpn has the {what} {twice[0]} twice")
        return self

    @model_validator(mode="after")
    def _every_range_has_one_line(self) -> Self:
        # A static route points at one attachment. Sorted by first address, an overlap is between neighbours.
        ranges = sorted(ipaddress.IPv4Network(cidr) for cidr in self.outside_ranges)
        for left, right in zip(ranges, ranges[1:], strict=False):
            if left.overlaps(right):
                raise ValueError(f"the outside range {right} overlaps {left}: a range has one line and one route")
        return self

    @model_validator(mode="after")
    def _numbers_differ(self) -> Self:
        if self.direct_connect is not None and self.direct_connect.asn == self.asn:
            raise ValueError(f"direct_connect.asn must differ from the transit gateway's asn, both are {self.asn}")
        return self
