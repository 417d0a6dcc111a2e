"""A finding: one rule that one resource of one stack does not meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assembly.document import JsonObject
from assembly.load import Stack

Severity = Literal["error", "warning"]
Source = Literal["cloudformation-validate", "cfn-lint", "cdk-nag", "exceptions", "references", "backups"]


@dataclass(frozen=True, order=True)
class Finding:
    """What one tool has to say about one resource."""

    stack: str
    """The construct id of the stack."""
    path: str
    """The construct path of the resource, from the stack on; empty when the finding is about the whole template."""
    logical_id: str
    """The logical id of the resource; empty when the finding is about the whole template."""
    rule: str
    """The id to give to an exception, free of identity: `W3010`, `AwsSolutions-IAM5[Action::s3:*]`."""
    location: str
    """Where in the resource: `Properties.AvailabilityZone`; empty when the tool does not say."""
    message: str
    severity: Severity
    source: Source
    resource_type: str = ""

    @classmethod
    def about(
        cls,
        stack: Stack,
        logical_id: str,
        *,
        rule: str,
        message: str,
        severity: Severity,
        source: Source,
        location: str = "",
    ) -> Finding:
        """Make a finding about one resource of a stack; its construct path and type come from the stack."""
        return cls(
            stack=stack.id,
            path=stack.paths.get(logical_id, ""),
            logical_id=logical_id,
            rule=rule,
            location=location,
            message=message,
            severity=severity,
            source=source,
            resource_type=stack.resource_type(logical_id),
        )

    def __str__(self) -> str:
        """One line for a person: where, rule, message."""
        where = self.path or (f"{self.stack}/{self.logical_id}" if self.logical_id else self.stack)
        return f"{where}: {self.rule}: {self.message}"

    def as_json(self) -> JsonObject:
        """Return the finding for a machine."""
        return {
            "stack": self.stack,
            "path": self.path,
            "logicalId": self.logical_id,
            "resourceType": self.resource_type,
            "rule": self.rule,
            "location": self.location,
            "message": self.message,
            "severity": self.severity,
            "source": self.source,
        }
