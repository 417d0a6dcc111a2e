"""Order feed: valid orders wait in a queue, and a function hands each to the order service once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from cells.modules.module import Module
from constructs_lib.specs.queue import ConsumedQueueSpec

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from cells.plan import CellPlan
    from constructs_lib.queue import Queue
    from constructs_lib.table import Table

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


def metrics_namespace(plan: CellPlan) -> str:
    """The namespace of what a cell measures about orders. `order-feed` has it; a cell without has the default."""
    feeds = (module.settings for module in plan.modules if module.name == OrderFeedModule.name)
    return OrderFeedSpec.model_validate(next(feeds, {})).metrics_namespace


class OrderFeedModule(Module):
    """The feed of orders: a queue of valid ones, and the function that works it off.

    The API validates an order and puts it on the queue; the function takes batches and hands each order to the service
    behind the load balancer, once for each partner and number. An order that fails three times waits in the dead-letter
    queue, where the first one raises an alarm.
    """

    name = "order-feed"
    summary = "Valid orders in a queue with a consumer that hands each to the service once"
    reference = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"
    spec = OrderFeedSpec

    _orders: Queue
    _seen: Table

    def data(self, layer: DataLayer) -> None:
        """The queue with its dead-letter queue, and the memory of orders that were handed over."""
        settings = self.settings_as(OrderFeedSpec)
        self._orders = layer.add_queue(
            self,
            "ValidOrders",
            visibility_timeout_seconds=settings.visibility_seconds,
            retention_days=settings.retention_days,
            max_receives=settings.max_receives,
            backlog=settings.backlog,
        )
        self._seen = layer.add_idempotency_table(self, "Seen")

    def service(self, layer: ServiceLayer) -> None:
        """The containers send valid orders; the function takes them."""
        settings = self.settings_as(OrderFeedSpec)
        layer.set_environment("VALID_ORDERS_QUEUE_URL", self._orders.queue.queue_url)
        layer.set_environment("ORDER_METRICS_NAMESPACE", settings.metrics_namespace)
        layer.grant_containers(self._orders.grant_send)
        layer.add_consumer(
            self,
            "Persister",
            description="Hands valid orders to the order service",
            code=LAMBDAS / "order_persister",
            environment={
                "ORDERS_URL": f"https://{layer.plan.origin_domain}/internal/orders",
                # A batch in which every order is slow ends before the time of the function does.
                "ORDERS_TIMEOUT_SECONDS": f"{(settings.timeout_seconds - 1) / settings.batch_size:.2f}",
                "METRICS_NAMESPACE": settings.metrics_namespace,
                "ENVIRONMENT": layer.plan.identity.environment,
                "CELL": layer.plan.identity.prefix,
            },
            queue=self._orders,
            spec=settings,
            seen=self._seen,
            max_error_percent=MAX_ERROR_PERCENT,
            in_network=True,
        )
