"""What an organization declares about its shared services: the secrets that several products read."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import ProductName


class SharedSecret(Spec):
    """A secret that belongs to no product, such as the key of a supplier that several of them call.

    A person sets its value once; it is never in a template. A secret of one product is a secret of its module.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=2, max_length=60)]
    """Its name below `shared/` in Secrets Manager."""
    products: Annotated[tuple[ProductName, ...], Field(min_length=1)]
    """The products whose accounts may read it."""


class SharedServicesSpec(Spec):
    """The shared services account."""

    secrets: tuple[SharedSecret, ...] = ()
    """Secrets that several products read."""

    @model_validator(mode="after")
    def _secrets_are_unique(self) -> Self:
        names = [secret.name for secret in self.secrets]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"secrets has {twice[0]} twice")
        return self
