"""Waits until the world finds the zone of a cell, because its certificate is only issued then."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from cells.deploy.reporter import Reporter
    from cells.deploy.stack import LiveStack

_TYPE = "AWS::Route53::HostedZone"
_WAIT_SECONDS = 900.0
_PAUSE_SECONDS = 10.0


def zone_servers(foundation: LiveStack, domain: str) -> tuple[str, ...]:
    """The name servers of the cell's own zone, sorted. Raises CellsError when the stack has no zone."""
    for type, id, _ in foundation.resources().values():
        if type == _TYPE:
            answer = foundation.clients.route53.get_hosted_zone(Id=id)
            if answer["HostedZone"]["Name"].rstrip(".") == domain:
                return tuple(sorted(server.rstrip(".") for server in answer["DelegationSet"]["NameServers"]))
    raise CellsError(f"{foundation.name} has no zone for {domain}", hint="deploy the foundation of the cell first")


def wait_for_delegation(
    domain: str,
    wanted: tuple[str, ...],
    lookup: Callable[[], tuple[str, ...]],
    reporter: Reporter,
    *,
    seconds: float = _WAIT_SECONDS,
    pause: float = _PAUSE_SECONDS,
) -> None:
    """Wait until `lookup` gives the name servers of the zone. Raises CellsError when it does not in time."""
    deadline = time.monotonic() + seconds
    found = lookup()
    if found != wanted:
        reporter.step(f"waiting until {domain} is delegated to {wanted[0]}")
    while found != wanted:
        if time.monotonic() > deadline:
            raise CellsError(
                f"{domain} is delegated to {', '.join(found) or 'nobody'}, not to {', '.join(wanted)}",
                hint="check the NS record in the base zone of the network hub and the registrar's name servers of the "
                "base domain, then run the same command again",
            )
        time.sleep(pause)
        found = lookup()
    reporter.done(f"{domain} is delegated")
