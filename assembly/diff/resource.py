"""What becomes of one resource: created, removed, replaced, or changed in place, and what a person has to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from assembly.diff.assets import Asset, read_asset
from assembly.diff.change import Action, PropertyChange, ResourceChange
from assembly.diff.properties import Difference, differences
from assembly.diff.side import StackSide
from assembly.diff.value import settled
from assembly.document import Json, JsonObject, as_object, as_text
from assembly.documented import refused
from assembly.schema import TypeSchema, registry_version, schema_of
from assembly.stateful import KEPT, held_data

_ATTRIBUTES = ("Condition", "CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy")
"""Attributes of a resource that change what CloudFormation does with it. `DependsOn` only orders the work."""

_TYPE = "resource type"
"""How a change of the type is called: many types have a property `Type`."""

_NOT_IN_AWS = ("AWS::CDK::Metadata",)
_METADATA_OF_TOOLS = ("aws:", "cdk_nag")
_UNKNOWN_DATA = "perhaps data: nothing is known of the type"


def created(side: StackSide, logical_id: str) -> ResourceChange | None:
    """A resource that comes."""
    resource = side.resource(logical_id)
    return _change(side, logical_id, resource, "create")


def removed(side: StackSide, logical_id: str) -> ResourceChange | None:
    """A resource that goes. Its own template says whether it is kept."""
    resource = side.resource(logical_id)
    change = _change(side, logical_id, resource, "remove")
    if change is None:
        return None
    return replace(change, kept=resource.get("DeletionPolicy") in KEPT, holds=_held(resource, change.known))


def changed(
    before: StackSide, old_id: str, after: StackSide, new_id: str, ids: Mapping[str, str]
) -> ResourceChange | None:
    """A resource that is in both templates; None when nothing of it differs.

    `ids` are the logical ids that have changed, old to new: a reference to a moved resource is the same reference.
    """
    if old_id == new_id and not ids and _same(before.stack.resources[old_id], after.stack.resources[new_id]):
        return None
    old, new = before.resource(old_id), after.resource(new_id)
    if ids:
        old = as_object(settled(_renamed(old, ids), {}))  # sets are in order again
    schema = schema_of(as_text(new.get("Type")))
    found = tuple(_properties(before, after, old, new, schema))
    if not found and old_id == new_id:
        return None
    change = _change(after, new_id, new, "update")
    if change is None:
        return None
    holds = _held(old, schema_of(as_text(old.get("Type"))).known)
    change = replace(change, holds=holds, properties=found)
    if old_id != new_id:
        change = replace(change, moved_from=old_id, kept=old.get("DeletionPolicy") in KEPT)
    return judged(change, new, schema)


def rebuilt(
    before: StackSide, old_id: str, after: StackSide, new_id: str, ids: Mapping[str, str]
) -> ResourceChange | None:
    """A resource of a stack that has another name, account or region: it is created there, and stays here."""
    resource = after.resource(new_id)
    change = _change(after, new_id, resource, "update")
    if change is None:
        return None
    where = PropertyChange("stack", before.stack.stack_name, after.stack.stack_name, "replacement")
    moved_from = "" if old_id == new_id else old_id
    return judged(replace(change, properties=(where,), moved_from=moved_from), resource, schema_of(change.type))


def judged(change: ResourceChange, resource: JsonObject, schema: TypeSchema) -> ResourceChange:
    """Say what CloudFormation does with a resource, from the effects of what changes in it."""
    effects = {one.effect for one in change.properties}
    replaced = bool(effects - {"in-place"}) or bool(change.moved_from) or not schema.known
    if not replaced:
        notes = tuple(_refusals(change, schema))
        return replace(change, action="update", certain=True, holds=_held(resource, known=True), notes=notes)
    certain = schema.known and ("replacement" in effects or bool(change.moved_from))
    return replace(
        change,
        action="replace",
        certain=certain,
        kept=change.kept if change.moved_from else resource.get("UpdateReplacePolicy") in KEPT,
        holds=change.holds if _other_type(change) else _held(resource, schema.known),
        notes=tuple(_notes(change, resource, schema, certain)),
    )


def _same(before: JsonObject, after: JsonObject) -> bool:
    """Whether two resources are written alike. Of what is not, the settled forms decide."""
    return before == after and repr(before) == repr(after)  # 1 == True


def _other_type(change: ResourceChange) -> bool:
    """Whether the id now means a resource of another type, so that what is lost is what the old one held."""
    return any(one.path == _TYPE for one in change.properties)


def _change(side: StackSide, logical_id: str, resource: JsonObject, action: Action) -> ResourceChange | None:
    type = as_text(resource.get("Type"))
    if type in _NOT_IN_AWS:
        return None
    return ResourceChange(
        stack=side.stack.id,
        logical_id=logical_id,
        type=type,
        action=action,
        path=side.path(logical_id),
        known=schema_of(type).known,
        holds=held_data(resource),
    )


def _held(resource: JsonObject, known: bool) -> str:
    return held_data(resource) or ("" if known else _UNKNOWN_DATA)


def _properties(
    before: StackSide, after: StackSide, old: JsonObject, new: JsonObject, schema: TypeSchema
) -> Iterator[PropertyChange]:
    if old.get("Type") != new.get("Type"):
        yield PropertyChange(_TYPE, old.get("Type"), new.get("Type"), "replacement")
        return
    for one in differences(as_object(old.get("Properties")), as_object(new.get("Properties")), schema):
        told = _asset(before, after, one)
        if told is not None:
            effect = schema.effect(told.path, told.before, told.after, new)
            yield PropertyChange(told.shown, told.before, told.after, effect)
    for name in _ATTRIBUTES:
        for one in differences({name: old.get(name)}, {name: new.get(name)}, schema_of("")):
            # Another condition may create the resource, or take it away.
            yield PropertyChange(one.shown, one.before, one.after, "conditional" if name == "Condition" else "in-place")
    for one in differences({"Metadata": _metadata(old)}, {"Metadata": _metadata(new)}, schema_of("")):
        yield PropertyChange(one.shown, one.before, one.after, "in-place")


def _metadata(resource: JsonObject) -> JsonObject:
    """What people write about a resource, without what tools write there for themselves."""
    metadata = as_object(resource.get("Metadata"))
    return {key: value for key, value in metadata.items() if not key.startswith(_METADATA_OF_TOOLS)}


def _asset(before: StackSide, after: StackSide, one: Difference) -> Difference | None:
    """Put the changed files in the place of two hashes; None when the content is the same."""
    if not (isinstance(one.before, str) and isinstance(one.after, str)):
        return one
    old, new = before.assets.get(one.before), after.assets.get(one.after)
    if old is None or new is None or not (old.exists() and new.exists()):
        return one
    left, right = read_asset(old), read_asset(new)
    files = left.changed_files(right)
    if not files:
        return None
    return Difference(one.path, one.shown, _said(left, files), _said(right, files))


def _said(asset: Asset, files: tuple[str, ...]) -> Json:
    return {name: asset.files[name][:12] if name in asset.files else None for name in files}


def _renamed(value: Json, ids: Mapping[str, str]) -> Json:
    """A value in which references to moved resources name them as they are called now."""
    if isinstance(value, list):
        return [_renamed(item, ids) for item in value]
    if not isinstance(value, dict):
        return value
    found: JsonObject = {}
    for key, item in value.items():
        if key == "Ref" and isinstance(item, str):
            found[key] = ids.get(item, item)
        elif key == "Fn::GetAtt" and isinstance(item, str):
            logical_id, dot, attribute = item.partition(".")
            found[key] = f"{ids.get(logical_id, logical_id)}{dot}{attribute}"
        else:
            found[key] = _renamed(item, ids)
    return found


def _notes(change: ResourceChange, resource: JsonObject, schema: TypeSchema, certain: bool) -> Iterator[str]:
    if not schema.known:
        yield (
            f"the type {schema.type} is not in the schemas of {registry_version()}, so whether it changes in place "
            "is unknown: it is treated as a replacement"
        )
    if _other_type(change):
        yield "CloudFormation refuses to change a resource's type: give it another logical id"
    yield from _refusals(change, schema)
    if change.moved_from:
        yield (
            f"the same resource as {change.moved_from}, under another logical id: CloudFormation creates a new one and "
            "removes the old one (`cdk refactor` moves it instead)"
        )
    name = as_object(resource.get("Properties")).get(schema.name_property) if schema.name_property else None
    named_anew = any(one.path.partition(".")[0] == schema.name_property for one in change.properties)
    if certain and name and not named_anew:
        yield (
            f"its {schema.name_property} is fixed, and CloudFormation refuses to replace a resource whose name stays: "
            "give it another name, or none"
        )


def _refusals(change: ResourceChange, schema: TypeSchema) -> Iterator[str]:
    for name in refused(schema.type, (one.path for one in change.properties), custom=schema.custom):
        yield f"CloudFormation refuses to change its {name}: give the resource another logical id"
