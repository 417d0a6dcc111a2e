"""Our intrinsic functions and conditions, put into the emulator's template engine."""

from ministack.services import cloudformation as cfn
from ministack.services.cloudformation import changesets, engine, handlers, stacks

from local.conditions import is_empty_list, resolved_conditions
from local.properties import Json, Properties
from local.stack_output import FUNCTION, reads_stack_output, resolve_stack_output, with_recorded_outputs

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
        stack = cfn._stacks.get(stack_name) or {}
        is_deployed = template is stack.get("_template")
        given = _as_deployed(template, stack) if is_deployed else template
        resolved: Template = original(given, params, stack_name, stack_id)
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
        return same and not _reads_changed_output(stack, template, params)

    handlers._stack_has_no_updates = has_no_updates


def _reads_changed_output(stack: Template, template: Template, params: Parameters) -> bool:
    if not reads_stack_output(template):
        return False
    name, identifier = Properties(stack).text("StackName"), Properties(stack).text("StackId")
    before: Template = changesets._resolve_props_for_diff(_as_deployed(template, stack), params, name, identifier)
    after: Template = changesets._resolve_props_for_diff(template, params, name, identifier)
    return before != after


def _as_deployed(template: Template, stack: Template) -> Template:
    """Return the template with the values of other stacks that the last deployment read."""
    deployed = Properties(stack).child("_resources")
    resources: Template = {}
    for name, resource in Properties(template).child("Resources").items():
        facts = Properties(resource if isinstance(resource, dict) else {})
        recorded = deployed.child(name).get("Properties")
        resources[name] = {**facts, "Properties": with_recorded_outputs(dict(facts.child("Properties")), recorded)}
    return {**template, "Resources": resources}
