"""A JSON Schema, as API Gateway takes one to check the body of a request."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, JsonValue, WithJsonSchema


def _checked(schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Raise ValueError for what is no schema of draft 4, with the place in it, and for references to elsewhere."""
    from jsonschema import Draft4Validator, SchemaError  # takes a while to import, and most commands check no schema

    try:
        Draft4Validator.check_schema(schema)
    except SchemaError as error:
        place = "/".join(str(step) for step in error.absolute_path) or "its top"
        raise ValueError(f"is no JSON Schema of draft 4: at {place}, {error.message}") from None
    if "type" not in schema:
        raise ValueError("is no JSON Schema that checks anything: it has no 'type' at its top")
    for reference in _references(schema):
        if not reference.startswith("#/definitions/"):
            raise ValueError(f"refers to '{reference}': API Gateway follows '#/definitions/…' only")
    return schema


def _references(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        found = value.get("$ref")
        if isinstance(found, str):
            yield found
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


JsonSchema = Annotated[dict[str, JsonValue], AfterValidator(_checked), WithJsonSchema({"type": "object"})]
"""A JSON Schema of draft 4, checked against its metaschema.

https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
"""
