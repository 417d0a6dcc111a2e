"""The base of every spec: frozen, and closed to unknown fields."""

from pydantic import BaseModel, ConfigDict


class Spec(BaseModel):
    """A declared or resolved fact. Immutable; an unknown field is an error, so that a typing mistake never passes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
