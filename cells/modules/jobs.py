"""Jobs: background work in queues on Valkey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module

if TYPE_CHECKING:
    from cells.layers.service import ServiceLayer


class JobsModule(Module):
    """Background jobs. The queues live in the cache group that never evicts; the worker scales on their depth."""

    name = "jobs"
    core = True
    summary = "Background jobs in queues on Valkey; the worker scales on their depth"
    reference = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html"

    def service(self, layer: ServiceLayer) -> None:
        """Tell the containers where the queues are, and scale the worker on what waits."""
        queues = layer.data.cache.queues
        layer.set_environment("QUEUES_ENDPOINT", queues.endpoint)
        layer.set_environment("QUEUES_SECRET_ARN", queues.secret.secret_arn)
        layer.scale_worker_on_queue_depth()
