"""In which regions of an account the CDK deploys something: there it has to be bootstrapped."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.spec import OrganizationSpec, PlatformAccount
from constructs_lib.specs.identity import Region
from constructs_lib.specs.region import EDGE_REGION
from constructs_lib.specs.registry import CellEntry, Registry


def usual_regions(spec: OrganizationSpec) -> tuple[Region, ...]:
    """The regions of every account: the home region, and CloudFront's."""
    return tuple(dict.fromkeys((spec.home_region, EDGE_REGION)))


def platform_regions(spec: OrganizationSpec, registry: Registry, name: PlatformAccount) -> tuple[Region, ...]:
    """The regions of an account of the platform.

    Security tooling is in every governed region, the log archive wherever cells may be, the network hub wherever it
    records addresses of cells. The management account has its own baseline in every governed region: no role of the
    bootstrap deploys it, but the CDK CLI puts the template into the bootstrap's bucket.
    """
    further: tuple[Region, ...] = ()
    if name in ("management", "security-tooling"):
        further = spec.governed_regions
    elif name == "log-archive":
        further = tuple(spec.address_pools)
    elif name == "network-hub" and spec.network.ipam:
        further = _living_in(spec, registry.cells)
    return tuple(dict.fromkeys((*usual_regions(spec), *further)))


def cell_regions(spec: OrganizationSpec, cells: Iterable[CellEntry]) -> tuple[Region, ...]:
    """The regions of the account that these cells live in."""
    return tuple(dict.fromkeys((*usual_regions(spec), *_living_in(spec, cells))))


def _living_in(spec: OrganizationSpec, cells: Iterable[CellEntry]) -> tuple[Region, ...]:
    """The regions of cells. One that is not governed any more is closed, so that nobody can bootstrap it."""
    return tuple(sorted({cell.region for cell in cells} & set(spec.governed_regions)))
