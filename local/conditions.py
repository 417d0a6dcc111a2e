"""Template conditions as AWS evaluates them: every value function works, and an empty list parameter is empty."""

from collections.abc import Callable

from local.properties import Json

_LOGIC = ("Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals")


def resolved_conditions(conditions: dict[str, Json], resolve: Callable[[Json], Json]) -> dict[str, Json]:
    """Return the conditions with every value function replaced by its value; the logic is left as it is."""
    return {name: _logic(expression, resolve) for name, expression in conditions.items()}


def _logic(expression: Json, resolve: Callable[[Json], Json]) -> Json:
    if isinstance(expression, dict):
        if "Condition" in expression:
            return expression
        for function in _LOGIC:
            arguments = expression.get(function)
            if isinstance(arguments, list):
                return {function: [_logic(argument, resolve) for argument in arguments]}
    return resolve(expression)


def is_empty_list(reference: Json, parameters: dict[str, dict[str, str]]) -> bool:
    """Whether a `Ref` names a list parameter whose value is empty, which means no elements and not one empty one."""
    parameter = parameters.get(reference) if isinstance(reference, str) else None
    if parameter is None or parameter.get("Value") != "":
        return False
    return parameter.get("Type") == "CommaDelimitedList" or "List<" in parameter.get("Type", "")
