"""The base of every spec: frozen, and closed to unknown fields."""

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, JsonValue
from pydantic_core import CoreSchema


class Spec(BaseModel):
    """A declared or resolved fact. Immutable; an unknown field is an error, so that a typing mistake never passes.

    What stands under a field is its description in the JSON Schema. It is read when a schema is written, and a model is
    built when it is used: most commands do neither for most specs, and both together are half of what starts cost.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, JsonValue]:
        from constructs_lib.specs.field_docs import field_docs

        written: dict[str, JsonValue] = handler(schema)
        properties = handler.resolve_ref_schema(written).get("properties", {})
        for name, text in field_docs(cls).items():
            properties[name].setdefault("description", text)
        return written
