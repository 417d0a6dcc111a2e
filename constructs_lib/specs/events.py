"""A bus of events."""

from typing import Annotated

from pydantic import Field

from constructs_lib.specs.base import Spec


class EventBusSpec(Spec):
    """How long a bus remembers."""

    archive_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Events can be replayed for this long."""


class ScheduleSpec(Spec):
    """When something is called, and how often it is tried."""

    expression: Annotated[str, Field(pattern=r"^(rate|cron|at)\(.+\)$")]
    """`rate(5 minutes)`, `cron(0 3 * * ? *)`."""
    time_zone: str = "UTC"
    """An IANA name. It matters for `cron` and `at`."""
    window_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    """The call comes within so many minutes. None: on time."""
    retries: Annotated[int, Field(ge=0, le=185)] = 3
    max_age_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    """A call that is this late is not made any more; it goes to the dead-letter queue."""
