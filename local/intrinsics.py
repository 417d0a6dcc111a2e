"""Our intrinsic functions and conditions, put into the emulator's template engine."""

import copy

from ministack.services import cloudformation as cfn
from ministack.services.cloudformation import changesets, engine, handlers, stacks

from local.conditions import is_empty_list, resolved_conditions
from local.properties import Json, Properties
from local.stack_output import FUNCTION, reads_stack_output, resolve_stack_output

Template = dict[str, Json]
Parameters = dict[str, dict[str, str]]
"""Template parameters as the engine keeps them: name, then `Value`, `Type` and so on."""


def mend_references() -> None:
    """Resolve stack outputs of other regions and accounts, and empty list parameters. Call once."""
    original = engine._resolve_refs

    def resolve(
        value: Json, resources: Json, params: Parameters, conditions: Json, mappings: Json, name: str, stack_id: str
    ) -> Json:
        if isinstance(value, dict) and len(value) == 1:
            if FUNCTION in value:
                return resolve_stack_output(
                    value[FUNCTION],
                    lambda inner: resolve(inner, resources, params, conditions, mappings, name, stack_id),
                )
            if "Ref" in value and is_empty_list(value["Ref"], params):
                return []
        resolved: Json = original(value, resources, params, conditions, mappings, name, stack_id)
        return resolved

    for module in (engine, stacks, changesets):
        module._resolve_refs = resolve


def mend_conditions() -> None:
    """Evaluate value functions inside conditions. Call once."""
    original = engine._evaluate_conditions

    def evaluate(template: dict[str, Json], params: Parameters) -> dict[str, bool]:
        body = Properties(template)
        conditions = resolved_conditions(
            dict(body.child("Conditions")),
            lambda value: engine._resolve_refs(value, {}, params, {}, dict(body.child("Mappings")), "", ""),
        )
        evaluated: dict[str, bool] = original({**template, "Conditions": conditions}, params)
        return evaluated

    for module in (engine, stacks, changesets, handlers):
        module._evaluate_conditions = evaluate


def notice_changed_outputs() -> None:
    """Let an update see that an output which it reads has changed, though its template has not. Call once."""
    _compare_with_recorded_outputs()
    _update_for_changed_outputs()


def _compare_with_recorded_outputs() -> None:
    original = changesets._resolve_props_for_diff

    def resolve(template: Template, params: Parameters, stack_name: str, stack_id: str) -> Template:
        resolved: Template = original(template, params, stack_name, stack_id)
        stack = cfn._stacks.get(stack_name) or {}
        if template is stack.get("_template"):
            return _with_recorded(resolved, moved_properties(stack))
        return resolved

    changesets._resolve_props_for_diff = resolve


def _update_for_changed_outputs() -> None:
    original = handlers._stack_has_no_updates

    def has_no_updates(
        stack: Template,
        template: Template,
        params: Parameters,
        tags: Json,
        use_previous_template: bool = False,
        tags_given: bool = False,
    ) -> bool:
        same: bool = original(stack, template, params, tags, use_previous_template, tags_given)
        return same and not moved_properties(stack)

    handlers._stack_has_no_updates = has_no_updates


def moved_properties(stack: Template) -> dict[str, dict[str, Json]]:
    """Return what would change if a stack were deployed again as it is, by resource, with what it was."""
    facts = Properties(stack)
    moved: dict[str, dict[str, Json]] = {}
    for name, resource in facts.child("_template").child("Resources").items():
        recorded = facts.child("_resources").child(name).child("Properties")
        raw = Properties(resource if isinstance(resource, dict) else {}).child("Properties")
        before = {
            key: recorded[key]
            for key in raw
            if key in recorded and reads_stack_output(raw[key]) and _now(stack, raw[key]) not in (None, recorded[key])
        }
        if before:
            moved[name] = before
    return moved


def _now(stack: Template, value: Json) -> Json:
    """Return a value of a stack's template as it would be now; `None` where it cannot be told."""
    try:
        resolved: Json = engine._resolve_refs(
            copy.deepcopy(value),
            stack["_resources"],
            stack["_resolved_params"],
            stack["_conditions"],
            dict(Properties(stack).child("_template").child("Mappings")),
            stack["StackName"],
            stack["StackId"],
        )
    except ValueError:
        return None
    return resolved


def _with_recorded(template: Template, moved: dict[str, dict[str, Json]]) -> Template:
    resources = dict(Properties(template).child("Resources"))
    for name, before in moved.items():
        resource = Properties(template).child("Resources").child(name)
        resources[name] = {**resource, "Properties": {**resource.child("Properties"), **before}}
    return {**template, "Resources": resources}
