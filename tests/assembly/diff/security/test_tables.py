"""Every resource type and property that a table names exists in CloudFormation."""

import pytest

from assembly.diff.security.encryption import KEYS
from assembly.diff.security.engines import ENGINES
from assembly.diff.security.exposure import EXPOSURE
from assembly.diff.security.listeners import _CERTIFICATES, _TLS
from assembly.diff.security.network import RULES
from assembly.diff.security.policies import POLICIES
from assembly.diff.security.protection import PROTECTION
from assembly.diff.security.retention import PERIODS
from assembly.diff.security.routes import _ENDS
from assembly.schema import schema_of


def named():
    for table in (EXPOSURE, PROTECTION):
        yield from ((type, flag.path) for type, flags in table.items() for flag in flags)
    yield from KEYS.items()
    yield from ((type, path) for type, (_, _, path) in ENGINES.items())
    yield from ((type, path) for type, (path, _, _) in ENGINES.items() if path)
    yield from ((type, path) for type, (path, _) in _TLS.items())
    yield from ((type, path) for type, paths in _CERTIFICATES.items() for path in paths)
    yield from ((type, path) for type, ends in _ENDS.items() for path in ends)
    yield from ((type, path) for type, paths in RULES.items() for path, _ in paths if path)
    yield from ((type, period.path) for period in PERIODS for type in period.types)
    for type, readers in POLICIES.items():
        for reader in readers:
            yield from ((type, path) for path in [getattr(reader, "path", ""), getattr(reader, "target", "")] if path)
            yield from ((type, path) for path in getattr(reader, "attached", ()))


@pytest.mark.parametrize("type, path", sorted(set(named())))
def test_the_registry_has_it(type, path):
    schema = schema_of(type)

    assert schema.known, type
    assert reached(schema.document, schema.document, path.split(".")), f"{type} has no {path}"


def reached(document, node, steps):
    node = followed(document, node)
    if not steps:
        return True
    if steps[0] == "*":
        return "items" not in node or reached(document, node["items"], steps[1:])
    branches = [node, *(followed(document, one) for kind in ("oneOf", "anyOf", "allOf") for one in node.get(kind, []))]
    found = [branch["properties"][steps[0]] for branch in branches if steps[0] in branch.get("properties", {})]
    return any(reached(document, inner, steps[1:]) for inner in found)


def followed(document, node):
    while "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node
