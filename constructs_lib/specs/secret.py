"""A secret that a module needs."""

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.specs.base import Spec


class SecretSpec(Spec):
    """A secret of a module: `generated` by AWS, or `external` and set by a person with `cells secrets set`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$", max_length=60)]
    """`module/name`, such as `finance/payment-api-key`."""
    kind: Literal["generated", "external"]
    description: str
    """What it opens, for the person who has to set it."""
