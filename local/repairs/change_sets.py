"""A change of outputs alone is a change set that can be executed: the emulator says that there is no change."""

from collections.abc import Callable

from ministack.services import cloudformation as cfn
from ministack.services.cloudformation import changesets, handlers

from local.properties import Properties

Operation = Callable[[dict[str, list[str]]], tuple[int, dict[str, str], bytes]]

_ACTION = "CreateChangeSet"
_NO_CHANGES = "The submitted information didn't contain changes."


def take_changes_of_outputs() -> None:
    """Let a change set be executed that changes outputs and no resource, as AWS does. Call once.

    See https://github.com/aws/aws-cdk/pull/2029.
    """
    handlers._ACTION_HANDLERS[_ACTION] = _taking_outputs(handlers._ACTION_HANDLERS[_ACTION])


def _taking_outputs(original: Operation) -> Operation:
    def create(params: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        answer = original(params)
        name, stack_name = ((params.get(key) or [""])[0] for key in ("ChangeSetName", "StackName"))
        _, found = changesets._find_change_set(name, stack_name)
        if found and str(found["StatusReason"]).startswith(_NO_CHANGES):
            deployed = Properties(cfn._stacks.get(found["StackName"]) or {}).child("_template")
            if Properties(found).child("_template").child("Outputs") != deployed.child("Outputs"):
                found.update(Status="CREATE_COMPLETE", ExecutionStatus="AVAILABLE", StatusReason="")
        return answer

    return create
