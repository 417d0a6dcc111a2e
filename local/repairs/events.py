"""Stack events: an update says nothing of a resource that it does not change; the emulator reports them all."""

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation as cfn
from ministack.services.cloudformation import stacks

from local.properties import Json

Made = tuple[str, dict[str, Json]]
_untouched: set[tuple[str, str, str, str]] = set()


def report_changes_only() -> None:
    """Take back the event of a resource whose properties turn out to be the same. Call once."""
    _notice_untouched_resources()
    _drop_their_events()


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


def _drop_their_events() -> None:
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
        if status == "UPDATE_COMPLETE" and _key(stack_name, logical_id) in _untouched:
            _untouched.discard(_key(stack_name, logical_id))
            _take_back(stack_id, logical_id)
            return
        original(stack_id, stack_name, logical_id, resource_type, status, reason, physical_id, detailed_status)

    stacks._add_event = add_event


def _take_back(stack_id: str, logical_id: str) -> None:
    events = cfn._stack_events.get(stack_id, [])
    for position in range(len(events) - 1, -1, -1):
        if events[position]["LogicalResourceId"] == logical_id:
            if events[position]["ResourceStatus"] == "UPDATE_IN_PROGRESS":
                del events[position]
            return


def _key(stack_name: str, logical_id: str) -> tuple[str, str, str, str]:
    return get_account_id(), get_region(), stack_name, logical_id
