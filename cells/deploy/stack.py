"""A stack as CloudFormation has it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, cast

from assembly.document import Json, JsonObject, as_object
from cells.deploy.reporter import ResourceEvent
from constructs_lib.specs.errors import CellsError, InputError

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackTypeDef

    from cells.deploy.clients import Clients

ABSENT = "ABSENT"
"""The status of a stack that is not there."""

_WAIT_SECONDS = 3600.0
_PAUSE_SECONDS = 2.0


class LiveStack:
    """One stack in an account and region. Asks CloudFormation each time: nothing here is remembered."""

    def __init__(self, clients: Clients, name: str) -> None:
        self.clients = clients
        self.name = name

    @property
    def region(self) -> str:
        """Its region."""
        return self.clients.region

    def status(self) -> str:
        """CloudFormation's status; `ABSENT` when there is no such stack, or only a change set that was never run."""
        stack = self._describe()
        status = stack["StackStatus"] if stack else ABSENT
        return ABSENT if status in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE") else status

    def exists(self) -> bool:
        """Whether it is there."""
        return self.status() != ABSENT

    def protected(self) -> bool:
        """Whether termination protection is on."""
        stack = self._describe()
        return bool(stack and stack.get("EnableTerminationProtection"))

    def outputs(self) -> dict[str, str]:
        """The outputs by name."""
        stack = self._describe()
        found = stack.get("Outputs", []) if stack else []
        return {output["OutputKey"]: output["OutputValue"] for output in found}

    def parameters(self) -> dict[str, str]:
        """The parameters by name."""
        stack = self._describe()
        found = stack.get("Parameters", []) if stack else []
        return {parameter["ParameterKey"]: parameter.get("ParameterValue", "") for parameter in found}

    def template(self) -> JsonObject:
        """The template that it was last deployed with; empty when it is not there."""
        if not self.exists():
            return {}
        body: object = self.clients.cloudformation.get_template(StackName=self.name, TemplateStage="Original")[
            "TemplateBody"
        ]
        try:
            parsed = json.loads(body) if isinstance(body, str) else body
        except ValueError:
            raise InputError(
                f"the template of {self.name} in {self.region} is not JSON, so it was not deployed from here",
                hint="look at the stack in the console; something else has made it",
            ) from None
        return as_object(cast(Json, parsed))  # a JSON template: boto3 has parsed it, and types it loosely

    def resources(self) -> dict[str, tuple[str, str, str]]:
        """Logical id to type, physical id and status."""
        if not self.exists():
            return {}
        pages = self.clients.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {
            resource["LogicalResourceId"]: (
                resource["ResourceType"],
                resource.get("PhysicalResourceId", ""),
                resource["ResourceStatus"],
            )
            for page in pages
            for resource in page["StackResourceSummaries"]
        }

    def events(self, since: datetime | None) -> list[tuple[str, datetime, ResourceEvent]]:
        """Events after a time, oldest first, each with its id."""
        from botocore.exceptions import ClientError

        found: list[tuple[str, datetime, ResourceEvent]] = []
        try:
            answer = self.clients.cloudformation.describe_stack_events(StackName=self.name)
        except ClientError:
            return []
        for event in answer["StackEvents"]:
            if since is not None and event["Timestamp"] < since:
                break
            shown = ResourceEvent(
                stack=self.name,
                logical_id=event.get("LogicalResourceId", ""),
                type=event.get("ResourceType", ""),
                status=event.get("ResourceStatus", ""),
                reason=event.get("ResourceStatusReason", ""),
            )
            found.append((event["EventId"], event["Timestamp"], shown))
        return found[::-1]

    def settle(self, say: Callable[[str], None]) -> str:
        """Wait until nothing is in progress, and return the status. Raises CellsError after an hour."""
        deadline = time.monotonic() + _WAIT_SECONDS
        status, told = self.status(), False
        while status.endswith("_IN_PROGRESS"):
            if not told:
                say(f"{self.name} is {status}: waiting for it to end")
                told = True
            if time.monotonic() > deadline:
                raise CellsError(f"{self.name} is still {status} after an hour", hint="look at its events, run again")
            time.sleep(_PAUSE_SECONDS)
            status = self.status()
        return status

    def unprotect(self) -> None:
        """Take termination protection off."""
        self.clients.cloudformation.update_termination_protection(
            StackName=self.name, EnableTerminationProtection=False
        )

    def delete(self) -> None:
        """Delete it and wait. Raises CellsError when it does not go."""
        self.clients.cloudformation.delete_stack(StackName=self.name)
        status = self.settle(lambda _: None)
        if status != ABSENT:
            raise CellsError(f"{self.name} is {status} and not deleted", hint="look at its events")

    def policy(self) -> JsonObject:
        """The stack policy; empty when it has none."""
        body = self.clients.cloudformation.get_stack_policy(StackName=self.name).get("StackPolicyBody")
        return as_object(cast(Json, json.loads(body))) if body else {}

    def set_policy(self, policy: JsonObject) -> None:
        """Set the stack policy and read it back. Raises CellsError when it is not there then."""
        from botocore.exceptions import ClientError

        if self.policy() == policy:
            return
        try:
            self.clients.cloudformation.set_stack_policy(StackName=self.name, StackPolicyBody=json.dumps(policy))
        except ClientError as error:
            raise CellsError(
                f"the stack policy of {self.name} cannot be set: {error}",
                hint="the credentials need cloudformation:SetStackPolicy",
            ) from error
        if self.policy() != policy:
            raise CellsError(f"the stack policy of {self.name} was set, but is not there", hint="run again")

    def _describe(self) -> StackTypeDef | None:
        from botocore.exceptions import ClientError

        try:
            return self.clients.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
