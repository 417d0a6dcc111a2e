"""A JSON document, and how to read one without trusting its shape."""

import json
from pathlib import Path
from typing import Final, TypeAlias, cast

from assembly.errors import AssemblyError

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
"""Any JSON value, as `json.loads` returns it."""

JsonObject: TypeAlias = "dict[str, Json]"
"""A JSON object, such as a template or a manifest."""

SYNTHESIZE_AGAIN: Final = "synthesize again, and do not edit what synth wrote"


def read_object(path: Path) -> JsonObject:
    """Read a file that holds a JSON object. Raises AssemblyError when it is missing or something else."""
    try:
        value = cast(Json, json.loads(path.read_text(encoding="utf-8")))  # json.loads is typed Any
    except FileNotFoundError:
        raise AssemblyError(f"{path} is missing", SYNTHESIZE_AGAIN) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise AssemblyError(f"{path} is not JSON: {error}", SYNTHESIZE_AGAIN) from None
    if not isinstance(value, dict):
        raise AssemblyError(f"{path} is not a JSON object", SYNTHESIZE_AGAIN)
    return value


def as_object(value: Json) -> JsonObject:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """Return the value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: Json, default: str = "") -> str:
    """Return the value if it is a string, else the default."""
    return value if isinstance(value, str) else default
