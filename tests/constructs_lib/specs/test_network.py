import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.specs.network import REQUIRED_WITHOUT_NAT, NetworkSettings, plan_subnets

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")


@given(st.integers(16, 22), st.integers(0, 255))
def test_subnets_lie_in_the_range_and_never_overlap(prefix: int, block: int) -> None:
    network = ipaddress.IPv4Network((int(ipaddress.IPv4Address("10.0.0.0")) + block * 2**16, prefix))

    zones = plan_subnets(str(network), ZONES)

    subnets = [ipaddress.IPv4Network(c) for z in zones for c in (z.public_cidr, z.app_cidr, z.data_cidr)]
    assert all(subnet.subnet_of(network) for subnet in subnets)
    assert not any(a.overlaps(b) for i, a in enumerate(subnets) for b in subnets[i + 1 :])


def test_a_load_balancer_fits_into_the_smallest_range() -> None:
    zones = plan_subnets("10.0.0.0/22", ZONES)

    assert all(ipaddress.IPv4Network(zone.public_cidr).prefixlen <= 27 for zone in zones)


def test_rejects_a_range_that_is_too_small() -> None:
    with pytest.raises(ValueError, match="10.0.0.0/23 is too small"):
        plan_subnets("10.0.0.0/23", ZONES)


@pytest.mark.parametrize("missing", REQUIRED_WITHOUT_NAT)
def test_rejects_a_network_without_nat_that_lacks_an_endpoint(missing: str) -> None:
    others = tuple(name for name in REQUIRED_WITHOUT_NAT if name != missing)

    with pytest.raises(ValueError, match=f"nat 'none' needs the interface_endpoints {missing}"):
        NetworkSettings(nat="none", interface_endpoints=others)


def test_a_network_with_nat_needs_no_endpoint() -> None:
    assert NetworkSettings(nat="single", interface_endpoints=()).interface_endpoints == ()


def test_rejects_an_endpoint_that_is_named_twice() -> None:
    with pytest.raises(ValueError, match="named once, got kms, kms"):
        NetworkSettings(nat="single", interface_endpoints=("kms", "kms"))
