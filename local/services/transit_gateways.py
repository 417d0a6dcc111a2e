"""Calls of EC2 about transit gateways, which moto answers: ministack knows none."""

from urllib.parse import parse_qs

from hypercorn.typing import ASGIReceiveCallable, ASGIReceiveEvent, HTTPRequestEvent

_TAGS = ("CreateTags", "DeleteTags")
_OWN = "tgw-"


def about_transit_gateways(body: bytes) -> bool:
    """Whether a request is about a transit gateway or a part of one."""
    request = parse_qs(body.decode("latin-1"))
    action = request.get("Action", [""])[0]
    if action in _TAGS:
        return request.get("ResourceId.1", [""])[0].startswith(_OWN)
    return "TransitGateway" in action


def again(body: bytes, receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """Receive a body that was read already, and then what comes after it."""
    first: list[ASGIReceiveEvent] = [HTTPRequestEvent(type="http.request", body=body, more_body=False)]

    async def receive_again() -> ASGIReceiveEvent:
        return first.pop() if first else await receive()

    return receive_again
