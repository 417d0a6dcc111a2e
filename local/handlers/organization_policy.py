"""Policies of AWS Organizations, which are made in the organization of the stack's account."""

import json
from collections.abc import Iterable

from botocore.exceptions import ClientError

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties

_SERVICE = "organizations"


class OrganizationPolicy(Handler):
    """A policy, with its tags and what it is attached to."""

    types = ("AWS::Organizations::Policy",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the policy and attach it to its targets."""
        request: dict[str, Json] = {
            "Name": properties.text("Name"),
            "Description": properties.text("Description"),
            "Type": properties.text("Type"),
            "Content": _content(properties),
            "Tags": _listed(properties.tags()),
        }
        made = place.aws.call(_SERVICE, "CreatePolicy", request).child("Policy").child("PolicySummary")
        for target in properties.texts("TargetIds"):
            place.aws.call(_SERVICE, "AttachPolicy", {"PolicyId": made.text("Id"), "TargetId": target})
        return _resource(made)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change name, description, content, tags and targets in place."""
        request: dict[str, Json] = {
            "PolicyId": physical_id,
            "Name": new.text("Name"),
            "Description": new.text("Description"),
            "Content": _content(new),
        }
        made = place.aws.call(_SERVICE, "UpdatePolicy", request).child("Policy").child("PolicySummary")
        self._retag(place, physical_id, old.tags(), new.tags())
        before, after = set(old.texts("TargetIds")), set(new.texts("TargetIds"))
        for operation, targets in (("AttachPolicy", after - before), ("DetachPolicy", before - after)):
            for target in sorted(targets):
                place.aws.call(_SERVICE, operation, {"PolicyId": physical_id, "TargetId": target})
        return _resource(made)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Detach the policy from everything, as AWS's own handler does, and delete it."""
        try:
            for target in _targets(place, physical_id):
                place.aws.call(_SERVICE, "DetachPolicy", {"PolicyId": physical_id, "TargetId": target})
            place.aws.call(_SERVICE, "DeletePolicy", {"PolicyId": physical_id})
        except ClientError as error:
            if error.response["Error"]["Code"] != "PolicyNotFoundException":
                raise

    def _retag(self, place: Place, policy: str, old: dict[str, str], new: dict[str, str]) -> None:
        if gone := sorted(old.keys() - new.keys()):
            place.aws.call(_SERVICE, "UntagResource", {"ResourceId": policy, "TagKeys": [*gone]})
        if new:
            place.aws.call(_SERVICE, "TagResource", {"ResourceId": policy, "Tags": _listed(new)})


def _targets(place: Place, policy: str) -> Iterable[str]:
    answer = place.aws.call(_SERVICE, "ListTargetsForPolicy", {"PolicyId": policy})
    return [target.text("TargetId") for target in answer.children("Targets")]


def _content(properties: Properties) -> str:
    """An object is written without a blank, as CloudFormation does."""
    content = properties.get("Content")
    return content if isinstance(content, str) else json.dumps(content, separators=(",", ":"))


def _listed(tags: dict[str, str]) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _resource(made: Properties) -> Resource:
    return Resource(made.text("Id"), {"Id": made.text("Id"), "Arn": made.text("Arn"), "AwsManaged": False})
