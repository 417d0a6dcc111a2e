"""Error events: orders that were refused, kept for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module
from cells.modules.order_settings import LAMBDAS, MAX_ERROR_PERCENT, ErrorEventsSpec, metrics_namespace

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.queue import Queue
    from constructs_lib.table import Table


class ErrorEventsModule(Module):
    """Orders that were refused, kept for as long as people look at them.

    They come by a queue without a dead-letter queue, because an error is terminal: the consumer keeps whatever comes,
    readable or not, so nothing can poison the queue. The containers query the table, by error and by partner and time.
    """

    name = "error-events"
    summary = "Refused orders: a queue, its consumer, and a table that forgets them"
    reference = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html"
    spec = ErrorEventsSpec

    _errors: Queue
    _events: Table

    def data(self, layer: DataLayer) -> None:
        """The queue and the table, by id and by partner."""
        from constructs_lib.specs.table import AttributeSpec, IndexSpec, TableSpec

        settings = self.settings_as(ErrorEventsSpec)
        self._errors = layer.add_queue(
            self,
            "ErrorOrders",
            visibility_timeout_seconds=settings.visibility_seconds,
            retention_days=settings.retention_days,
            max_receives=None,
            backlog=settings.backlog,
        )
        time = AttributeSpec(name="timestamp")
        partner = IndexSpec(
            name="partnerId-timestamp-index", partition_key=AttributeSpec(name="partnerId"), sort_key=time
        )
        self._events = layer.add_table(
            self,
            "Events",
            TableSpec(
                partition_key=AttributeSpec(name="id"), sort_key=time, indexes=(partner,), time_to_live="expires_at"
            ),
        )

    def service(self, layer: ServiceLayer) -> None:
        """The containers send refused orders and query them; the function keeps them."""
        settings = self.settings_as(ErrorEventsSpec)
        layer.set_environment("ERROR_ORDERS_QUEUE_URL", self._errors.queue.queue_url)
        layer.set_environment("ERROR_EVENTS_TABLE", self._events.table.table_name)
        layer.grant_containers(self._errors.grant_send)
        layer.grant_containers(self._events.grant_read)
        consumer = layer.add_consumer(
            self,
            "Logger",
            description="Keeps orders that were refused",
            code=LAMBDAS / "error_logger",
            environment={
                "ERROR_EVENTS_TABLE": self._events.table.table_name,
                "ERROR_EVENTS_DAYS": str(settings.keep_days),
                "METRICS_NAMESPACE": metrics_namespace(layer.plan),
                "ENVIRONMENT": layer.plan.identity.environment,
                "CELL": layer.plan.identity.prefix,
            },
            queue=self._errors,
            spec=settings,
            max_error_percent=MAX_ERROR_PERCENT,
        )
        self._events.grant_add(consumer.role)
