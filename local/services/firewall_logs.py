"""Logging configurations of AWS WAF: the emulator's WAF has no operation for them."""

from collections.abc import Awaitable, Callable

from ministack.core.responses import error_response_json, get_account_id, json_response
from ministack.services import waf

from local.properties import Json, Properties, parse_object

Answer = tuple[int, dict[str, str], bytes]
Handle = Callable[[str, str, dict[str, str], bytes, dict[str, list[str]]], Awaitable[Answer]]


class FirewallLogs:
    """Which web ACL logs where."""

    def __init__(self) -> None:
        self._configurations: dict[tuple[str, str], dict[str, Json]] = {}

    def install(self) -> None:
        """Answer the operations in front of the emulator's WAF. Call once."""
        original: Handle = waf.handle_request

        async def handle(
            method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
        ) -> Answer:
            operation = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
            if operation.endswith(("LoggingConfiguration", "LoggingConfigurations")):
                return self._answer(operation, Properties(parse_object(body)))
            return await original(method, path, headers, body, query)

        waf.handle_request = handle

    def _answer(self, operation: str, request: Properties) -> Answer:
        if operation == "ListLoggingConfigurations":
            mine: list[Json] = [item for (owner, _), item in self._configurations.items() if owner == get_account_id()]
            return _success({"LoggingConfigurations": mine})
        if operation == "PutLoggingConfiguration":
            return self._put(request.child("LoggingConfiguration"))
        key = (get_account_id(), request.text("ResourceArn"))
        if key not in self._configurations:
            return _failure("WAFNonexistentItemException", "AWS WAF couldn’t perform the operation: no such resource.")
        if operation == "DeleteLoggingConfiguration":
            del self._configurations[key]
            return _success({})
        return _success({"LoggingConfiguration": self._configurations[key]})

    def _put(self, configuration: Properties) -> Answer:
        for destination in configuration.texts("LogDestinationConfigs"):
            if "aws-waf-logs-" not in destination:
                return _failure(
                    "WAFInvalidParameterException",
                    f"the name of the log destination {destination} has to start with aws-waf-logs-",
                )
        kept: dict[str, Json] = {**configuration, "ManagedByFirewallManager": False}
        self._configurations[(get_account_id(), configuration.text("ResourceArn"))] = kept
        return _success({"LoggingConfiguration": kept})


def _success(value: dict[str, Json]) -> Answer:
    answer: Answer = json_response(value)
    return answer


def _failure(code: str, message: str) -> Answer:
    answer: Answer = error_response_json(code, message, 400)
    return answer
