"""A check of a cell from outside."""

from typing import Annotated

from pydantic import Field

from constructs_lib.specs.base import Spec


class CanarySpec(Spec):
    """How often CloudWatch Synthetics asks the front door for `/health`, over the internet. Each run is billed."""

    every_minutes: Annotated[int, Field(ge=1, le=60)] | None = None
    """Minutes from one check to the next; two that fail in a row raise the alarm. None: no check from outside."""
