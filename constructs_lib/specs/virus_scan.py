"""The scan of what is uploaded."""

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.specs.base import Spec


class VirusScanSpec(Spec):
    """What may be read, and how long a threat is kept."""

    reads: Literal["not-infected", "clean"] = "not-infected"
    """What containers may read: `clean` is what was scanned and found without a threat, and nothing else.

    `not-infected` lets them read what was not scanned too, such as everything that was there before: so the scan can
    come to a live cell. Have the old objects scanned, then say `clean`. A new product says it from its first day.
    """
    infected_days: Annotated[int, Field(ge=1, le=365)] = 30
    """A file with a threat, which nothing of the cell can read, is deleted after this."""
