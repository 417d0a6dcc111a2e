"""Chooses between NAT and interface endpoints by what each costs for the traffic of a product."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cells.prices import PriceTable, price_table
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.network import REQUIRED_WITHOUT_NAT, InterfaceEndpoint, NatStrategy
from constructs_lib.specs.traffic import TrafficSpec

ZONES = 3
CALLED_WITHOUT_NAT: tuple[InterfaceEndpoint, ...] = (*REQUIRED_WITHOUT_NAT, "monitoring", "sns", "sqs")
"""What tasks and the core modules call. A cell without NAT has an endpoint for each."""

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class NetworkChoice:
    """The cheapest network for some traffic."""

    nat: NatStrategy
    interface_endpoints: tuple[InterfaceEndpoint, ...]
    arithmetic: tuple[str, ...]
    """Every product and sum that led to it, in dollars a month."""


def nat_gateways(nat: NatStrategy) -> int:
    """How many gateway hours AWS counts in an hour: a regional gateway counts once for each zone."""
    return {"regional": ZONES, "per_az": ZONES, "single": 1, "none": 0}[nat]


def choose_network(
    traffic: TrafficSpec, *, nat: NatStrategy, region: str, prices: PriceTable | None = None
) -> NetworkChoice:
    """The cheaper of two networks: NAT gateways of the kind `nat` with the endpoints that pay, or endpoints only.

    Traffic to the internet needs NAT. An endpoint beside NAT pays when the gigabytes that it takes from the gateway
    cost more there than the endpoint's hours and gigabytes. Raises InputError for a region without prices.
    """
    return _Choice(traffic, nat, region, prices or price_table()).choose()


class _Choice:
    def __init__(self, traffic: TrafficSpec, nat: NatStrategy, region: str, table: PriceTable) -> None:
        self._traffic, self._nat, self._region, self._table = traffic, nat, region, table
        self._hours = Decimal(table.hours_per_month)
        self._nat_gb = self._price("nat_gateway_gb")
        self._endpoint_gb = self._price("interface_endpoint_gb")
        self._endpoint_month = ZONES * self._hours * self._price("interface_endpoint_hour")

    def choose(self) -> NetworkChoice:
        lines = [self._endpoint_line()]
        paying = tuple(name for name in self._named() if self._pays(name))
        lines += [self._service_line(name, name in paying) for name in self._named()]
        kind: NatStrategy = "single" if self._nat == "none" else self._nat
        with_nat = self._with_nat(kind, paying)
        lines.append(f"NAT {kind}: {self._nat_text(kind, paying)} = {_usd(with_nat)}")
        if self._traffic.internet_gb > 0:
            lines.append(f"{self._traffic.internet_gb:g} GB go to the internet, so NAT is needed")
            return NetworkChoice(kind, paying, tuple(lines))
        every = tuple(dict.fromkeys((*CALLED_WITHOUT_NAT, *self._named())))
        only = len(every) * self._endpoint_month + self._endpoint_gb * self._gb(self._named())
        lines.append(
            f"no NAT: {len(every)} endpoints x {_usd(self._endpoint_month)} + {self._gb(self._named()):g} GB x "
            f"${self._endpoint_gb} = {_usd(only)}"
        )
        if only < with_nat:
            lines.append("nothing goes to the internet, and endpoints only are cheaper")
            return NetworkChoice("none", every, tuple(lines))
        lines.append("NAT is cheaper, though nothing goes to the internet")
        return NetworkChoice(kind, paying, tuple(lines))

    def _price(self, name: str) -> Decimal:
        price = self._table.usd(name, self._region)
        if price is None:
            raise InputError(
                f"cells/prices.yaml has no {name} for {self._region}, so traffic cannot choose the network",
                hint=f"add the price with its source, or take `traffic` out; there is {', '.join(self._table.regions)}",
            )
        return price

    def _named(self) -> tuple[InterfaceEndpoint, ...]:
        return tuple(sorted(name for name, gigabytes in self._traffic.services_gb.items() if gigabytes > 0))

    def _gb(self, names: tuple[InterfaceEndpoint, ...]) -> Decimal:
        return sum((_decimal(self._traffic.services_gb[name]) for name in names), Decimal(0))

    def _pays(self, name: InterfaceEndpoint) -> bool:
        return self._endpoint_month + self._endpoint_gb * self._gb((name,)) < self._nat_gb * self._gb((name,))

    def _through_nat(self, paying: tuple[InterfaceEndpoint, ...]) -> Decimal:
        rest = tuple(name for name in self._named() if name not in paying)
        return self._gb(rest) + _decimal(self._traffic.internet_gb)

    def _nat_month(self) -> Decimal:
        return self._hours * (self._price("nat_gateway_hour") + self._price("public_ipv4_hour"))

    def _with_nat(self, kind: NatStrategy, paying: tuple[InterfaceEndpoint, ...]) -> Decimal:
        gateways = nat_gateways(kind) * self._nat_month() + self._nat_gb * self._through_nat(paying)
        return gateways + len(paying) * self._endpoint_month + self._endpoint_gb * self._gb(paying)

    def _endpoint_line(self) -> str:
        hour = self._price("interface_endpoint_hour")
        return f"an endpoint: {ZONES} zones x {self._hours} h x ${hour} = {_usd(self._endpoint_month)} a month"

    def _service_line(self, name: InterfaceEndpoint, pays: bool) -> str:
        gigabytes = self._gb((name,))
        by_nat = self._nat_gb * gigabytes
        by_endpoint = self._endpoint_month + self._endpoint_gb * gigabytes
        return (
            f"{name}: {gigabytes:g} GB x ${self._nat_gb} = {_usd(by_nat)} by NAT, {_usd(self._endpoint_month)} + "
            f"{gigabytes:g} GB x ${self._endpoint_gb} = {_usd(by_endpoint)} by endpoint: "
            f"{'endpoint' if pays else 'NAT'}"
        )

    def _nat_text(self, kind: NatStrategy, paying: tuple[InterfaceEndpoint, ...]) -> str:
        parts = [f"{nat_gateways(kind)} x {_usd(self._nat_month())}"]
        parts.append(f"{self._through_nat(paying):g} GB x ${self._nat_gb}")
        parts += list(self._paying_text(paying))
        return " + ".join(parts)

    def _paying_text(self, paying: tuple[InterfaceEndpoint, ...]) -> Iterator[str]:
        if paying:
            yield f"{len(paying)} endpoints x {_usd(self._endpoint_month)}"
            yield f"{self._gb(paying):g} GB x ${self._endpoint_gb}"


def _decimal(gigabytes: float) -> Decimal:
    """What was written: 40 and not 40.0, 0.1 and not what a float makes of it."""
    return Decimal(f"{gigabytes:.10g}")


def _usd(amount: Decimal) -> str:
    return f"${amount.quantize(_CENT)}"
