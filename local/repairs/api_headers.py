"""Headers that a REST API puts in the place of a caller's: the emulator underneath passes the caller's on."""

from uuid import uuid4

from ministack.services import apigateway_v1

from local.properties import Json

Headers = dict[str, str]
Answer = tuple[int, Headers, bytes]

_HEADER = "integration.request.header."


def replace_headers_on_the_way() -> None:
    """Let a backend see the headers that its integration maps, and none of the caller's in their place. Call once.

    A text in single quotes and the number of the request are known here. What else is mapped is left out.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html
    """
    invoke = apigateway_v1._invoke_http_proxy_v1

    async def replaced(
        integration: dict[str, Json],
        path: str,
        method: str,
        headers: Headers,
        body: bytes,
        query: dict[str, Json],
        path_parameters: dict[str, str] | None = None,
    ) -> Answer:
        seen = _seen(headers, integration.get("requestParameters"))
        answer: Answer = await invoke(integration, path, method, seen, body, query, path_parameters)
        return answer

    apigateway_v1._invoke_http_proxy_v1 = replaced


def _seen(headers: Headers, parameters: Json) -> Headers:
    mapped = {
        name.removeprefix(_HEADER).lower(): str(source)
        for name, source in (parameters.items() if isinstance(parameters, dict) else ())
        if name.startswith(_HEADER)
    }
    kept = {name: value for name, value in headers.items() if name.lower() not in mapped}
    return kept | {name: value for name, source in mapped.items() if (value := _value(source)) is not None}


def _value(source: str) -> str | None:
    if source == "context.requestId":
        return str(uuid4())
    return source[1:-1] if source.startswith("'") and source.endswith("'") else None
