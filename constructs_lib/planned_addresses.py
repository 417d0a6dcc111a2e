"""The addresses of a VPC as values of the plan, not as a calculation of the CDK."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import jsii
from aws_cdk import aws_ec2 as ec2

from constructs_lib.specs.network import NetworkSpec


@jsii.implements(ec2.IIpAddresses)
class PlannedAddresses:
    """Gives each subnet the range that the plan says, so that two cells differ in no range that nobody declared.

    Subnets are found by group (`Public`, `App`, `Data`) and zone. A group or zone that is not in the plan raises
    KeyError. See https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    """

    def __init__(self, spec: NetworkSpec) -> None:
        self._vpc_cidr = spec.cidr
        self._cidrs = {
            (group, zone.zone): cidr
            for zone in spec.zones
            for group, cidr in (("Public", zone.public_cidr), ("App", zone.app_cidr), ("Data", zone.data_cidr))
        }

    def allocate_vpc_cidr(self) -> ec2.VpcIpamOptions:
        """Return the range of the VPC."""
        return ec2.VpcIpamOptions(cidr_block=self._vpc_cidr)

    def allocate_subnets_cidr(
        self, *, requested_subnets: Sequence[ec2.RequestedSubnet | dict[str, str]], vpc_cidr: str
    ) -> ec2.SubnetIpamOptions:
        """Return the range of each subnet, in the order asked for."""
        # The signature of the CDK names mappings too, for callers; what it hands over itself are objects.
        requested = cast(Sequence[ec2.RequestedSubnet], requested_subnets)
        return ec2.SubnetIpamOptions(
            allocated_subnets=[ec2.AllocatedSubnet(cidr=self._cidr_of(subnet)) for subnet in requested]
        )

    def _cidr_of(self, subnet: ec2.RequestedSubnet) -> str:
        return self._cidrs[(subnet.configuration.name, subnet.availability_zone)]
