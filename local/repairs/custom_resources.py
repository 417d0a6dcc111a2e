"""Custom resources whose function broke: AWS and the emulator wait an hour for an answer that never comes."""

import json

from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from local.properties import Json, Properties


def fail_broken_functions() -> None:
    """Let a custom resource fail at once when its function ends with an error and has not answered. Call once."""
    original = lambda_svc._execute_function_with_config_scope

    def execute(function: dict[str, Json], event: dict[str, Json]) -> dict[str, Json]:
        result: dict[str, Json] = original(function, event)
        token = Properties(event).text("ResponseURL").rsplit("/", 1)[-1]
        if token and result.get("error") and not _answered(token):
            reason = f"the function of the custom resource failed: {json.dumps(result.get('body'))[:1000]}"
            custom_resource.deliver_response(token, {"Status": "FAILED", "Reason": reason})
        return result

    lambda_svc._execute_function_with_config_scope = execute


def _answered(token: str) -> bool:
    with custom_resource._lock:
        entry = custom_resource._pending.get(token)
        return entry is None or entry["result"] is not None
