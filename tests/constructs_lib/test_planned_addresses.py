"""Addresses of the plan, asked for the way a VPC asks."""

import pytest
from aws_cdk import aws_ec2 as ec2
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.planned_addresses import PlannedAddresses
from constructs_lib.specs.network import NetworkSettings, NetworkSpec, plan_subnets

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")


def plan(cidr):
    settings = NetworkSettings(nat="single", interface_endpoints=())
    return NetworkSpec(cidr=cidr, zones=plan_subnets(cidr, ZONES), settings=settings)


def asked(group, zone):
    configuration = ec2.SubnetConfiguration(name=group, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    return ec2.RequestedSubnet(availability_zone=zone, configuration=configuration, subnet_construct_id="Subnet")


ALL = [(group, zone) for group in ("Public", "App", "Data") for zone in ZONES]


@given(st.permutations(ALL), st.sampled_from(["10.0.0.0/16", "10.16.0.0/20", "172.20.4.0/22"]))
def test_each_subnet_gets_its_own_range_in_whatever_order_they_are_asked_for(order, cidr):
    spec = plan(cidr)
    addresses = PlannedAddresses(spec)

    options = addresses.allocate_subnets_cidr(requested_subnets=[asked(*each) for each in order], vpc_cidr=cidr)

    planned = {
        (group, zone.zone): getattr(zone, f"{group.lower()}_cidr")
        for zone in spec.zones
        for group in ("Public", "App", "Data")
    }
    assert [subnet.cidr for subnet in options.allocated_subnets] == [planned[each] for each in order]


def test_the_vpc_gets_the_range_of_the_plan():
    assert PlannedAddresses(plan("10.16.0.0/20")).allocate_vpc_cidr().cidr_block == "10.16.0.0/20"


def test_fails_for_a_zone_that_is_not_in_the_plan():
    with pytest.raises(KeyError, match="eu-west-1f"):
        PlannedAddresses(plan("10.16.0.0/20")).allocate_subnets_cidr(
            requested_subnets=[asked("App", "eu-west-1f")], vpc_cidr="10.16.0.0/20"
        )
