"""ElastiCache replication groups and clusters."""

import hashlib

from ministack.services import elasticache

from local.handlers.handler import Place
from local.properties import Json, Properties
from local.refinements.refinement import Refinement


class ReplicationGroup(Refinement):
    """Addresses in the style of AWS: without containers the emulator answers the literal `redis` for all."""

    types = ("AWS::ElastiCache::ReplicationGroup",)

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Name the endpoints of the group, its shards and its nodes."""
        record = elasticache._replication_groups[physical_id]
        port = properties.number("Port", 6379)
        host = _Host(physical_id, place.aws.region)
        record.update(KmsKeyId=properties.text("KmsKeyId"))
        addresses: list[Json] = []
        for shard in record.get("NodeGroups") or []:
            shard["PrimaryEndpoint"] = {"Address": host.named("master"), "Port": port}
            shard["ReaderEndpoint"] = {"Address": host.named("replica"), "Port": port}
            for node in shard.get("NodeGroupMembers") or []:
                node["ReadEndpoint"] = {"Address": host.named(node["CacheClusterId"]), "Port": port}
                addresses.append(host.named(node["CacheClusterId"]))
        if record.get("ConfigurationEndpoint"):
            record["ConfigurationEndpoint"] = {"Address": host.named("clustercfg"), "Port": port}
            return {"ConfigurationEndPoint.Address": host.named("clustercfg"), "ConfigurationEndPoint.Port": str(port)}
        replicas = addresses[1:]
        return {
            "PrimaryEndPoint.Address": host.named("master"),
            "PrimaryEndPoint.Port": str(port),
            "ReaderEndPoint.Address": host.named("replica"),
            "ReaderEndPoint.Port": str(port),
            "ReadEndPoint.Addresses": ",".join(map(str, replicas)),
            "ReadEndPoint.AddressesList": replicas,
            "ReadEndPoint.Ports": ",".join(str(port) for _ in replicas),
            "ReadEndPoint.PortsList": [str(port) for _ in replicas],
        }


class _Host:
    def __init__(self, group: str, region: str) -> None:
        self._group = group
        digest = hashlib.sha256(group.encode()).hexdigest()[:6]
        short = "".join(part[0] if not part[-1].isdigit() else part for part in region.split("-"))
        self._domain = f"{digest}.{short}.cache.amazonaws.com"

    def named(self, role: str) -> str:
        name = role if role.startswith(self._group) else f"{role}.{self._group}"
        return f"{name}.{self._domain}"
