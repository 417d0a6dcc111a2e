"""Brings the stack of a stack set into one account and region, or takes it away."""

import time
import uuid

from botocore.exceptions import ClientError

from local.aws import Aws
from local.properties import Json
from local.stack_sets.stack_set import Instance, StackSet

_SERVICE = "cloudformation"
_LOOK_SECONDS = 0.05
_GIVE_UP_SECONDS = 120.0


def deploy(aws: Aws, stack_set: StackSet, instance: Instance) -> None:
    """Create or update the stack until it is as the stack set is. Notes how it ended in the instance."""
    with instance.lock:
        while True:
            version = stack_set.version
            instance.is_now("RUNNING")
            _deploy_once(aws, stack_set, instance)
            if stack_set.version == version:
                return


def remove(aws: Aws, instance: Instance) -> bool:
    """Delete the stack. Says whether it is gone."""
    with instance.lock:
        if not instance.stack_id:
            return True
        instance.is_now("RUNNING")
        aws.call(_SERVICE, "DeleteStack", {"StackName": instance.stack_id})
        status, reason = _wait(aws, instance.stack_id)
        if status == "DELETE_COMPLETE":
            return True
        instance.is_now("FAILED", reason or status)
        return False


def _deploy_once(aws: Aws, stack_set: StackSet, instance: Instance) -> None:
    request: dict[str, Json] = {
        "StackName": instance.stack_id or f"StackSet-{stack_set.name}-{uuid.uuid4()}",
        "TemplateBody": stack_set.properties.text("TemplateBody"),
    }
    for name in ("Capabilities", "Parameters", "Tags"):
        if name in stack_set.properties:
            request[name] = stack_set.properties[name]
    try:
        answer = aws.call(_SERVICE, "UpdateStack" if instance.stack_id else "CreateStack", request)
    except ClientError as error:
        message = str(error.response.get("Error", {}).get("Message", ""))
        unchanged = "No updates are to be performed" in message
        instance.is_now("SUCCEEDED" if unchanged else "FAILED", "" if unchanged else message)
        return
    stack_id = answer.text("StackId")
    status, reason = _wait(aws, stack_id)
    done = status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    instance.stack_id = stack_id if done or instance.stack_id else _cleared(aws, stack_id)
    instance.is_now("SUCCEEDED" if done else "FAILED", "" if done else _failure(aws, stack_id) or reason or status)


def _cleared(aws: Aws, stack_id: str) -> str:
    """A stack that was never whole cannot be updated: it goes, so that the next deployment makes it anew."""
    aws.call(_SERVICE, "DeleteStack", {"StackName": stack_id})
    return ""


def _wait(aws: Aws, stack_id: str) -> tuple[str, str]:
    """The status of a stack when nothing happens to it any more, and its reason."""
    end = time.monotonic() + _GIVE_UP_SECONDS
    while True:
        try:
            (stack,) = aws.call(_SERVICE, "DescribeStacks", {"StackName": stack_id}).children("Stacks")
        except ClientError:
            return "DELETE_COMPLETE", ""
        status = stack.text("StackStatus")
        if not status.endswith("_IN_PROGRESS") or time.monotonic() > end:
            return status, stack.text("StackStatusReason")
        time.sleep(_LOOK_SECONDS)


def _failure(aws: Aws, stack_id: str) -> str:
    """The first reason in the events: the others follow from it."""
    events = aws.call(_SERVICE, "DescribeStackEvents", {"StackName": stack_id}).children("StackEvents")
    failed = [event for event in events if event.text("ResourceStatus").endswith("_FAILED")]
    return f"{failed[-1].text('LogicalResourceId')}: {failed[-1].text('ResourceStatusReason')}" if failed else ""
