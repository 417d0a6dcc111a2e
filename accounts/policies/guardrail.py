"""A guardrail: what the organization does not let happen, in words and as policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from accounts.policies.exemption import Exemption
from accounts.topology import UnitPath

PolicyType = Literal[
    "SERVICE_CONTROL_POLICY",
    "RESOURCE_CONTROL_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "TAG_POLICY",
    "BACKUP_POLICY",
    "AISERVICES_OPT_OUT_POLICY",
    "SECURITYHUB_POLICY",
    "INSPECTOR_POLICY",
    "GUARDDUTY_POLICY",
    "S3_POLICY",
]
"""The types of policies that the project writes, by their names in `AWS::Organizations::Policy`."""

Conditions = Mapping[str, Mapping[str, str | tuple[str, ...]]]
"""By operator and key."""

ROOT: UnitPath = ()
"""Where a guardrail is attached that binds every account but the management account."""

_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
_OPERATOR = re.compile(
    r"(ForAllValues:|ForAnyValue:)?"
    r"(String(Not)?(Equals|Like|EqualsIgnoreCase)|Arn(Not)?(Equals|Like)|Numeric(Not)?(Equals|LessThan|GreaterThan)"
    r"|Numeric(LessThan|GreaterThan)Equals|Date(Not)?(Equals|LessThan|GreaterThan)|Date(LessThan|GreaterThan)Equals"
    r"|Bool|BinaryEquals|(Not)?IpAddress)(IfExists)?|Null"
)
"""See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html."""
_SID = re.compile(r"[A-Za-z0-9]{1,40}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PAGE = re.compile(r"https://docs\.aws\.amazon\.com/\S+\.html(#\S+)?")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One thing that is denied. There is nothing else: FullAWSAccess allows, and guardrails take away.

    Values may have `<placeholders>` of PolicyFacts. One that stands for several values makes an entry for each.
    """

    sid: str
    actions: tuple[str, ...] = ()
    """What is denied."""
    all_but: tuple[str, ...] = ()
    """Or: everything is denied but this."""
    resources: tuple[str, ...] = ("*",)
    all_resources_but: tuple[str, ...] = ()
    when: Conditions = field(default_factory=dict)
    """All of it has to hold."""
    exempt: tuple[Exemption, ...] = ()
    """Who may nevertheless."""
    drop_when_empty: bool = False
    """Leave the statement out when a placeholder of its conditions stands for no value. Otherwise that is an error."""

    def __post_init__(self) -> None:
        """Refuse a statement that says nothing, or two things."""
        if not _SID.fullmatch(self.sid):
            raise ValueError(f"the Sid '{self.sid}' is not letters and digits")
        if bool(self.actions) == bool(self.all_but):
            raise ValueError(f"{self.sid} needs either actions or all_but")
        for action in (*self.actions, *self.all_but):
            if not _ACTION.fullmatch(action):
                raise ValueError(f"{self.sid}: '{action}' is no action, such as s3:DeleteBucket")
        for operator in self.when:
            if not _OPERATOR.fullmatch(operator):
                raise ValueError(f"{self.sid}: {operator} is no operator of a condition")
        if self.exempt and "aws:PrincipalArn" in self.when.get("ArnNotLike", {}):
            raise ValueError(f"{self.sid} has exemptions in two places")


@dataclass(frozen=True, kw_only=True)
class Guardrail:
    """What the organization does not let happen, and why."""

    name: str
    """Such as `governed-regions`."""
    type: PolicyType
    summary: str
    """In one sentence."""
    why: str
    reference: str
    """The page of AWS."""
    breaks: str
    """What honest work it gets in the way of, and what to do instead."""
    attached: tuple[UnitPath, ...]
    """The root or the units that it is attached to. It binds everything below."""
    statements: tuple[Statement, ...] = ()
    """Of an SCP or an RCP."""
    content: Mapping[str, JsonValue] = field(default_factory=dict)
    """Of every other type."""

    def __post_init__(self) -> None:
        """Refuse a guardrail that is not whole."""
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"the name '{self.name}' is not lower-case words with hyphens")
        if not _PAGE.fullmatch(self.reference):
            raise ValueError(f"{self.name} has no page of AWS as its reference")
        if not all((self.summary, self.why, self.breaks, self.attached)):
            raise ValueError(f"{self.name} does not say what, why, what it breaks or where it is attached")
        if self.authorizes == bool(self.content) or self.authorizes != bool(self.statements):
            raise ValueError(f"{self.name} needs {'statements' if self.authorizes else 'content'} and nothing else")

    @property
    def authorizes(self) -> bool:
        """Whether it decides about calls, as SCPs and RCPs do; the other types set something."""
        return self.type in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")

    @property
    def exempt(self) -> tuple[Exemption, ...]:
        """Everybody who is exempt from some part of it, each once."""
        return tuple(dict.fromkeys(one for statement in self.statements for one in statement.exempt))
