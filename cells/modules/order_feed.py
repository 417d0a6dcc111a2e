"""Order feed: valid orders wait in a queue, and a function hands each to the order service once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module
from cells.modules.order_settings import LAMBDAS, MAX_ERROR_PERCENT, ORDER_FEED, OrderFeedSpec

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.queue import Queue
    from constructs_lib.table import Table


class OrderFeedModule(Module):
    """The feed of orders: a queue of valid ones, and the function that works it off.

    The API validates an order and puts it on the queue; the function takes batches and hands each order to the service
    behind the load balancer, once for each partner and number. An order that fails three times waits in the dead-letter
    queue, where the first one raises an alarm.
    """

    name = ORDER_FEED
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
