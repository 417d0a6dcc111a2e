"""Notifications: events go in, and leave by mail, push and webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.queue import Queue
    from constructs_lib.topic import Topic


class NotificationsModule(Module):
    """Notifications. Modules publish to a topic; a queue with a dead-letter queue keeps what the worker has to send."""

    name = "notifications"
    core = True
    summary = "Notifications by event: a topic, a queue and its dead-letter queue"
    reference = "https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html"

    _topic: Topic
    _queue: Queue

    def data(self, layer: DataLayer) -> None:
        """The topic and the queue that subscribes to it."""
        self._topic = layer.add_topic(self, "Topic")
        self._queue = layer.add_queue(self, "Queue", visibility_timeout_seconds=60, retention_days=4)
        layer.subscribe(self._topic, self._queue)

    def service(self, layer: ServiceLayer) -> None:
        """Both containers publish; only the worker consumes."""
        layer.set_environment("NOTIFICATIONS_TOPIC_ARN", self._topic.topic.topic_arn)
        layer.set_environment("NOTIFICATIONS_QUEUE_URL", self._queue.queue.queue_url)
        layer.grant_containers(self._topic.grant_publish)
        layer.grant_worker(self._queue.grant_consume)
