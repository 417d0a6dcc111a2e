"""E-mail that a cell sends."""

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.specs.base import Spec


class EmailSpec(Spec):
    """What receivers do with mail that says it is from the cell's domain and is not."""

    dmarc: Literal["none", "quarantine", "reject"] = "reject"
    """The policy of the domain's DMARC record. Nobody but the cell sends from its domain, so `reject` loses nothing."""
    dmarc_reports: Annotated[str, Field(pattern=r"^[^@\s;,]+@[^@\s;,]+\.[^@\s;,]+$", max_length=254)] | None = None
    """Where receivers send their daily reports. Another domain than the cell's has to allow it in its own DNS."""
    bounces_kept_days: Annotated[int, Field(ge=1, le=14)] = 14
    """How long a bounce or complaint waits for the worker."""
