"""Takes the data out of a stack by a change set, which the account's Guard hook can judge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from assembly.document import JsonObject
from assembly.drain import without_data
from cells.deploy.stack import LiveStack
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from cells.deploy.reporter import Reporter

_CHANGE_SET = "cells-drain"
_TOOLKIT = "CDKToolkit"
_ANY_UPDATE: JsonObject = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}


def drain(live: LiveStack, reporter: Reporter) -> None:
    """Remove what holds data from a stack, and leave the rest. Does nothing when it holds none.

    Raises CellsError when CloudFormation refuses, as it does for data without the release tag.
    """
    if live.status() not in _UPDATABLE:
        return
    template = live.template()
    left = without_data(template)
    if left == template:
        return
    reporter.note(f"{live.name}: its data goes by a change set, which the Guard hook of the account judges")
    live.set_policy(_ANY_UPDATE)
    _execute(live, left)
    status = live.settle(reporter.note)
    if status != "UPDATE_COMPLETE":
        raise CellsError(
            f"the data of {live.name} was not removed: the stack is {status}",
            hint="its events say why; a refusal of the Guard hook means that the release is not deployed yet",
        )


_UPDATABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")


def _execute(live: LiveStack, template: JsonObject) -> None:
    from botocore.exceptions import ClientError, WaiterError

    cloudformation = live.clients.cloudformation
    try:
        answer = cloudformation.create_change_set(
            StackName=live.name,
            ChangeSetName=_CHANGE_SET,
            ChangeSetType="UPDATE",
            TemplateURL=_uploaded(live, template),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": name, "UsePreviousValue": True} for name in live.parameters()],
        )
        cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName=answer["Id"])
        cloudformation.execute_change_set(ChangeSetName=answer["Id"])
        cloudformation.get_waiter("stack_update_complete").wait(StackName=live.name)
    except WaiterError as error:
        raise CellsError(f"the data of {live.name} was not removed: {error}", hint="look at its events") from error
    except ClientError as error:
        raise CellsError(f"the data of {live.name} was not removed: {error}", hint="run it again") from error


def _uploaded(live: LiveStack, template: JsonObject) -> str:
    """Put the template into the bootstrap bucket: it may be larger than a call takes."""
    bucket = LiveStack(live.clients, _TOOLKIT).outputs().get("BucketName", "")
    if not bucket:
        raise CellsError(f"{live.region} is not bootstrapped any more", hint="bootstrap it, and run it again")
    key = f"{_CHANGE_SET}/{live.name}.json"
    s3 = live.clients.s3
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(template).encode())
    endpoint = s3.meta.endpoint_url.rstrip("/")
    return f"{endpoint}/{bucket}/{key}"
