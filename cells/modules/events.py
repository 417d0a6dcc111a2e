"""Events: what happened in one module, told to all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module
from cells.modules.redrive import add_redrive
from constructs_lib.specs.events import EventBusSpec

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.event_bus import EventBus
    from constructs_lib.queue import Queue
    from constructs_lib.table import Table

SEEN_ATTRIBUTE = "expires_at"


class EventsModule(Module):
    """Events between modules: a bus with an archive to replay, a queue for the worker, and a memory of what was seen.

    The source of an event is the name of its module. What fails for good waits in a dead-letter queue; the function
    `redrive` moves it back when the cause is mended.
    """

    name = "events"
    core = True
    summary = "Events between modules: a bus with archive and replay, queues and their redrive"
    reference = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html"

    spec = EventBusSpec

    _bus: EventBus
    _queue: Queue
    _seen: Table

    def data(self, layer: DataLayer) -> None:
        """The bus, the worker's queue, and the table of events that were worked off."""
        from constructs_lib.specs.table import AttributeSpec, TableSpec

        self._bus = layer.add_bus(self, "Bus", self.settings_as(EventBusSpec))
        self._queue = layer.add_queue(self, "EventsQueue", visibility_timeout_seconds=120, retention_days=14)
        self._bus.deliver("ToWorker", sources=[module.name for module in layer.plan.modules], to=self._queue)
        self._seen = layer.add_table(
            self,
            "Seen",
            TableSpec(
                partition_key=AttributeSpec(name="event_id"),
                sort_key=AttributeSpec(name="consumer"),
                time_to_live=SEEN_ATTRIBUTE,
                recovery_days=None,
            ),
        )

    def service(self, layer: ServiceLayer) -> None:
        """Both containers put events; the worker takes them and remembers which. A person can redrive what failed."""
        layer.set_environment("EVENT_BUS_NAME", self._bus.bus.event_bus_name)
        layer.set_environment("EVENTS_QUEUE_URL", self._queue.queue.queue_url)
        layer.set_environment("EVENTS_SEEN_TABLE", self._seen.table.table_name)
        layer.grant_containers(self._bus.grant_put)
        layer.grant_worker(self._queue.grant_consume)
        layer.grant_worker(self._seen.grant_read_write)
        add_redrive(self, layer)
