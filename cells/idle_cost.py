"""What a cell costs in a month in which nobody uses it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from cells.charge import Charge
from cells.modules.module import Module
from cells.modules.registry import build_modules
from cells.network_choice import ZONES, nat_gateways
from cells.plan import CellPlan
from cells.prices import PriceTable, price_table
from cells.settings import Settings
from constructs_lib.specs.frontend import AmplifyFrontend, Frontend
from constructs_lib.specs.service import ServiceSpec

LEFT_OUT = (
    "storage and copies of it, requests, data transfer, logs, keys, secrets, alarms, metrics, dashboards, the web ACL, "
    "the hosted zone, taxes; Fargate at the on-demand price, also where Spot runs"
)
"""What the sum does not have."""

_FIREWALL = Charge(name="Amplify's firewall", count=Decimal(1), price="amplify_firewall_month", monthly=True)
_ATTACHMENT = Charge(name="transit gateway attachment", count=Decimal(1), price="transit_gateway_attachment_hour")


@dataclass(frozen=True)
class CostLine:
    """One part of a cell."""

    name: str
    arithmetic: str
    usd: Decimal | None
    """Dollars a month; None when the table has no price for it."""


@dataclass(frozen=True)
class IdleCost:
    """The parts and their sum."""

    lines: tuple[CostLine, ...]
    read: str
    """The day on which the prices were read."""

    @property
    def total(self) -> Decimal:
        """The sum of what has a price."""
        return sum((line.usd for line in self.lines if line.usd is not None), Decimal(0)).quantize(Decimal("0.01"))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The parts that the table has no price for: the cell costs more than `total`."""
        return tuple(line.name for line in self.lines if line.usd is None)

    def __str__(self) -> str:
        """`$123.45`, or `$123.45 + cache (no price)` when the table does not have one."""
        return f"${self.total}" + "".join(f" + {name} (no price)" for name in self.unpriced)


def idle_cost(
    settings: Settings,
    region: str,
    prices: PriceTable | None = None,
    *,
    modules: Iterable[Module] = (),
    frontend: Frontend | None = None,
    attached: bool = False,
) -> IdleCost:
    """Reckon what a cell of these settings and modules costs with its least tasks, capacity and nodes.

    `frontend` is who serves its pages; only Amplify asks something for an app that nobody visits, for its web ACL.
    `attached` says that the cell hangs on a transit gateway.
    """
    table = prices or price_table()
    reckoning = _Reckoning(settings, region, table)
    lines = list(reckoning.lines(modules))
    if attached:
        lines.append(reckoning.charge(_ATTACHMENT))
    if isinstance(frontend, AmplifyFrontend):
        lines.append(reckoning.charge(_FIREWALL))
    return IdleCost(tuple(lines), table.read.isoformat())


def idle_cost_of(plan: CellPlan) -> IdleCost:
    """Reckon what a cell of this plan costs while nobody uses it."""
    return idle_cost(
        plan.settings,
        plan.identity.region,
        modules=build_modules(plan.modules),
        frontend=plan.frontend,
        attached=plan.network.attachment is not None,
    )


class _Reckoning:
    def __init__(self, settings: Settings, region: str, table: PriceTable) -> None:
        self._settings, self._region, self._table = settings, region, table

    def lines(self, modules: Iterable[Module]) -> Iterator[CostLine]:
        settings = self._settings
        network, database, cache = settings.network, settings.database, settings.cache
        if gateways := nat_gateways(network.nat):
            yield self._line("NAT gateways", gateways, "nat_gateway_hour")
            yield self._line("NAT addresses", gateways, "public_ipv4_hour")
        if endpoints := len(network.interface_endpoints):
            yield self._line("interface endpoints", endpoints * ZONES, "interface_endpoint_hour")
        yield self._line("load balancer", 1, "load_balancer_hour")
        yield self._line("database", Decimal(str(database.min_acu)) * (1 + database.readers), "aurora_acu_hour")
        groups = 2 if cache.separate_queues else 1
        yield self._line("cache", groups * (1 + cache.replicas), cache.node_type)
        yield self._tasks("API tasks", settings.api)
        yield self._tasks("worker tasks", settings.worker)
        if settings.canary.every_minutes:
            yield self._line("canary runs", Decimal(60) / settings.canary.every_minutes, "canary_run")
        for module in modules:
            for name, service in module.tasks(settings).items():
                yield self._tasks(name, service)
            for charge in module.charges(settings):
                yield self.charge(charge)

    def charge(self, charge: Charge) -> CostLine:
        if charge.monthly:
            return self._of_a_month(charge.name, charge.count, charge.price)
        return self._line(charge.name, charge.count, charge.price)

    def _line(self, name: str, count: int | Decimal, price: str) -> CostLine:
        usd = self._table.usd(price, self._region)
        hours = self._table.hours_per_month
        if usd is None:
            return CostLine(name, f"{count:g} x {hours} h x {price}: no price for {self._region}", None)
        return CostLine(name, f"{count:g} x {hours} h x ${usd} ({price})", count * hours * usd)

    def _of_a_month(self, name: str, count: Decimal, price: str) -> CostLine:
        usd = self._table.usd(price, self._region)
        if usd is None:
            return CostLine(name, f"{count:g} x {price}: no price for {self._region}", None)
        return CostLine(name, f"{count:g} x ${usd} ({price})", count * usd)

    def _tasks(self, name: str, service: ServiceSpec) -> CostLine:
        cpu = self._table.usd("fargate_arm_vcpu_hour", self._region)
        memory = self._table.usd("fargate_arm_gb_hour", self._region)
        hours = self._table.hours_per_month
        vcpus, gigabytes = Decimal(service.cpu) / 1024, Decimal(service.memory_mib) / 1024
        if cpu is None or memory is None:
            return CostLine(name, f"{service.min_tasks} x {hours} h x fargate_arm: no price for {self._region}", None)
        return CostLine(
            name,
            f"{service.min_tasks} x {hours} h x ({vcpus:g} vCPU x ${cpu} + {gigabytes:g} GB x ${memory})",
            service.min_tasks * hours * (vcpus * cpu + gigabytes * memory),
        )
