from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.addresses import allocate, next_range
from accounts.archive import ArchiveSpec
from accounts.spec import OrganizationSpec
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Identity
from constructs_lib.specs.registry import CellEntry, Registry

SIZES = {"dev": "dev", "staging": "staging", "prod": "prod", "sandbox": "prototype"}


def organization(pool="10.0.0.0/14"):
    return OrganizationSpec(
        name="example",
        email="aws+{account}@example.com",
        home_region="eu-west-1",
        governed_regions=("eu-west-1", "us-east-1"),
        base_domain="example.com",
        address_pools={"eu-west-1": pool, "us-east-1": "10.64.0.0/14"},
        log_archive=ArchiveSpec(lock_mode="GOVERNANCE", lock_days=1),
    )


def entry(identity, cidr):
    return CellEntry(
        product=identity.product,
        environment=identity.environment,
        region=identity.region,
        cidr=cidr,
        domain=f"{identity.prefix}-{identity.region}.example.com",
    )


def allocate_all(identities, registry=None, spec=None):
    registry = registry or Registry()
    for identity in identities:
        cidr = allocate(spec or organization(), registry, identity, SIZES[identity.environment])
        registry = Registry(cells=(*registry.cells, entry(identity, cidr)))
    return registry


identities = st.lists(
    st.builds(
        Identity,
        product=st.sampled_from(["acme-crm", "beta-shop", "gamma-erp", "delta-bi"]),
        environment=st.sampled_from(list(SIZES)),
        region=st.sampled_from(["eu-west-1", "us-east-1"]),
    ),
    unique_by=lambda identity: identity.key,
    max_size=20,
)


@given(identities)
def test_ranges_never_overlap_and_are_inside_their_pool(some):
    registry = allocate_all(some)  # Registry itself refuses an overlap

    for cell in registry.cells:
        range_ = IPv4Network(cell.cidr)
        assert range_.subnet_of(IPv4Network(organization().address_pools[cell.region]))
        assert range_.prefixlen == organization().cidr_prefix.of(SIZES[cell.environment])


@given(identities, st.randoms())
def test_the_order_of_what_is_recorded_does_not_matter(some, random):
    registry = allocate_all(some)
    shuffled = list(registry.cells)
    random.shuffle(shuffled)
    new = Identity(product="new-product", environment="prod", region="eu-west-1")

    assert allocate(organization(), Registry(cells=tuple(shuffled)), new, "prod") == allocate(
        organization(), registry, new, "prod"
    )


@given(identities)
def test_a_recorded_range_never_moves(some):
    registry = allocate_all(some)

    for cell in registry.cells:
        assert allocate(organization(), registry, cell.identity, "prod") == cell.cidr


ranges = st.builds(
    lambda block, prefix: IPv4Network((int(IPv4Network("10.0.0.0/16")[0]) + block * 256, prefix), strict=False),
    st.integers(0, 400),
    st.integers(17, 28),
)


@given(st.lists(ranges, max_size=12), st.integers(16, 24))
def test_the_range_is_the_lowest_free_one_whatever_is_taken(taken, prefix):
    pool = IPv4Network("10.0.0.0/16")
    free = [net for net in pool.subnets(new_prefix=prefix) if not any(net.overlaps(other) for other in taken)]

    assert next_range(pool, prefix, taken) == (free[0] if free else None)


def test_a_gap_is_filled_before_the_end():
    pool = IPv4Network("10.0.0.0/16")

    assert next_range(pool, 20, [IPv4Network("10.0.0.0/21"), IPv4Network("10.0.32.0/20")]) == IPv4Network(
        "10.0.16.0/20"
    )


def test_a_range_larger_than_the_pool_is_never_found():
    assert next_range(IPv4Network("10.0.0.0/22"), 20, []) is None


def test_an_exhausted_pool_says_what_to_change():
    spec = organization(pool="10.0.0.0/20")
    full = allocate_all([Identity(product="acme-crm", environment="prod", region="eu-west-1")], spec=spec)
    new = Identity(product="beta-shop", environment="dev", region="eu-west-1")

    with pytest.raises(InputError) as raised:
        allocate(spec, full, new, "dev")

    assert raised.value.message == (
        "the address pool 10.0.0.0/20 of eu-west-1 has no free /21 left for beta-shop/dev/eu-west-1"
    )
    assert "address_pools" in raised.value.hint


def test_a_region_without_a_pool_names_those_that_have_one():
    with pytest.raises(InputError) as raised:
        allocate(
            organization(), Registry(), Identity(product="acme-crm", environment="dev", region="eu-north-1"), "dev"
        )

    assert "'eu-north-1' has no address pool" in raised.value.message
    assert "eu-west-1 or us-east-1" in raised.value.hint
