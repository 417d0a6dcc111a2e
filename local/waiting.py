"""Stack operations answer when they are done, or after a few seconds: the CDK CLI looks again only every five."""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar

from hypercorn.typing import ASGISendCallable, ASGISendEvent
from ministack.services.cloudformation import changesets, handlers, stacks

from local.properties import Json

_PATIENCE_SECONDS = 8.0
_started: ContextVar[list[asyncio.Event] | None] = ContextVar("local_started_operations", default=None)


def track_operations() -> None:
    """Notice every stack operation that a request starts. Call once."""
    original = stacks._create_stack_task_in_region

    def start(
        operation: Coroutine[None, None, None], stack: dict[str, Json] | None, stack_id: str | None = None
    ) -> None:
        done, started = asyncio.Event(), _started.get()
        if started is not None:
            started.append(done)
        original(_announced(operation, done), stack, stack_id)

    for module in (stacks, handlers, changesets):
        module._create_stack_task_in_region = start


async def _announced(operation: Coroutine[None, None, None], done: asyncio.Event) -> None:
    try:
        await operation
    finally:
        done.set()


def patient(send: ASGISendCallable) -> ASGISendCallable:
    """Hold a response back until the operations that its request started are done."""
    started: list[asyncio.Event] = []
    _started.set(started)

    async def send_when_done(event: ASGISendEvent) -> None:
        if event["type"] == "http.response.start" and started:
            waits = [asyncio.create_task(done.wait()) for done in started]
            await asyncio.wait(waits, timeout=_PATIENCE_SECONDS)
            for wait in waits:
                wait.cancel()
        await send(event)

    return send_when_done
