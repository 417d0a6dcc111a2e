"""What a change of a property does to a resource, read from the schemas of CloudFormation's registry.

The schemas come with cfn-lint and are read without importing it. A property that is create-only makes CloudFormation
replace the resource; a conditional one may. Nested ones are paths such as `DnsOptions/PrivateDnsPreference`.
See https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from assembly.document import Json, JsonObject, as_list, as_object, as_text, read_object
from assembly.documented import documented_effect
from assembly.effect import Effect
from assembly.errors import AssemblyError

_REGION = "us-east-1"
"""The region whose registry has every type."""

_ROOT = "/properties/"
_ITEM = "*"
_NAMES_ARE_SHARED = frozenset(
    {"AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::Route53::HostedZone", "AWS::Route53::RecordSet"}
)
"""Types of which two may have one name, or one each in what they belong to."""


@dataclass(frozen=True, eq=False)
class TypeSchema:
    """What the registry says of one resource type."""

    type: str
    known: bool
    """Whether the registry that we have knows the type. A type that is newer than the schemas is not known."""
    create_only: tuple[str, ...] = ()
    conditional: tuple[str, ...] = ()
    name_property: str = ""
    """The property that gives the resource a name of its own, and with it a name that only one can have."""
    document: JsonObject = field(default_factory=dict)

    @property
    def custom(self) -> bool:
        """Whether a function of the template's own handles the type, so that no registry describes it."""
        return self.type.startswith("Custom::") or self.type == "AWS::CloudFormation::CustomResource"

    def effect(self, path: Sequence[str], before: Json, after: Json, resource: JsonObject) -> Effect:
        """What it does that the value at a path changes, such as `("VpcConfig", "SubnetIds", "*")`.

        `resource` is the resource as it will be: what some changes do depends on what is beside them.
        """
        if any(_touches(pointer.split("/"), path, before, after) for pointer in self.create_only):
            return "replacement"
        documented = documented_effect(self.type, path, resource)
        if documented:
            return documented
        if any(_touches(pointer.split("/"), path, before, after) for pointer in self.conditional):
            return "conditional"
        return "in-place"

    def unordered(self, path: Sequence[str]) -> bool:
        """Whether the list at a path is a set: the order in which its items are written means nothing."""
        if path and path[-1] == "Tags":
            return True
        node = self._node(path)
        return node.get("type") == "array" and node.get("insertionOrder") is False

    def _node(self, path: Sequence[str]) -> JsonObject:
        node: JsonObject = {"properties": self.document.get("properties")}
        for step in path:
            node = self._follow(node)
            node = (
                as_object(node.get("items"))
                if step == _ITEM
                else as_object(as_object(node.get("properties")).get(step))
            )
        return self._follow(node)

    def _follow(self, node: JsonObject) -> JsonObject:
        reference = as_text(node.get("$ref"))
        if not reference.startswith("#/"):
            return node
        found: JsonObject = self.document
        for step in reference.removeprefix("#/").split("/"):
            found = as_object(found.get(step))
        return found


@cache
def schema_of(type: str) -> TypeSchema:
    """Return what the registry says of a type. Custom resources have no schema: all changes are in place."""
    digest = _types().get(type)
    if digest is None:
        schema = TypeSchema(type, known=False)
        return TypeSchema(type, known=schema.custom)
    document = read_object(_folder() / "resources" / f"{digest}.json")
    create_only = _pointers(document, "createOnlyProperties")
    return TypeSchema(
        type,
        known=True,
        create_only=create_only,
        conditional=_pointers(document, "conditionalCreateOnlyProperties"),
        name_property=_name_property(type, create_only),
        document=document,
    )


def registry_version() -> str:
    """Return the version of the package that the schemas come with, so that a message can name it."""
    from importlib.metadata import version

    return f"cfn-lint {version('cfn-lint')}"


def _name_property(type: str, create_only: Sequence[str]) -> str:
    """The property that names the resource itself: `Name`, or its own noun with Name, and set once."""
    if type in _NAMES_ARE_SHARED:
        return ""
    noun = type.rpartition("::")[2]
    names = (name for name in create_only if name.endswith("Name") and noun.endswith(name.removesuffix("Name")))
    return next(names, "")


def _pointers(document: JsonObject, key: str) -> tuple[str, ...]:
    """JSON pointers into the schema as paths into a template."""
    return tuple(
        as_text(pointer).removeprefix(_ROOT).replace("/items/properties/", f"/{_ITEM}/").replace("/properties/", "/")
        for pointer in as_list(document.get(key))
    )


def _touches(pointer: Sequence[str], path: Sequence[str], before: Json, after: Json) -> bool:
    """Whether a change at a path changes the property that a pointer means: it is it, or is in it, or holds it."""
    if any(mine != theirs and _ITEM not in (mine, theirs) for mine, theirs in zip(pointer, path, strict=False)):
        return False
    inside = pointer[len(path) :]
    if not inside or _is_call(before) or _is_call(after):
        return True
    return list(_at(before, inside)) != list(_at(after, inside))


def _is_call(value: Json) -> bool:
    """Whether a function puts the value together, so that nobody can look into it: `Fn::If`, `Fn::FindInMap`."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith("Fn::")


def _at(value: Json, path: Sequence[str]) -> Iterator[Json]:
    """The values at a path: several when it leads through a list, none when it ends early."""
    if not path:
        yield value
    elif path[0] == _ITEM:
        for item in as_list(value):
            yield from _at(item, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


@cache
def _types() -> Mapping[str, str]:
    """Every type of the registry, with the name of the file that describes it."""
    return {name: as_text(digest) for name, digest in read_object(_folder() / "providers" / f"{_REGION}.json").items()}


@cache
def _folder() -> Path:
    spec = find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise AssemblyError("cfn-lint is not installed, and the schemas of resource types come with it", "make setup")
    return Path(spec.submodule_search_locations[0]) / "data" / "schemas"
