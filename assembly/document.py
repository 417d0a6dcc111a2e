"""A JSON document, and how to read one without trusting its shape."""

from typing import TypeAlias

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
"""Any JSON value, as `json.loads` returns it."""

JsonObject: TypeAlias = "dict[str, Json]"
"""A JSON object, such as a template or a manifest."""


def as_object(value: Json) -> JsonObject:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """Return the value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: Json, default: str = "") -> str:
    """Return the value if it is a string, else the default."""
    return value if isinstance(value, str) else default
