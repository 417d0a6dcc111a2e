"""What is said about one cell, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, JsonValue

from cells.plan import Source
from cells.product_file import ProductFile
from cells.sizes import Size
from cells.spec import EnvironmentSpec
from constructs_lib.specs.document import Location
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Environment


class Context(BaseModel):
    """What the command line says on top of the files. It wins over them, and the plan says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modules: tuple[str, ...] | None = None
    region: str | None = None
    size: Size | None = None
    settings: Annotated[Mapping[str, JsonValue], "by dotted name"] = {}


class CellDeclaration:
    """The product file, its part about one environment, and the command line; with what came of each, as it is found.

    Raises InputError when the product does not have the environment.
    """

    def __init__(self, product: ProductFile, environment: Environment, context: Context) -> None:
        self.product = product
        self.environment: Environment = environment
        self.context = context
        self.own = self._own()
        """What the product file says about this environment."""
        self.sources: dict[str, Source] = {}
        """Where each value of the plan came from, by its dotted name."""
        self.notes: list[str] = []
        """What a person should know of the plan."""

    @property
    def path(self) -> Location:
        """The way to this environment in the product file."""
        return ("environments", self.environment)

    def at(self, kind: str, *location: str | int) -> Source:
        """A place in the product file."""
        return Source.model_validate({"kind": kind, "where": self.product.where(*location)})

    def _own(self) -> EnvironmentSpec:
        environments = self.product.spec.environments
        if self.environment not in environments:
            raise InputError(
                f"product '{self.product.spec.name}' has no environment '{self.environment}'",
                hint=f"it has {', '.join(environments)}; add it to {self.product.where('environments')}",
            )
        return environments[self.environment]
