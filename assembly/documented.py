"""What AWS documents in words only: replacements and refusals that the schemas of the registry do not declare.

Each rule is the sentence of a page; without them a change that empties a cache or a search domain would look harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assembly.document import JsonObject, as_object
from assembly.effect import Effect

_EDITED: Mapping[str, tuple[str, ...]] = {"AWS::DynamoDB::Table": ("AttributeDefinitions/*/AttributeType",)}
"""Changing the type of an existing AttributeDefinition requires replacement of the table; others may come and go.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

_TOGETHER: Mapping[str, Mapping[str, str]] = {
    "AWS::ElastiCache::ReplicationGroup": {"ReplicasPerNodeGroup": "NodeGroupConfiguration"},
}
"""Using ReplicasPerNodeGroup with NodeGroupConfiguration results in resource replacement.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-replicationgroup.html
"""

_UPDATE_POLICIES: Mapping[str, Mapping[str, str]] = {
    "AWS::ElastiCache::ReplicationGroup": {
        "NodeGroupConfiguration": "UseOnlineResharding",
        "NumNodeGroups": "UseOnlineResharding",
    },
    "AWS::Elasticsearch::Domain": {"ElasticsearchVersion": "EnableVersionUpgrade"},
    "AWS::OpenSearchService::Domain": {"EngineVersion": "EnableVersionUpgrade"},
}
"""When the update policy is set to false, or not specified, updating these replaces the entire resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
"""

_REFUSED: Mapping[str, frozenset[str]] = {"AWS::KMS::Key": frozenset({"KeySpec", "KeyUsage", "MultiRegion"})}
"""If you change one of them on an existing key, the update request fails.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
"""

_REFUSED_OF_CUSTOM = frozenset({"ServiceToken"})
"""Modifying service token is not allowed.

https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/802
"""


def documented_effect(type: str, path: Sequence[str], resource: JsonObject) -> Effect | None:
    """What the words of the documentation say of a changed value; None where they add nothing.

    `resource` is the resource as it will be, with its update policy.
    """
    if "/".join(path) in _EDITED.get(type, ()):
        return "replacement"
    name = path[0] if path else ""
    policy = _UPDATE_POLICIES.get(type, {}).get(name)
    if policy:
        online = str(as_object(resource.get("UpdatePolicy")).get(policy)).lower() == "true"
        return "in-place" if online else "replacement"
    other = _TOGETHER.get(type, {}).get(name)
    return "replacement" if other and other in as_object(resource.get("Properties")) else None


def refused(type: str, paths: Iterable[str], *, custom: bool) -> tuple[str, ...]:
    """The changed properties whose change CloudFormation refuses, sorted. The paths are as a person reads them."""
    never = _REFUSED_OF_CUSTOM if custom else _REFUSED.get(type, frozenset())
    return tuple(sorted({re.split(r"[.\[]", path)[0] for path in paths} & never))
