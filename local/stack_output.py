"""`Fn::GetStackOutput` with its region and role: the emulator underneath reads the consumer's own region only."""

from collections.abc import Callable

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudformation as cfn
from ministack.services import iam

from local.properties import Json, Properties

FUNCTION = "Fn::GetStackOutput"


def resolve_stack_output(arguments: Json, resolve: Callable[[Json], Json]) -> Json:
    """Return the value of another stack's output, in the account of the role and in the region that the template names.

    A `ValueError` names what is missing: the role, the stack or the output.
    """
    given = Properties(arguments if isinstance(arguments, dict) else {})
    spec = Properties({key: resolve(value) for key, value in given.items()})
    role = spec.text("RoleArn")
    account = role.split(":")[4] if role.count(":") >= 5 else get_account_id()
    stack, output = spec.text("StackName"), spec.text("OutputName")
    with request_scope(account, spec.text("Region", get_region())):
        if role and role.rsplit("/", 1)[-1] not in iam._roles:
            raise ValueError(f"Fn::GetStackOutput cannot assume role '{role}': it does not exist")
        found = cfn._stacks.get(stack.rsplit(":stack/", 1)[-1].split("/")[0])
        for entry in found.get("Outputs", []) if found else []:
            if entry.get("OutputKey") == output:
                value: Json = entry.get("OutputValue", "")
                return value
        raise ValueError(f"Output '{output}' not found in stack '{stack}' ({account}, {get_region()})")


def reads_stack_output(value: Json) -> bool:
    """Whether a template's value reads an output of another stack."""
    if isinstance(value, dict):
        return FUNCTION in value or any(reads_stack_output(item) for item in value.values())
    return isinstance(value, list) and any(reads_stack_output(item) for item in value)
