"""Which changes of a resource make CloudFormation replace it, decided from the schemas of the resource types."""

from __future__ import annotations

from functools import cache
from typing import cast

from assembly.document import Json, JsonObject, as_list, as_object, as_text

_SCHEMA_REGION = "us-east-1"
_ROOT = "/properties/"


def replaced_by(old: JsonObject, new: JsonObject) -> tuple[str, ...]:
    """Return the changed properties that cannot change in place, such as `Engine`; empty when it stays."""
    if old.get("Type") != new.get("Type"):
        return ("Type",)
    before, after = as_object(old.get("Properties")), as_object(new.get("Properties"))
    changed = [name for name in create_only(as_text(new.get("Type"))) if _at(before, name) != _at(after, name)]
    return tuple(sorted(set(changed)))


@cache
def create_only(type: str) -> tuple[str, ...]:
    """The properties of a type that are set once, as paths such as `Tags/Key`; none for custom resources."""
    from cfnlint.schema import (  # type: ignore[import-untyped]  # cfn-lint ships no types
        PROVIDER_SCHEMA_MANAGER,
        ResourceNotFoundError,
    )

    try:
        found: object = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_SCHEMA_REGION, type).schema
    except ResourceNotFoundError:
        return ()
    schema = as_object(cast(Json, found))  # cfn-lint types it loosely
    return tuple(as_text(pointer).removeprefix(_ROOT) for pointer in as_list(schema.get("createOnlyProperties")))


def _at(properties: JsonObject, path: str) -> Json:
    value: Json = properties
    for step in path.split("/"):
        value = as_object(value).get(step)
    return value
