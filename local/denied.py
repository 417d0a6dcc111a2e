"""The answer to a call that a service control policy denies, in the form of each service."""

import json
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from hypercorn.typing import ASGISendCallable

Headers = Iterable[tuple[bytes, bytes]]
Answer = tuple[str, str, str]
"""Error code, media type, body."""

_XML = "text/xml"


def operation_of(headers: Headers, body: bytes) -> str:
    """The operation that a request names: in a header, or in a form. Empty for services whose paths are the names."""
    target = _header(headers, b"x-amz-target")
    if target:
        return target.rpartition(".")[2]
    return parse_qs(body.decode("latin-1")).get("Action", [""])[0]


async def deny(send: ASGISendCallable, headers: Headers, account: str, service: str, operation: str) -> None:
    """Say who may not do what, and that a policy of the organization says so."""
    action = f"{service}:{operation}" if operation else service
    said = (
        f"User: arn:aws:iam::{account}:root is not authorized to perform: {action} with an explicit deny in a service "
        "control policy"
    )
    code, kind, body = _answer(headers, service, operation, said)
    sent = [(b"content-type", kind.encode()), (b"x-amzn-errortype", code.encode())]
    await send({"type": "http.response.start", "status": 403, "headers": sent, "trailers": False})
    await send({"type": "http.response.body", "body": body.encode(), "more_body": False})


def _answer(headers: Headers, service: str, operation: str, said: str) -> Answer:
    if service == "ec2":
        code = "UnauthorizedOperation"
        error = f"<Errors><Error><Code>{code}</Code><Message>{escape(said)}</Message></Error></Errors>"
        return code, _XML, f"<Response>{error}<RequestID>denied</RequestID></Response>"
    if service == "s3":
        return "AccessDenied", _XML, f"<Error><Code>AccessDenied</Code><Message>{escape(said)}</Message></Error>"
    if operation and not _header(headers, b"x-amz-target"):
        error = f"<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{escape(said)}</Message></Error>"
        return "AccessDenied", _XML, f"<ErrorResponse>{error}<RequestId>denied</RequestId></ErrorResponse>"
    document: Mapping[str, str] = {"__type": "AccessDeniedException", "message": said}
    return "AccessDeniedException", "application/json", json.dumps(document)


def _header(headers: Headers, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")
