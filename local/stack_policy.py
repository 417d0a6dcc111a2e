"""Stack policies: what an update may do to which resource. The emulator underneath keeps them, this enforces them.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from local.properties import Properties, parse_object

Action = Literal["Update:Modify", "Update:Replace", "Update:Delete"]


@dataclass(frozen=True)
class StackPolicy:
    """The statements of a policy document. A resource that no statement allows to touch is protected."""

    statements: tuple[Properties, ...]

    @classmethod
    def parse(cls, text: str) -> "StackPolicy":
        """Read a policy document; raises `ValueError` when it is none."""
        return cls(tuple(Properties(parse_object(text)).children("Statement")))

    def refusal(self, action: Action, logical_id: str, resource_type: str) -> str:
        """Say in CloudFormation's words why the action is denied; empty when it is allowed."""
        matching = [
            (number, statement.text("Effect"))
            for number, statement in enumerate(self.statements, 1)
            if _applies(statement, action, logical_id, resource_type)
        ]
        denying = [number for number, effect in matching if effect == "Deny"]
        if denying:
            return _message(f"Statement [#{denying[0]}] does not allow", action, logical_id)
        if not any(effect == "Allow" for _, effect in matching):
            return _message("No statement allows", action, logical_id)
        return ""


def _message(subject: str, action: Action, logical_id: str) -> str:
    return f"Action denied by stack policy: {subject} [{action}] for resource [LogicalResourceId/{logical_id}]"


def _applies(statement: Properties, action: Action, logical_id: str, resource_type: str) -> bool:
    return (
        _matches(statement, "Action", action)
        and _matches(statement, "Resource", f"LogicalResourceId/{logical_id}")
        and all(
            _condition_holds(operator, statement.child("Condition").child(operator), resource_type)
            for operator in statement.child("Condition")
        )
    )


def _matches(statement: Properties, key: str, value: str) -> bool:
    """Whether the patterns under `key`, or under its negation, take the value."""
    if f"Not{key}" in statement:
        return not _any_matches(statement.texts(f"Not{key}"), value)
    return _any_matches(statement.texts(key), value)


def _any_matches(patterns: Iterable[str], value: str) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def _condition_holds(operator: str, condition: Properties, resource_type: str) -> bool:
    """Whether a condition holds. Only the resource's type can be asked for."""
    types = condition.texts("ResourceType")
    if operator == "StringEquals":
        return resource_type in types
    if operator == "StringLike":
        return _any_matches(types, resource_type)
    raise ValueError(f"a stack policy cannot use the condition {json.dumps(operator)}")
