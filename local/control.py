"""The control endpoints under `/_local/`: what the tests and the command line ask of the emulator itself."""

import json
from collections.abc import Callable

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from local.properties import Json, Properties, parse_object

Endpoint = Callable[[Properties], Json]


class Control:
    """Named endpoints that take and give JSON."""

    def __init__(self) -> None:
        self._endpoints: dict[tuple[str, str], Endpoint] = {}

    def add(self, method: str, path: str, endpoint: Endpoint) -> None:
        """Answer `method` on `/_local/<path>` with `endpoint`. A `ValueError` becomes status 400."""
        self._endpoints[(method, f"/_local/{path}")] = endpoint

    async def __call__(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer one request."""
        body = await read_body(receive)
        status, value = _respond(self._endpoints.get((scope["method"], scope["path"])), body)
        await answer(send, status, value)


def _respond(endpoint: Endpoint | None, body: bytes) -> tuple[int, Json]:
    if endpoint is None:
        return 404, {"error": "no such control endpoint"}
    try:
        return 200, endpoint(Properties(parse_object(body) if body else {}))
    except ValueError as error:
        return 400, {"error": str(error)}


async def read_body(receive: ASGIReceiveCallable) -> bytes:
    """Read the whole body of a request."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(chunks)
        chunks.append(message["body"])
        if not message["more_body"]:
            return b"".join(chunks)


async def answer(send: ASGISendCallable, status: int, value: Json) -> None:
    """Send a JSON answer."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": json.dumps(value).encode(), "more_body": False})
