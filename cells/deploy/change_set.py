"""Asks CloudFormation itself what it would do, with a change set that is made, read and thrown away.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assembly.diff.change import ResourceChange
from cells.deploy.change import NEVER_MADE, StackChange
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import ResourceChangeTypeDef

    from cells.deploy.deployment import Deployment
    from cells.deploy.stack import LiveStack

Answer = Literal["create", "update", "replace", "perhaps replace", "remove", "nothing", "decided later"]
"""`decided later`: CloudFormation lists the resource only because it reads an attribute of another one that changes in
place, and looks at the value when it comes to it (its `Dynamic` evaluation). The attribute nearly never changes."""


@dataclass(frozen=True)
class Asked:
    """What we say of a resource and what CloudFormation says."""

    stack: str
    logical_id: str
    type: str
    ours: Answer
    theirs: Answer

    @property
    def agrees(self) -> bool:
        """Whether both say the same, as far as CloudFormation can say."""
        return self.ours == self.theirs or self.theirs == "decided later"


def ask(deployment: Deployment, changes: Sequence[StackChange]) -> tuple[Asked, ...]:
    """Make a change set for each stack that is there and would be updated, and compare it with ours.

    Templates and assets are uploaded for it, as a deployment does; nothing else changes. Raises CellsError for a stack
    in a state in which CloudFormation makes none, or when the CDK CLI fails.
    """
    found: list[Asked] = []
    for change in changes:
        if change.action != "update" or change.status in NEVER_MADE:
            continue
        if not change.status.endswith("_COMPLETE"):
            raise CellsError(
                f"{change.stack.stack_name} is {change.status}, so CloudFormation makes no change set for it",
                hint="wait until it has ended, or mend the stack; `cells diff` without --change-set works",
            )
        live = deployment.live(change.stack)
        found += _compared(change, _theirs(deployment, change, live))
    return tuple(found)


def _theirs(deployment: Deployment, change: StackChange, live: LiveStack) -> dict[str, tuple[str, Answer]]:
    """What CloudFormation would do to each resource: logical id to type and answer."""
    name = f"cells-diff-{os.getpid()}"
    stack = change.stack
    arguments = ["deploy", "--app", str(deployment.assembly.directory), "--exclusively", stack.id]
    arguments += ["--method", "prepare-change-set", "--change-set-name", name, "--require-approval", "never"]
    variables = deployment.target.variables(stack.environment.account, stack.region)
    try:
        outcome = deployment.cli.run([*arguments, *deployment.target.options], variables=variables)
        if outcome.code:
            said = "\n".join(line for line in outcome.lines if line.strip())[-800:]
            raise CellsError(f"no change set could be made for {stack.stack_name}: {said}", hint="mend it, run again")
        return _read(live, name)
    finally:
        _delete(live, name)


def _read(live: LiveStack, name: str) -> dict[str, tuple[str, Answer]]:
    from botocore.exceptions import ClientError

    client = live.clients.cloudformation
    try:
        pages = client.get_paginator("describe_change_set").paginate(StackName=live.name, ChangeSetName=name)
        rows = [row["ResourceChange"] for page in pages for row in page["Changes"] if "ResourceChange" in row]
    except ClientError as error:
        if "ChangeSetNotFound" in str(error) or "does not exist" in str(error):
            return {}  # the CLI has found nothing to do and has thrown it away
        raise
    return {row.get("LogicalResourceId", ""): (row.get("ResourceType", ""), _answer(row)) for row in rows}


def _answer(row: ResourceChangeTypeDef) -> Answer:
    """The verdict of one row, from what is sure; a value that CloudFormation reads later decides nothing now."""
    if row.get("Action") == "Add":
        return "create"
    if row.get("Action") == "Remove":
        return "remove"
    details = row.get("Details", [])
    sure = [detail.get("Target", {}) for detail in details if detail.get("Evaluation") != "Dynamic"]
    if details and not sure:
        return "decided later"
    needs = {target.get("RequiresRecreation") for target in sure}
    if row.get("Replacement") == "True" or "Always" in needs:
        return "replace"
    perhaps = "Conditionally" in needs or (not details and row.get("Replacement") == "Conditional")
    return "perhaps replace" if perhaps else "update"


def _ours(changes: Sequence[ResourceChange]) -> dict[str, tuple[str, Answer]]:
    """What we say of each logical id. To CloudFormation a resource that has moved is a new one, and one that goes."""
    found: dict[str, tuple[str, Answer]] = {}
    for change in changes:
        perhaps = change.action == "replace" and not change.certain
        found[change.logical_id] = (change.type, "perhaps replace" if perhaps else change.action)
        if change.moved_from:
            found[change.logical_id] = (change.type, "create")
            found[change.moved_from] = (change.type, "remove")
    return found


def _compared(change: StackChange, theirs: dict[str, tuple[str, Answer]]) -> list[Asked]:
    ours = _ours(change.changes)
    found = []
    for logical_id in sorted({*ours, *theirs}):
        type, mine = ours.get(logical_id, ("", "nothing"))
        their_type, said = theirs.get(logical_id, (type, "nothing"))
        found.append(Asked(change.stack.id, logical_id, their_type, mine, said))
    return found


def _delete(live: LiveStack, name: str) -> None:
    from contextlib import suppress

    from botocore.exceptions import ClientError

    with suppress(ClientError):
        live.clients.cloudformation.delete_change_set(StackName=live.name, ChangeSetName=name)
