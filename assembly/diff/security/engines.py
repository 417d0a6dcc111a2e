"""Major versions of what holds data: the data is converted, and the old version cannot read it any more.

See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assembly.diff.security.facts import Setting
from assembly.diff.security.resource import Resource


@dataclass(frozen=True)
class Engine:
    """A program that holds data, and how many numbers of its version make a major one."""

    name: str
    numbers: int = 1


_ENGINES: Mapping[str, Engine] = {
    "aurora-postgresql": Engine("PostgreSQL"),
    "postgres": Engine("PostgreSQL"),
    "aurora-mysql": Engine("MySQL", 2),
    "mysql": Engine("MySQL", 2),
    "mariadb": Engine("MariaDB", 2),
    "valkey": Engine("Valkey"),
    "redis": Engine("Redis OSS"),
    "docdb": Engine("DocumentDB"),
    "neptune": Engine("Neptune", 2),
    "opensearch": Engine("OpenSearch"),
    "elasticsearch": Engine("Elasticsearch"),
}
"""Engine as the template writes it to what it is."""

ENGINES: Mapping[str, tuple[str, str, str]] = {
    "AWS::DocDB::DBCluster": ("", "docdb", "EngineVersion"),
    "AWS::ElastiCache::ReplicationGroup": ("Engine", "redis", "EngineVersion"),
    "AWS::ElastiCache::ServerlessCache": ("Engine", "redis", "MajorEngineVersion"),
    "AWS::MemoryDB::Cluster": ("Engine", "redis", "EngineVersion"),
    "AWS::Neptune::DBCluster": ("", "neptune", "EngineVersion"),
    "AWS::OpenSearchService::Domain": ("", "opensearch", "EngineVersion"),
    "AWS::RDS::DBCluster": ("Engine", "", "EngineVersion"),
    "AWS::RDS::DBInstance": ("Engine", "", "EngineVersion"),
    "AWS::RDS::GlobalCluster": ("Engine", "", "EngineVersion"),
}
"""Type to the property with the engine (empty: there is one), the default engine, and the property with the version."""

_NO_WAY_BACK = "there is no way back but a restore"
_NUMBERS = re.compile(r"\d+")


def engine_settings(resource: Resource) -> Iterator[Setting]:
    """The engine of a resource, and its major version."""
    if resource.type not in ENGINES:
        return
    path, default, version_path = ENGINES[resource.type]
    written = (resource.said(path) if path else "") or default
    version = resource.said(version_path)
    engine = _ENGINES.get(written.lower(), Engine(written))
    it = resource.label
    text = f"{it} goes from {{was}} to {engine.name}: {_NO_WAY_BACK}"
    yield Setting("protection", (resource.own.key, "engine"), 0, engine.name, text, engine.name)
    major = ".".join(_NUMBERS.findall(version)[: engine.numbers])
    if major:
        number = version.rpartition("_")[2] if engine.name in ("OpenSearch", "Elasticsearch") else version
        text = f"{it} goes from {engine.name} {{was}} to {number}, a major version: {_NO_WAY_BACK}"
        yield Setting("protection", (resource.own.key, "version", engine.name), 0, major, text, number)
