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
    if recorded is not None:
        return recorded.cidr
    pool = _pool_of(organization, identity.region)
    prefix = organization.cidr_prefix.of(size)
    found = next_range(pool, prefix, (IPv4Network(cell.cidr) for cell in registry.cells))
    if found is None:
        raise InputError(
            f"the address pool {pool} of {identity.region} has no free /{prefix} left for {identity.key}",
            hint=f"add a larger pool for {identity.region} to address_pools in accounts/organization.yaml",
        )
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
    for network in sorted(taken):
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
