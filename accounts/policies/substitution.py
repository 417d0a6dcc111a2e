"""Puts the facts of an organization into a guardrail and writes it as the policy language has it, without a blank."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from accounts.policies.facts import PolicyFacts
from accounts.policies.guardrail import Guardrail, Statement
from constructs_lib.specs.errors import InputError

Values = Mapping[str, tuple[str, ...]]

_PLACEHOLDER = re.compile(r"<([a-z][a-z-]*)>")


def minified(value: JsonValue) -> str:
    """JSON without a blank: AWS counts those too when a policy does not come through the console."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def statements_of(guardrail: Guardrail, facts: PolicyFacts) -> tuple[dict[str, JsonValue], ...]:
    """The statements of an SCP or RCP for one organization. Raises InputError for a placeholder without a value."""
    values = facts.values()
    rcp = guardrail.type == "RESOURCE_CONTROL_POLICY"
    written = (_statement(statement, values, guardrail.name, rcp=rcp) for statement in guardrail.statements)
    return tuple(one for one in written if one is not None)


def content_of(guardrail: Guardrail, facts: PolicyFacts) -> JsonValue:
    """The content of a policy of any other type. Raises InputError for a placeholder without a value."""
    return _filled(dict(guardrail.content), facts.values(), guardrail.name)


def expanded(texts: Iterable[str], values: Values, place: str) -> tuple[str, ...]:
    """Texts with their placeholders filled in: an entry for each value, none for a placeholder that has none."""
    return tuple(dict.fromkeys(filled for text in texts for filled in _expansions(text, values, place)))


def _expansions(text: str, values: Values, place: str) -> list[str]:
    filled = [text]
    for name in dict.fromkeys(_PLACEHOLDER.findall(text)):
        if name not in values:
            raise InputError(f"{place} has the placeholder <{name}>", hint=f"known are {', '.join(sorted(values))}")
        filled = [one.replace(f"<{name}>", value) for one in filled for value in values[name]]
    return filled


def _statement(statement: Statement, values: Values, place: str, *, rcp: bool) -> dict[str, JsonValue] | None:
    place = f"{place}: {statement.sid}"
    conditions = _conditions(statement, values, place)
    if conditions is None:
        return None
    written: dict[str, JsonValue] = {"Sid": statement.sid, "Effect": "Deny"}
    if rcp:
        written["Principal"] = "*"
    written |= _element("Action", statement.actions, statement.all_but, values, place)
    resources = () if statement.all_resources_but else statement.resources
    written |= _element("Resource", resources, statement.all_resources_but, values, place)
    if conditions:
        written["Condition"] = conditions
    return written


def _element(
    name: str, named: tuple[str, ...], all_but: tuple[str, ...], values: Values, place: str
) -> dict[str, JsonValue]:
    found = expanded(named or all_but, values, place)
    if not found:
        raise InputError(f"{place} has no {name} left", hint="give its placeholder a value")
    return {name if named else f"Not{name}": _short(sorted(found) if name == "Action" else found)}


def _conditions(statement: Statement, values: Values, place: str) -> dict[str, JsonValue] | None:
    """The conditions, or None when the statement is to be left out."""
    when: dict[str, dict[str, str | tuple[str, ...]]] = {name: dict(keys) for name, keys in statement.when.items()}
    if statement.exempt:
        when.setdefault("ArnNotLike", {})["aws:PrincipalArn"] = tuple(one.role for one in statement.exempt)
    written: dict[str, JsonValue] = {}
    for operator, keys in when.items():
        tests: dict[str, JsonValue] = {}
        for key, wanted in keys.items():
            found = expanded((wanted,) if isinstance(wanted, str) else wanted, values, place)
            if not found and statement.drop_when_empty:
                return None
            if not found:
                raise InputError(f"{place} compares {key} with nothing", hint="give its placeholder a value")
            tests[key] = _short(found)
        written[operator] = tests
    return written


def _short(values: Iterable[str]) -> JsonValue:
    """One value needs no brackets."""
    found = list(values)
    return found[0] if len(found) == 1 else list[JsonValue](found)


def _filled(value: JsonValue, values: Values, place: str) -> JsonValue:
    if isinstance(value, dict):
        return {key: _filled(part, values, place) for key, part in value.items()}
    if isinstance(value, list):
        texts = [expanded([part], values, place) if isinstance(part, str) else (part,) for part in value]
        return [_filled(part, values, place) for parts in texts for part in parts]
    if not isinstance(value, str):
        return value
    found = expanded([value], values, place)
    if len(found) != 1:
        raise InputError(f"{place}: '{value}' stands for {len(found)} values", hint="make it a list")
    return found[0]
