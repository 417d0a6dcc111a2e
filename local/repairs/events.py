"""Stack events of an update: none of what stays as it is, CREATE of what is new, DELETE of what goes."""

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation as cfn
from ministack.services.cloudformation import stacks

from local.properties import Json

Made = tuple[str, dict[str, Json]]
Key = tuple[str, str, str, str]
"""Account, region, stack and logical id."""

_untouched: set[Key] = set()
_new: set[Key] = set()


def report_changes_only() -> None:
    """Let the events of an update say what happens, as on AWS; the emulator says UPDATE of all. Call once."""
    _notice_untouched_resources()
    _report_deletions()
    _correct_events()


def _notice_untouched_resources() -> None:
    original = stacks._update_resource

    def update(
        resource_type: str,
        physical_id: str,
        old: dict[str, Json],
        new: dict[str, Json],
        stack_name: str,
        logical_id: str,
        attributes: dict[str, Json] | None = None,
    ) -> Made:
        if old == new:
            _untouched.add(_key(stack_name, logical_id))
        made: Made = original(resource_type, physical_id, old, new, stack_name, logical_id, attributes)
        return made

    stacks._update_resource = update


def _report_deletions() -> None:
    original = stacks._delete_resource

    def delete(
        resource_type: str, physical_id: str, properties: dict[str, Json], stack_name: str, logical_id: str
    ) -> None:
        stack = cfn._stacks.get(stack_name) or {}
        if stack.get("StackStatus") != "UPDATE_IN_PROGRESS":
            original(resource_type, physical_id, properties, stack_name, logical_id)
            return
        subject = (stack["StackId"], stack_name, logical_id, resource_type)
        stacks._add_event(*subject, "DELETE_IN_PROGRESS", physical_id=physical_id)
        original(resource_type, physical_id, properties, stack_name, logical_id)
        stacks._add_event(*subject, "DELETE_COMPLETE", physical_id=physical_id)

    stacks._delete_resource = delete


def _correct_events() -> None:
    original = stacks._add_event

    def add_event(
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        detailed_status: str = "",
    ) -> None:
        key = _key(stack_name, logical_id)
        if status == "UPDATE_IN_PROGRESS" and _is_new(stack_name, logical_id):
            _new.add(key)
        if status == "UPDATE_COMPLETE" and key in _untouched:
            _untouched.discard(key)
            _take_back(stack_id, logical_id)
            return
        told = status.replace("UPDATE_", "CREATE_") if key in _new else status
        original(stack_id, stack_name, logical_id, resource_type, told, reason, physical_id, detailed_status)
        if status in ("UPDATE_COMPLETE", "UPDATE_FAILED"):
            _new.discard(key)

    stacks._add_event = add_event


def _is_new(stack_name: str, logical_id: str) -> bool:
    stack = cfn._stacks.get(stack_name) or {}
    return logical_id != stack_name and logical_id not in stack.get("_resources", {})


def _take_back(stack_id: str, logical_id: str) -> None:
    events = cfn._stack_events.get(stack_id, [])
    for position in range(len(events) - 1, -1, -1):
        if events[position]["LogicalResourceId"] == logical_id:
            if events[position]["ResourceStatus"] == "UPDATE_IN_PROGRESS":
                del events[position]
            return


def _key(stack_name: str, logical_id: str) -> Key:
    return get_account_id(), get_region(), stack_name, logical_id
