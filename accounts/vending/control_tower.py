"""Reads what AWS Control Tower manages, so that nothing of it is changed: it would repair it, or be broken by it.

A landing zone has units that it governs, with all accounts in them, and accounts of its own. Its guardrails are
policies with a name that starts like GUARDRAIL_PREFIX. See
https://docs.aws.amazon.com/controltower/latest/userguide/walkthrough-delete.html and
https://docs.aws.amazon.com/controltower/latest/userguide/orgs-guidance.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypedDict, cast

from accounts.vending.clients import VendingClients
from accounts.vending.live import LiveControlTower, LiveUnit

SERVICE = "controltower.amazonaws.com"
"""A landing zone gives itself trusted access: without it, there is none to ask for."""

OWNED_SERVICES = frozenset(
    {
        SERVICE,
        "cloudtrail.amazonaws.com",
        "config.amazonaws.com",
        "member.org.stacksets.cloudformation.amazonaws.com",
        "servicecatalog.amazonaws.com",
        "sso.amazonaws.com",
    }
)
"""Services whose trusted access Control Tower switches on and off by itself."""

GUARDRAIL_PREFIX = "aws-guardrails-"
"""How the names of its service control policies begin."""


class LandingZoneSummary(TypedDict):
    """A landing zone as ListLandingZones has it."""

    arn: str


class LandingZones(TypedDict):
    """What ListLandingZones answers."""

    landingZones: list[LandingZoneSummary]


class LandingZone(TypedDict):
    """A landing zone."""

    arn: str
    version: str
    manifest: Mapping[str, object]


class LandingZoneAnswer(TypedDict):
    """What GetLandingZone answers."""

    landingZone: LandingZone


class EnabledBaseline(TypedDict):
    """A baseline of a unit or an account."""

    targetIdentifier: str


class EnabledBaselines(TypedDict, total=False):
    """What ListEnabledBaselines answers."""

    enabledBaselines: list[EnabledBaseline]
    nextToken: str


class ControlTowerClient(Protocol):
    """What is used of AWS Control Tower; its type stubs are not installed."""

    def list_landing_zones(self) -> LandingZones:
        """The landing zone of the organization, in its home region; an organization has one at most."""

    def get_landing_zone(self, *, landingZoneIdentifier: str) -> LandingZoneAnswer:
        """A landing zone with its manifest."""

    def list_enabled_baselines(self, *, nextToken: str = ...) -> EnabledBaselines:
        """The baselines of units, a page of them."""


def read_control_tower(
    clients: VendingClients, region: str, services: Sequence[str], units: Sequence[LiveUnit]
) -> LiveControlTower | None:
    """The landing zone of an organization; None when it has none. Asks only where Control Tower has trusted access."""
    if SERVICE not in services:
        return None
    client = cast(ControlTowerClient, clients.open("controltower", region))
    found = clients.patience.call(client.list_landing_zones)["landingZones"]
    if not found:
        return None
    arn = found[0]["arn"]
    zone = clients.patience.call(lambda: client.get_landing_zone(landingZoneIdentifier=arn))["landingZone"]
    governed = {target.rpartition("/")[2] for target in _targets(clients, client)}
    named = set(_units_of(zone["manifest"]))
    return LiveControlTower(
        landing_zone=arn,
        version=zone["version"],
        units=tuple(sorted(unit.path for unit in units if unit.id in governed or unit.path in named)),
        accounts=tuple(sorted({*_accounts_of(zone["manifest"]), *filter(str.isdigit, governed)})),
    )


def _targets(clients: VendingClients, client: ControlTowerClient) -> Iterator[str]:
    """The ARNs of units and accounts with a baseline of Control Tower."""
    page = clients.patience.call(client.list_enabled_baselines)
    while True:
        yield from (one["targetIdentifier"] for one in page.get("enabledBaselines", []))
        token = page.get("nextToken", "")
        if not token:
            return
        page = _next_page(clients, client, token)


def _next_page(clients: VendingClients, client: ControlTowerClient, token: str) -> EnabledBaselines:
    return clients.patience.call(lambda: client.list_enabled_baselines(nextToken=token))


def _units_of(manifest: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """The units that the landing zone made: `organizationStructure` has one for security and maybe a sandbox."""
    for part in _object(manifest.get("organizationStructure")).values():
        name = _object(part).get("name")
        if isinstance(name, str):
            yield (name,)


def _accounts_of(part: object) -> Iterator[str]:
    """Log archive, audit, and whatever else the manifest names as `accountId`."""
    for key, value in _object(part).items():
        if key == "accountId" and isinstance(value, str):
            yield value
        else:
            yield from _accounts_of(value)


def _object(value: object) -> Mapping[str, object]:
    return cast(Mapping[str, object], value) if isinstance(value, Mapping) else {}
