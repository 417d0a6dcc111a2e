"""A template's values without what makes no difference: two ways to write one thing become equal.

`Fn::Sub` and `Fn::Join` become one form, pseudo parameters become what they are in their stack, a list of one is its
item where a policy document allows both, and sets have one order.
See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from assembly.document import Json, JsonObject, as_list, as_object, as_text
from assembly.load import Stack

JOIN: Final = "Fn::Join"
GET_ATT: Final = "Fn::GetAtt"
_NO_VALUE: Final = "AWS::NoValue"
_IN_SUBSTITUTION = re.compile(r"\$\{(?:!(?P<literal>[^}]*)|(?P<name>[A-Za-z0-9_:.]+))\}")
_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))
_SETS_OF_POLICIES = frozenset({"Action", "NotAction", "Resource", "NotResource"})
_PRINCIPALS = frozenset({"Principal", "NotPrincipal"})


class _Nothing:
    """Stands for a value that `AWS::NoValue` takes away."""


_NOTHING: Final = _Nothing()


def pseudo_parameters(stack: Stack) -> Mapping[str, str]:
    """What the pseudo parameters are in a stack whose account and region are known."""
    partition = next((name for start, name in _PARTITIONS if stack.region.startswith(start)), "aws")
    return {
        "AWS::AccountId": stack.environment.account,
        "AWS::Region": stack.region,
        "AWS::Partition": partition,
        "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
        "AWS::StackName": stack.stack_name,
    }


def settled(value: Json, pseudo: Mapping[str, str]) -> Json:
    """Return the value in the one form that everything equal to it has. Of nothing (`AWS::NoValue`) it is None."""
    found = _settle(value, pseudo)
    return None if isinstance(found, _Nothing) else found


def text_of(value: Json) -> str:
    """Return a text that is equal when, and only when, two settled values are: scalars as CloudFormation reads them."""
    return json.dumps(_scalars(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def is_intrinsic(value: Json) -> bool:
    """Whether a value is a function's call or a reference, and not an object of a property."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    name = next(iter(value))
    return name == "Ref" or name.startswith("Fn::")


def is_policy(value: Json) -> bool:
    """Whether a value is a policy document."""
    statements = as_object(value).get("Statement")
    return any("Effect" in as_object(one) for one in (statements if isinstance(statements, list) else [statements]))


def _settle(value: Json, pseudo: Mapping[str, str]) -> Json | _Nothing:
    if isinstance(value, list):
        return [item for item in (_settle(one, pseudo) for one in value) if not isinstance(item, _Nothing)]
    if not isinstance(value, dict):
        return value
    if is_intrinsic(value):
        name, argument = next(iter(value.items()))
        return _call(name, argument, pseudo)
    inner = {key: _settle(item, pseudo) for key, item in value.items()}
    kept: JsonObject = {key: item for key, item in inner.items() if not isinstance(item, _Nothing)}
    return _policy(kept) if is_policy(kept) else kept


def _call(name: str, argument: Json, pseudo: Mapping[str, str]) -> Json | _Nothing:
    if name == "Ref":
        if argument == _NO_VALUE:
            return _NOTHING
        return pseudo.get(as_text(argument)) or {"Ref": argument}
    if name == "Fn::Sub":
        return _substitution(argument, pseudo)
    if name == "Fn::If" and isinstance(argument, list):
        return {name: [_branch(one, pseudo) for one in argument]}
    inner = settled({"Ref": "AWS::Region"} if name == "Fn::GetAZs" and argument == "" else argument, pseudo)
    form = _FORMS.get(name)
    return form(inner) if form else {name: inner}


def _branch(value: Json, pseudo: Mapping[str, str]) -> Json:
    """A branch of `Fn::If`, which has to stay where it is: also the one that takes the value away."""
    found = _settle(value, pseudo)
    return {"Ref": _NO_VALUE} if isinstance(found, _Nothing) else found


def _attribute(argument: Json) -> Json:
    """`Fn::GetAtt` as a text, unless a part of it is only known when it is deployed."""
    parts = [part for part in as_list(argument) if isinstance(part, str)]
    return {GET_ATT: ".".join(parts) if parts and parts == argument else argument}


def _substitution(argument: Json, pseudo: Mapping[str, str]) -> Json:
    text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if not isinstance(text, str) or not isinstance(variables, dict):
        return {"Fn::Sub": argument}  # no template that CloudFormation would take
    parts: list[Json] = []
    end = 0
    for found in _IN_SUBSTITUTION.finditer(text):
        parts.append(text[end : found.start()])
        end = found.end()
        name = found["name"]
        if name is None:
            parts.append(f"${{{found['literal']}}}")
        elif name in variables:
            parts.append(settled(variables[name], pseudo))
        else:
            call: JsonObject = {GET_ATT: name} if "." in name else {"Ref": name}
            parts.append(settled(call, pseudo))
    return _join(["", [*parts, text[end:]]])


def _join(argument: Json) -> Json:
    """Join what is text, and take inner joins apart, so that a text has one form however it was put together."""
    pair = as_list(argument)
    if len(pair) != 2 or not isinstance(pair[0], str) or not isinstance(pair[1], list):
        return {JOIN: argument}
    between = pair[0]
    parts: list[Json] = []
    for number, item in enumerate(pair[1]):
        _append(parts, between if number else "")
        for part in _parts(item):
            _append(parts, part)
    if not parts:
        return ""
    return parts[0] if len(parts) == 1 else {JOIN: ["", parts]}


def _parts(item: Json) -> Iterable[Json]:
    inner = as_list(as_object(item).get(JOIN))
    return as_list(inner[1]) if len(inner) == 2 and inner[0] == "" else [item]


def _append(parts: list[Json], part: Json) -> None:
    if isinstance(part, bool | int | float):
        part = _scalars(part)
    if part == "":
        return
    last = parts[-1] if parts else None
    if isinstance(last, str) and isinstance(part, str):
        parts[-1] = last + part
    else:
        parts.append(part)


def _select(argument: Json) -> Json:
    pair = as_list(argument)
    if len(pair) != 2 or not isinstance(pair[1], list):
        return {"Fn::Select": argument}
    numbered = {str(number): item for number, item in enumerate(pair[1])}
    return numbered.get(str(pair[0]), {"Fn::Select": argument})


def _split(argument: Json) -> Json:
    pair = as_list(argument)
    if len(pair) == 2 and isinstance(pair[0], str) and pair[0] and isinstance(pair[1], str):
        return list[Json](pair[1].split(pair[0]))
    return {"Fn::Split": argument}


_FORMS: Final[Mapping[str, Callable[[Json], Json]]] = {
    GET_ATT: _attribute,
    JOIN: _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
}
"""The one form of each function whose argument is settled first."""


def _policy(document: JsonObject) -> JsonObject:
    """A policy document whose statements and sets have one order, and in which one item is a list of one."""
    written = document["Statement"]
    listed = written if isinstance(written, list) else [written]
    statements: list[Json] = [_statement(one) if isinstance(one, dict) else one for one in listed]
    return {**document, "Statement": sorted(statements, key=text_of)}


def _statement(statement: JsonObject) -> JsonObject:
    found: JsonObject = {}
    for key, value in statement.items():
        if key in _SETS_OF_POLICIES:
            found[key] = _set(value)
        elif key in _PRINCIPALS and isinstance(value, dict) and not is_intrinsic(value):
            found[key] = {kind: _set(who) for kind, who in value.items()}
        elif key == "Condition" and isinstance(value, dict) and not is_intrinsic(value):
            found[key] = {operator: _tests(tests) for operator, tests in value.items()}
        else:
            found[key] = value
    return found


def _tests(tests: Json) -> Json:
    """What one operator of a condition tests: each key with the set of values that it may have."""
    if not isinstance(tests, dict) or is_intrinsic(tests):
        return tests
    return {name: _set(wanted) for name, wanted in tests.items()}


def _set(value: Json) -> list[Json]:
    items = value if isinstance(value, list) else [value]
    return list({text_of(item): item for item in sorted(items, key=text_of)}.values())


def _scalars(value: Json) -> Json:
    """Numbers and booleans as the text that CloudFormation takes as well."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return json.dumps(int(value) if isinstance(value, float) and value.is_integer() else value)
    if isinstance(value, list):
        return [_scalars(item) for item in value]
    if isinstance(value, dict):
        return {key: _scalars(item) for key, item in value.items()}
    return value
