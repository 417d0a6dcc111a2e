"""What only a deployed stack of the organization knows, and cells need: written down in the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from constructs_lib.specs.identity import SENTINEL_ACCOUNT, Segment
from constructs_lib.specs.registry import OrganizationEntry, Registry

if TYPE_CHECKING:
    from cells.cli.workspace import Workspace
    from cells.deploy.target import Target


def record_outputs(workspace: Workspace, target: Target) -> tuple[str, ...]:
    """Record the issuers of shared services and the hub's transit gateway. Answers what is new, in words.

    A stack that is not there yet has nothing to tell, and takes nothing away: a later run records it. So this may run
    any number of times, and after a failure. It says what AWS has now: an issuer that was replaced is recorded anew.
    """
    from accounts.ledger import load_registry, record_organization

    path = workspace.registry_path
    before = load_registry(path)
    record_organization(path, _told(workspace, target))
    return _new(before, load_registry(path))


def _told(workspace: Workspace, target: Target) -> OrganizationEntry:
    from accounts.stacks.directory_outputs import issuer_output, shared_services_stack_name
    from accounts.stacks.hub_outputs import TRANSIT_GATEWAY_ID, hub_stack_name

    landing = workspace.landing
    shared = _outputs(
        target, landing.shared_services_account, landing.home_region, shared_services_stack_name(landing.organization)
    )
    hub = _outputs(target, landing.network_hub_account, landing.home_region, hub_stack_name(landing.organization))
    segments: tuple[Segment, ...] = get_args(Segment)
    issuers = {one: shared[issuer_output(one)] for one in segments if issuer_output(one) in shared}
    gateways = {landing.home_region: hub[TRANSIT_GATEWAY_ID]} if TRANSIT_GATEWAY_ID in hub else {}
    return OrganizationEntry(issuers=issuers or None, transit_gateways=gateways or None)


def _outputs(target: Target, account: str, region: str, stack_name: str) -> dict[str, str]:
    from cells.deploy.stack import LiveStack

    return {} if account == SENTINEL_ACCOUNT else LiveStack(target.clients(account, region), stack_name).outputs()


def _new(before: Registry, after: Registry) -> tuple[str, ...]:
    old, new = before.organization, after.organization
    issuers = [
        f"the issuer of {segment} cells is {issuer}"
        for segment, issuer in (new.issuers or {}).items()
        if (old.issuers or {}).get(segment) != issuer
    ]
    gateways = [
        f"the transit gateway of {region} is {gateway}"
        for region, gateway in (new.transit_gateways or {}).items()
        if (old.transit_gateways or {}).get(region) != gateway
    ]
    return (*issuers, *gateways)
