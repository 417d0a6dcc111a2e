"""Stack policies are enforced: the emulator stores them only."""

from collections.abc import Callable

from ministack.services import cloudformation as cfn
from ministack.services.cloudformation import handlers, provisioners, stacks

from local.properties import Json, Properties
from local.schema import schema_of
from local.stack_policy import Action, StackPolicy

_DURING_UPDATE = "_local_policy_during_update"
Made = tuple[str, dict[str, Json]]
Stack = dict[str, Json]
Operation = Callable[[dict[str, list[str]]], tuple[int, dict[str, str], bytes]]


def enforce_stack_policies() -> None:
    """Refuse what a stack's policy denies, resource by resource, as an update reaches it; and deletions first."""
    _refuse_changes()
    _refuse_deletions()
    _accept_temporary_policies()


def _refuse_changes() -> None:
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
        stack = cfn._stacks.get(stack_name) or {}
        if old != new and stack.get("StackStatus") == "UPDATE_IN_PROGRESS":
            action: Action = "Update:Replace" if _replaces(resource_type, old, new) else "Update:Modify"
            refusal = _refusal(stack, action, logical_id, resource_type)
            if refusal:
                raise ValueError(refusal)
        made: Made = original(resource_type, physical_id, old, new, stack_name, logical_id, attributes)
        return made

    stacks._update_resource = update


def _refuse_deletions() -> None:
    original = stacks._fail_property_validation

    def fail_validation(
        stack: Stack,
        stack_id: str,
        stack_name: str,
        resources: dict[str, Json],
        ordered: list[str],
        *rest: Json,
        previous_stack: Stack | None = None,
    ) -> bool:
        failed: bool = original(stack, stack_id, stack_name, resources, ordered, *rest, previous_stack=previous_stack)
        if failed or not previous_stack:
            return failed
        before = Properties(previous_stack).child("_resources")
        refusals = {
            name: refusal
            for name in before
            if name not in ordered
            and (refusal := _refusal(stack, "Update:Delete", name, before.child(name).text("ResourceType")))
        }
        if refusals:
            _roll_back(stack, stack_id, stack_name, before, refusals, previous_stack)
        return bool(refusals)

    stacks._fail_property_validation = fail_validation


def _accept_temporary_policies() -> None:
    """Let the policy that UpdateStack brings for one update win for it."""
    for action in ("UpdateStack", "ExecuteChangeSet"):
        handlers._ACTION_HANDLERS[action] = _with_temporary_policy(handlers._ACTION_HANDLERS[action])


def _with_temporary_policy(original: Operation) -> Operation:
    def run(params: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        stack = handlers._resolve_stack((params.get("StackName") or [""])[0])
        if stack:
            stack[_DURING_UPDATE] = (params.get("StackPolicyDuringUpdateBody") or [""])[0]
        return original(params)

    return run


def _refusal(stack: Stack, action: Action, logical_id: str, resource_type: str) -> str:
    facts = Properties(stack)
    text = facts.text(_DURING_UPDATE) or facts.text("_stack_policy")
    return StackPolicy.parse(text).refusal(action, logical_id, resource_type) if text else ""


def _replaces(resource_type: str, old: dict[str, Json], new: dict[str, Json]) -> bool:
    schema = schema_of(resource_type)
    create_only = schema.create_only if schema else ()
    changed = [name for name in {*old, *new} if old.get(name) != new.get(name)]
    return any(name in create_only for name in changed) or bool(provisioners._replacing_change(resource_type, old, new))


def _roll_back(
    stack: Stack, stack_id: str, name: str, before: Properties, refusals: dict[str, str], previous: Stack
) -> None:
    """End the update before it touched anything."""
    for logical_id, reason in refusals.items():
        resource = before.child(logical_id)
        stacks._add_event(
            stack_id,
            name,
            logical_id,
            resource.text("ResourceType"),
            "UPDATE_FAILED",
            reason,
            resource.text("PhysicalResourceId"),
        )
    summary = f"The following resource(s) failed to update: [{', '.join(refusals)}]."
    for key in ("_template", "_resolved_params", "_template_body", "Parameters", "Tags", "Outputs", "_conditions"):
        if key in previous:
            stack[key] = previous[key]
    for status in ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"):
        stack.update(StackStatus=status, StackStatusReason=summary)
        stacks._add_event(stack_id, name, name, "AWS::CloudFormation::Stack", status, summary, stack_id)
