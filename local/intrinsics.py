"""Our intrinsic functions and conditions, put into the emulator's template engine."""

from ministack.services.cloudformation import changesets, engine, handlers, stacks

from local.conditions import is_empty_list, resolved_conditions
from local.properties import Json, Properties
from local.stack_output import FUNCTION, resolve_stack_output

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
