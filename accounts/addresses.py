"""Which range of addresses a cell gets: the lowest free one of its region's pool, recorded once and for ever.

Pure: it reads the registry that it is given and writes nothing, so that synth, a plan and a test get the same answer.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from accounts.spec import OrganizationSpec, Size
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Identity
from constructs_lib.specs.registry import Registry


def allocate(organization: OrganizationSpec, registry: Registry, identity: Identity, size: Size) -> str:
    """The range of a cell: the recorded one, else the lowest free one of its region's pool.

    Raises InputError when the region has no pool, or the pool has no room left.
    """
    recorded = registry.find(identity)
    return Ranges(organization, registry).take(identity, size) if recorded is None else recorded.cidr


class Ranges:
    """The ranges that are taken, for many new cells one after the other."""

    def __init__(self, organization: OrganizationSpec, registry: Registry) -> None:
        self._organization = organization
        self._taken = [IPv4Network(cell.cidr) for cell in registry.cells]

    def take(self, identity: Identity, size: Size) -> str:
        """The lowest free range of the pool of a cell's region; it is taken then.

        Raises InputError when the region has no pool, or the pool has no room left.
        """
        pool = _pool_of(self._organization, identity.region)
        prefix = self._organization.cidr_prefix.of(size)
        found = next_range(pool, prefix, self._taken)
        if found is None:
            raise InputError(
                f"the address pool {pool} of {identity.region} has no free /{prefix} left for {identity.key}",
                hint=f"add a larger pool for {identity.region} to address_pools in accounts/organization.yaml",
            )
        self._taken.append(found)
        return str(found)


def next_range(pool: IPv4Network, prefix: int, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """The lowest aligned range with this prefix length that overlaps nothing taken; none when the pool has no room.

    `taken` may be in any order, overlap and reach outside the pool.
    """
    if prefix < pool.prefixlen:
        return None
    size = 1 << (32 - prefix)
    start = int(pool.network_address)
    last_start = int(pool.broadcast_address) - size + 1
    for network in sorted(taken, key=lambda network: int(network.network_address)):
        if start + size <= int(network.network_address):
            break
        after = int(network.broadcast_address) + 1
        start = max(start, -(-after // size) * size)
    return IPv4Network((IPv4Address(start), prefix)) if start <= last_start else None


def _pool_of(organization: OrganizationSpec, region: str) -> IPv4Network:
    cidr = organization.address_pools.get(region)
    if cidr is None:
        raise InputError(
            f"region '{region}' has no address pool",
            hint=f"choose {' or '.join(sorted(organization.address_pools))}, or add one to accounts/organization.yaml",
        )
    return IPv4Network(cidr)
