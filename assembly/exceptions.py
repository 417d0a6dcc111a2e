"""The one register of exceptions: read from the templates, beside the resources that they excuse.

`constructs_lib.exception.excuse` writes each as metadata of its resource, so that an auditor who reads the template
sees resource, rule, reason, owner and expiry in one place. There is none for a whole stack or app.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from assembly.document import Json, JsonObject, as_list, as_object, as_text
from assembly.findings import Finding
from assembly.identity import excused_by
from assembly.load import CloudAssembly, Stack

METADATA_KEY = "cells:exceptions"
"""The metadata key of a CloudFormation resource that holds its exceptions."""

_RULE = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\[.+\])?")
_REQUIRED = ("rule", "reason", "owner", "expires")


@dataclass(frozen=True)
class RuleException:
    """A rule that somebody decided not to meet, for a reason and until a day.

    It excuses either the resources `logical_ids` of one stack, or, when it is structural to the project, every
    resource of the types `resource_types` in every stack.
    """

    rule: str
    """The whole id of the finding; `{reference}` in its brackets stands for one reference to a resource."""
    reason: str
    owner: str
    """The team or person who answers for it."""
    expires: date
    """The last day on which it counts."""
    stack: str = ""
    resource: str = ""
    """The construct path below the stack that it was declared on, or the logical id."""
    logical_ids: frozenset[str] = frozenset()
    resource_types: frozenset[str] = frozenset()

    def names(self, finding: Finding) -> bool:
        """Whether the finding is one that this exception is about, expired or not."""
        if finding.source == "exceptions" or not excused_by(self.rule, finding.rule):
            return False
        if self.resource_types:
            return finding.resource_type in self.resource_types
        return finding.stack == self.stack and finding.logical_id in self.logical_ids

    def expired(self, on: date) -> bool:
        """Whether the last day is over."""
        return self.expires < on

    def __str__(self) -> str:
        """One line for a person: where, rule, until when."""
        where = f"{self.stack}/{self.resource}" if self.stack else ", ".join(sorted(self.resource_types))
        return f"{where}: {self.rule} (until {self.expires.isoformat()}, {self.owner}): {self.reason}"

    def as_json(self) -> JsonObject:
        """Return the exception for a machine."""
        return {
            "rule": self.rule,
            "reason": self.reason,
            "owner": self.owner,
            "expires": self.expires.isoformat(),
            "stack": self.stack,
            "resource": self.resource,
            "logicalIds": list[Json](sorted(self.logical_ids)),
            "resourceTypes": list[Json](sorted(self.resource_types)),
        }


def declared(assembly: CloudAssembly) -> tuple[tuple[RuleException, ...], tuple[Finding, ...]]:
    """Return the exceptions in the templates, and a finding for each that is not written properly.

    One that was declared on a construct with several resources comes back as one exception over all of them.
    """
    gathered: dict[RuleException, set[str]] = {}
    problems: list[Finding] = []
    for stack in assembly.stacks:
        if METADATA_KEY in as_object(stack.template.get("Metadata")):
            problems.append(_problem(stack, "", "an exception belongs on a resource, not on the whole template"))
        for logical_id, entry in _entries(stack):
            flaw = _flaw(entry)
            if flaw:
                problems.append(_problem(stack, logical_id, flaw))
            else:
                gathered.setdefault(_read(entry, stack, logical_id), set()).add(logical_id)
    exceptions = tuple(replace(exception, logical_ids=frozenset(ids)) for exception, ids in gathered.items())
    return exceptions, tuple(problems)


def _entries(stack: Stack) -> Iterator[tuple[str, JsonObject]]:
    for logical_id, resource in stack.resources.items():
        metadata = as_object(resource.get("Metadata"))
        if METADATA_KEY in metadata:
            for entry in as_list(metadata[METADATA_KEY]) or [None]:
                yield logical_id, as_object(entry)


def _flaw(entry: JsonObject) -> str:
    """Say what is wrong with an entry; empty when nothing is."""
    rule = as_text(entry.get("rule"))
    for field in _REQUIRED:
        if not as_text(entry.get(field)).strip():
            return f"the exception {rule!r} has no {field}"
    unknown = sorted(set(entry) - {*_REQUIRED, "covers"})
    if unknown:
        return f"the exception {rule!r} has the unknown field {unknown[0]!r}"
    if not _RULE.fullmatch(rule):
        return f"{rule!r} is not the id of a rule"
    try:
        date.fromisoformat(as_text(entry.get("expires")))
    except ValueError:
        return f"the exception {rule!r} expires on {entry.get('expires')!r}, which is not a date like 2027-06-30"
    return ""


def _read(entry: JsonObject, stack: Stack, logical_id: str) -> RuleException:
    return RuleException(
        rule=as_text(entry.get("rule")),
        reason=as_text(entry.get("reason")),
        owner=as_text(entry.get("owner")),
        expires=date.fromisoformat(as_text(entry.get("expires"))),
        stack=stack.id,
        resource=as_text(entry.get("covers"), logical_id),
    )


def _problem(stack: Stack, logical_id: str, message: str) -> Finding:
    return Finding.about(
        stack, logical_id, rule="cells-exception", message=message, severity="error", source="exceptions"
    )
