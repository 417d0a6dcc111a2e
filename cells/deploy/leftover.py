"""What a destroyed cell leaves behind: log groups that services made, and whatever is still billed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_ec2.type_defs import FilterTypeDef

    from cells.deploy.clients import Clients, TagFilter
    from cells.plan import CellPlan

_FREE = (":task-definition/", ":parametergroup:", ":subnetgroup:", ":user:", ":usergroup:")
"""Parts of ARNs of what costs nothing, and of what only stays as a record."""
_GONE_KEYS = ("PendingDeletion", "PendingReplicaDeletion")


def remove_log_groups(clients: Clients, stack_names: Sequence[str]) -> list[str]:
    """Delete the log groups that services made for resources of these stacks, and return their names."""
    found = [name for name in _log_groups(clients) if _belongs(name, stack_names)]
    for name in found:
        clients.logs.delete_log_group(logGroupName=name)
    return found


def still_billed(plan: CellPlan, regions: Sequence[Clients], stack_names: Sequence[str]) -> list[str]:
    """The ARNs or names of everything of the cell that is still billed, sorted. Empty when nothing is."""
    found: set[str] = set()
    for clients in regions:
        found.update(_tagged(plan, clients))
        found.update(_network(clients, plan))
        found.update(_snapshots(clients, stack_names))
        found.update(name for name in _log_groups(clients) if _belongs(name, stack_names))
    return sorted(found)


def _tagged(plan: CellPlan, clients: Clients) -> Iterator[str]:
    filters: list[TagFilter] = [
        {"Key": "product", "Values": [plan.identity.product]},
        {"Key": "environment", "Values": [plan.identity.environment]},
    ]
    for page in clients.tagging.get_paginator("get_resources").paginate(TagFilters=filters):
        for resource in page["ResourceTagMappingList"]:
            arn = resource["ResourceARN"]
            here = f":{clients.region}:" in arn or "::" in arn
            free = any(part in arn for part in _FREE) or _is_gone_key(clients, arn) or _is_gone_service(clients, arn)
            if here and not free:
                yield arn


def _is_gone_key(clients: Clients, arn: str) -> bool:
    """Whether it is a key that waits for its deletion, and is not billed any more."""
    if ":kms:" not in arn:
        return False
    return clients.kms.describe_key(KeyId=arn)["KeyMetadata"].get("KeyState", "") in _GONE_KEYS


def _is_gone_service(clients: Clients, arn: str) -> bool:
    """Whether it is a service that ECS only remembers."""
    if ":ecs:" not in arn or ":service/" not in arn:
        return False
    cluster = arn.rpartition(":")[2].split("/")[1]
    try:
        services = clients.ecs.describe_services(cluster=cluster, services=[arn])["services"]
    except clients.ecs.exceptions.ClusterNotFoundException:
        return True
    return all(service.get("status") == "INACTIVE" for service in services)


def _network(clients: Clients, plan: CellPlan) -> Iterator[str]:
    """Network parts, which the tagging API shows late."""
    mine: list[FilterTypeDef] = [
        {"Name": "tag:product", "Values": [plan.identity.product]},
        {"Name": "tag:environment", "Values": [plan.identity.environment]},
    ]
    running: FilterTypeDef = {"Name": "state", "Values": ["pending", "available"]}
    for gateway in clients.ec2.describe_nat_gateways(Filters=[*mine, running])["NatGateways"]:
        yield gateway["NatGatewayId"]
    for vpc in clients.ec2.describe_vpcs(Filters=mine)["Vpcs"]:
        yield vpc["VpcId"]


def _snapshots(clients: Clients, stack_names: Sequence[str]) -> Iterator[str]:
    for page in clients.rds.get_paginator("describe_db_cluster_snapshots").paginate(SnapshotType="manual"):
        for snapshot in page["DBClusterSnapshots"]:
            if _belongs(snapshot.get("DBClusterIdentifier", ""), stack_names):
                yield snapshot["DBClusterSnapshotArn"]


def _log_groups(clients: Clients) -> list[str]:
    pages = clients.logs.get_paginator("describe_log_groups").paginate()
    return [group["logGroupName"] for page in pages for group in page["logGroups"]]


def _belongs(name: str, stack_names: Sequence[str]) -> bool:
    """Whether a part of a name, as in `/aws/lambda/acme-crm-dev-data-Function`, starts with a stack's name."""
    return any(part.startswith(f"{stack}-") for part in name.split("/") for stack in stack_names)
