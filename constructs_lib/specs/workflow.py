"""A workflow of several steps."""

from typing import Annotated

from pydantic import Field

from constructs_lib.specs.base import Spec


class WorkflowSpec(Spec):
    """How long a run may take, and how long its log is kept."""

    timeout_minutes: Annotated[int, Field(ge=1, le=525_600)]
    """A standard workflow may run for a year."""
    log_retention_days: int = 90
