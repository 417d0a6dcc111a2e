"""What is there of a deployed cell, read back from AWS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cells.deploy.stack import LiveStack

SHOWN: dict[str, str] = {
    "AWS::EC2::VPC": "network",
    "AWS::RDS::DBCluster": "database",
    "AWS::ElastiCache::ReplicationGroup": "cache",
    "AWS::S3::Bucket": "bucket",
    "AWS::SQS::Queue": "queue",
    "AWS::SecretsManager::Secret": "secret",
    "AWS::ECS::Cluster": "container cluster",
    "AWS::ECS::Service": "service",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "load balancer",
    "AWS::CloudFront::Distribution": "front door",
    "AWS::WAFv2::WebACL": "web ACL",
    "AWS::Route53::HostedZone": "zone",
}
"""The resource types that a person asks about first, and what they are called."""


@dataclass(frozen=True)
class Thing:
    """Something that a person asks about first."""

    kind: str
    logical_id: str
    id: str
    stack: str


def things_of(stacks: Sequence[LiveStack]) -> list[Thing]:
    """The resources that a person asks about first, in the order of `SHOWN`."""
    found = [
        Thing(SHOWN[type], logical_id, id, stack.name)
        for stack in stacks
        for logical_id, (type, id, status) in stack.resources().items()
        if type in SHOWN and not status.startswith("DELETE")
    ]
    order = list(SHOWN.values())
    return sorted(found, key=lambda thing: (order.index(thing.kind), thing.logical_id))


def count_resources(stacks: Sequence[LiveStack]) -> int:
    """How many resources the stacks have."""
    return sum(len(stack.resources()) for stack in stacks)
