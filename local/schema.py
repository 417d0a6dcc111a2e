"""The CloudFormation registry's resource schemas, read from cfn-lint's wheel."""

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from local.properties import Json, Properties, parse_object

_REGION = "us-east-1"
"""The region whose registry has every type."""


@dataclass(frozen=True)
class ResourceSchema:
    """What a resource type requires, computes and refuses to change. Names are template names, nested ones dotted."""

    type_name: str
    required: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    create_only: tuple[str, ...] = ()
    """Changing one replaces the resource."""
    conditional: tuple[str, ...] = ()
    """Changing one, or something inside it, may replace the resource."""
    identifier: tuple[str, ...] = ()
    kinds: dict[str, str] = field(default_factory=dict)
    """JSON type of each read-only attribute."""

    def missing(self, properties: Properties) -> list[str]:
        """Return the required properties that are not there."""
        return [name for name in self.required if name not in properties]


def schemas_folder() -> Path:
    """Where cfn-lint keeps the schemas."""
    spec = find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("cfn-lint is not installed, so the resource schemas are missing")
    return Path(spec.submodule_search_locations[0]) / "data" / "schemas"


@cache
def resource_types() -> dict[str, str]:
    """Every registry type, with the name of the file that describes it."""
    text = (schemas_folder() / "providers" / f"{_REGION}.json").read_text(encoding="utf-8")
    return {name: str(digest) for name, digest in parse_object(text).items() if name.startswith("AWS::")}


@cache
def schema_of(type_name: str) -> ResourceSchema | None:
    """Return the schema of a type; `None` where the registry does not know it."""
    digest = resource_types().get(type_name)
    if digest is None:
        return None
    document = Properties(json.loads((schemas_folder() / "resources" / f"{digest}.json").read_text(encoding="utf-8")))
    read_only = tuple(_names(document, "readOnlyProperties"))
    return ResourceSchema(
        type_name=type_name,
        required=tuple(document.texts("required")),
        read_only=read_only,
        create_only=tuple(name for name in _names(document, "createOnlyProperties") if "." not in name),
        conditional=_conditional(document),
        identifier=tuple(_names(document, "primaryIdentifier")),
        kinds={name: _kind(document, name) for name in read_only},
    )


def _names(document: Properties, key: str) -> list[str]:
    """Property names of JSON pointers; members of lists have no attribute of their own."""
    paths = [path.removeprefix("/properties/").replace("/properties/", "/") for path in document.texts(key)]
    return [path.replace("/", ".") for path in paths if "/*" not in path]


def _conditional(document: Properties) -> tuple[str, ...]:
    nested = [name.split(".")[0] for name in _names(document, "createOnlyProperties") if "." in name]
    return tuple(dict.fromkeys([*_names(document, "conditionalCreateOnlyProperties"), *nested]))


def _kind(document: Properties, name: str) -> str:
    """JSON type at a dotted name, following references."""
    node = document
    for part in name.split("."):
        node = _follow(document, node.child("properties").child(part))
    return node.text("type") or (node.texts("type") or ["string"])[0]


def _follow(document: Properties, node: Properties) -> Properties:
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return node
    found = document
    for part in reference.removeprefix("#/").split("/"):
        found = found.child(part)
    return found


def defaults_of(kind: str) -> Json:
    """Return a harmless value of a JSON type."""
    empty: dict[str, Json] = {"array": [], "object": {}, "boolean": True, "integer": 1, "number": 1}
    return empty.get(kind, "")
