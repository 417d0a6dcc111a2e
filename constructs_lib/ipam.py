"""Amazon VPC IPAM with a private pool for each region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct


class Ipam(Construct):
    """An IPAM whose top pool holds every range, with a pool below it for each region.

    Only a pool with a locale takes allocations, and only in that region. IPAM decides nothing here: what is allocated
    in it was decided elsewhere, and is shown and kept apart by it. Private pools need the advanced tier.
    See https://docs.aws.amazon.com/vpc/latest/ipam/how-it-works-ipam.html.
    """

    def __init__(self, scope: Construct, id: str, *, name: str, pools: Mapping[str, str]) -> None:
        """`pools` are IPv4 ranges by region; the stack's own region is one of them."""
        super().__init__(scope, id)
        self._name = name
        self.ipam = self._build_ipam(pools)
        self.top_pool = self._build_top_pool(sorted(pools.values()))
        regional = Construct(self, "Pools")
        self.pools = {region: self._build_pool(regional, region, pool) for region, pool in sorted(pools.items())}

    def _build_ipam(self, pools: Mapping[str, str]) -> ec2.CfnIPAM:
        regions = [ec2.CfnIPAM.IpamOperatingRegionProperty(region_name=region) for region in sorted(pools)]
        ipam = ec2.CfnIPAM(
            self, "Resource", description="Addresses of cells", tier="advanced", operating_regions=regions
        )
        Tags.of(ipam).add("Name", self._name)
        return ipam

    def _build_top_pool(self, ranges: Sequence[str]) -> ec2.CfnIPAMPool:
        pool = ec2.CfnIPAMPool(
            self,
            "TopPool",
            ipam_scope_id=self.ipam.attr_private_default_scope_id,
            address_family="ipv4",
            description="All addresses of cells",
            provisioned_cidrs=[ec2.CfnIPAMPool.ProvisionedCidrProperty(cidr=cidr) for cidr in ranges],
        )
        Tags.of(pool).add("Name", self._name)
        return pool

    def _build_pool(self, scope: Construct, region: str, cidr: str) -> ec2.CfnIPAMPool:
        pool = ec2.CfnIPAMPool(
            scope,
            region,
            ipam_scope_id=self.ipam.attr_private_default_scope_id,
            address_family="ipv4",
            locale=region,
            description=f"Addresses of cells in {region}",
            provisioned_cidrs=[ec2.CfnIPAMPool.ProvisionedCidrProperty(cidr=cidr)],
            source_ipam_pool_id=self.top_pool.attr_ipam_pool_id,
        )
        Tags.of(pool).add("Name", f"{self._name}-{region}")
        return pool
