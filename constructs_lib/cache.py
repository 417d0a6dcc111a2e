"""The Valkey groups of a cell."""

from collections.abc import Mapping
from typing import Literal

from aws_cdk import Tags
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from cdk_monitoring_constructs import MonitoringFacade
from constructs import Construct

from constructs_lib.cache_group import CacheGroup
from constructs_lib.removal import removal_policy
from constructs_lib.specs.cache import CacheSpec
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.protection import ProtectionSpec

Purpose = Literal["cache", "queues"]


class Cache(Construct):
    """Valkey for sessions and cache (`cache`) and for job queues (`queues`).

    With `separate_queues` these are two groups: a cache that fills evicts what was not used for long, and takes no job
    with it. Otherwise both names mean one group that never evicts. The one group is the group of the queues, so that
    a cell that separates them later keeps its jobs.

    Nodes, snapshots and passwords are encrypted with `key`; logs with `log_key`, whose policy has to allow CloudWatch
    Logs. Default: with the key that CloudWatch Logs owns.

    `name_prefix` starts the names that ElastiCache wants for users; it comes from the plan.

    `classification` is `confidential` by default: sessions and jobs carry personal data, for a while.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: CacheSpec,
        network_vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        key: kms.IKey,
        protection: ProtectionSpec,
        name_prefix: str,
        log_key: kms.IKey | None = None,
        classification: DataClassification = "confidential",
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._vpc = network_vpc
        self._key = key
        self._log_key = log_key
        self._protection = protection
        self._name_prefix = name_prefix
        self._subnet_group = self._build_subnet_group(subnets)
        self.queues = self._build_group("Queues", purpose="queues", evicts=False)
        self.cache = self._build_group("Cache", purpose="cache", evicts=True) if spec.separate_queues else self.queues
        self.groups: Mapping[Purpose, CacheGroup] = {"cache": self.cache, "queues": self.queues}
        Tags.of(self).add("data-classification", classification)

    @property
    def distinct_groups(self) -> tuple[CacheGroup, ...]:
        """Each group once: one or two."""
        return (self.queues,) if self.cache is self.queues else (self.cache, self.queues)

    def grant_read_credentials(self, grantee: iam.IGrantable) -> None:
        """Let the grantee read the password of every group."""
        for group in self.distinct_groups:
            group.grant_read_credentials(grantee)

    def monitor(self, facade: MonitoringFacade) -> None:
        """Add widgets and alarms for every group."""
        for group in self.distinct_groups:
            group.monitor(facade)

    def _build_subnet_group(self, subnets: ec2.SubnetSelection) -> elasticache.CfnSubnetGroup:
        group = elasticache.CfnSubnetGroup(
            self,
            "SubnetGroup",
            description="Data subnets of the cell",
            subnet_ids=self._vpc.select_subnets(
                availability_zones=subnets.availability_zones,
                one_per_az=subnets.one_per_az,
                subnet_filters=subnets.subnet_filters,
                subnet_group_name=subnets.subnet_group_name,
                subnets=subnets.subnets,
                subnet_type=subnets.subnet_type,
            ).subnet_ids,
        )
        group.apply_removal_policy(removal_policy(self._protection, has_snapshots=False))
        return group

    def _build_group(self, id: str, *, purpose: Purpose, evicts: bool) -> CacheGroup:
        return CacheGroup(
            self,
            id,
            spec=self._spec,
            network_vpc=self._vpc,
            subnet_group=self._subnet_group,
            key=self._key,
            log_key=self._log_key,
            protection=self._protection,
            name=f"{self._name_prefix}-{purpose}",
            evicts=evicts,
        )
