"""The settings of the modules about orders, and what their functions share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from constructs_lib.specs.base import Spec
from constructs_lib.specs.queue import ConsumedQueueSpec, ConsumerSpec

if TYPE_CHECKING:
    from cells.plan import CellPlan

ORDER_FEED = "order-feed"
"""The module whose settings name the metrics of all of them."""

LAMBDAS = Path(__file__).parent / "lambdas"
"""Where the code of the functions of modules is."""

MAX_ERROR_PERCENT = 1
"""More failed calls than this raise an alarm."""


class OrderFeedSpec(ConsumedQueueSpec):
    """The queue of valid orders and its consumer."""

    visibility_seconds: Annotated[int, Field(ge=1, le=43200)] = 60
    """A message that was received is hidden for so long: at least six times `timeout_seconds`."""
    timeout_seconds: Annotated[int, Field(ge=2, le=900)] = 10
    """The consumer may take so long for a batch."""
    metrics_namespace: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9._#-]{0,254}$")] = "Orders"
    """The namespace in CloudWatch of what is measured about orders, here and in `error-events` and `order-stats`."""


class ErrorEventsSpec(ConsumerSpec):
    """The queue of refused orders, its consumer, and how long they are kept."""

    visibility_seconds: Annotated[int, Field(ge=1, le=43200)] = 30
    """A message that was received is hidden for so long: at least six times `timeout_seconds`."""
    retention_days: Annotated[int, Field(ge=1, le=14)] = 14
    """A message that nobody takes is lost after so many days."""
    timeout_seconds: Annotated[int, Field(ge=1, le=900)] = 5
    """The consumer may take so long for a batch."""
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """An error event is deleted after so many days."""


class OrderStatsSpec(Spec):
    """How often statistics are computed, and how many refused orders are too many."""

    refresh_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    """The service computes its statistics so often; its cache keeps them for as long."""
    max_rejected_percent: Annotated[int, Field(ge=1, le=100)] = 5
    """An alarm when more of the orders of five minutes than this are refused."""


def metrics_namespace(plan: CellPlan) -> str:
    """The namespace of what a cell measures about orders. `order-feed` has it; a cell without has the default."""
    feeds = (module.settings for module in plan.modules if module.name == ORDER_FEED)
    return OrderFeedSpec.model_validate(next(feeds, {})).metrics_namespace
