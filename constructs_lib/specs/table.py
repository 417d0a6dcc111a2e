"""A table of key-value items."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec

AttributeKind = Literal["string", "number", "binary"]
AttributeName = Annotated[str, Field(min_length=1, max_length=255)]
IndexName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]


class AttributeSpec(Spec):
    """An attribute that is part of a key."""

    name: AttributeName
    kind: AttributeKind = "string"


class IndexSpec(Spec):
    """A global secondary index."""

    name: IndexName
    partition_key: AttributeSpec
    sort_key: AttributeSpec | None = None
    projection: Literal["all", "keys"] = "all"
    """Whether a query of the index answers whole items, or their keys only."""


class TableSpec(Spec):
    """Keys and indexes cannot be changed later without a new table; the rest can."""

    partition_key: AttributeSpec
    sort_key: AttributeSpec | None = None
    time_to_live: AttributeName | None = None
    """The attribute that holds the second of the epoch after which DynamoDB deletes an item. None: items stay."""
    indexes: Annotated[tuple[IndexSpec, ...], Field(max_length=20)] = ()
    stream: Literal["new", "old", "both", "keys"] | None = None
    """What each change tells the readers of the stream. None: there is no stream."""
    recovery_days: Annotated[int, Field(ge=1, le=35)] | None = 35
    """The table can be restored to any second of this many days. None: it cannot be restored."""

    @model_validator(mode="after")
    def _names_are_used_once(self) -> Self:
        names = [index.name for index in self.indexes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two indexes have the name '{twice[0]}'")
        if self.sort_key is not None and self.sort_key.name == self.partition_key.name:
            raise ValueError(f"'{self.sort_key.name}' cannot be both keys")
        return self

    @model_validator(mode="after")
    def _an_attribute_has_one_kind(self) -> Self:
        kinds: dict[str, AttributeKind] = {}
        for attribute in self.key_attributes:
            if kinds.setdefault(attribute.name, attribute.kind) != attribute.kind:
                raise ValueError(f"attribute '{attribute.name}' has two kinds, {kinds[attribute.name]} is the first")
        if self.time_to_live is not None and kinds.get(self.time_to_live, "number") != "number":
            raise ValueError(f"time_to_live '{self.time_to_live}' has to be a number")
        return self

    @property
    def key_attributes(self) -> tuple[AttributeSpec, ...]:
        """The attributes of all keys."""
        keys = [self.partition_key, self.sort_key]
        for index in self.indexes:
            keys += [index.partition_key, index.sort_key]
        return tuple(key for key in keys if key is not None)


IDEMPOTENCY_TABLE = TableSpec(partition_key=AttributeSpec(name="id"), time_to_live="expiration", recovery_days=None)
"""The attributes that Powertools' idempotency uses where nobody says otherwise. What was done is not restored.

https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
"""
