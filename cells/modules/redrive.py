"""The function that moves what failed for good back to its queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cells.modules.module import Module

if TYPE_CHECKING:
    from cells.layers.service import ServiceLayer


def add_redrive(module: Module, layer: ServiceLayer) -> None:
    """Add the function to a module, for every queue of the cell with a dead-letter queue. A person starts it."""
    from constructs_lib.handler import LAMBDAS
    from constructs_lib.specs.function import FunctionSpec

    queues = {name: (queue, queue.dead_letter_queue) for name, queue in layer.data.queues.items()}
    letters = {name: letter.queue_arn for name, (_, letter) in queues.items() if letter is not None}
    redrive = layer.add_handler(
        module,
        "Redrive",
        description="Moves what failed for good back to its queue",
        code=LAMBDAS / "redrive",
        spec=FunctionSpec(log_retention_days=layer.plan.settings.api.log_retention_days),
        environment={"DEAD_LETTER_QUEUES": json.dumps(letters)},
    )
    for queue, _ in queues.values():
        queue.grant_redrive(redrive.role)
