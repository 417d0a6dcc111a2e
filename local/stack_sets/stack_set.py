"""A stack set, its stacks, and the operations on them, as the API names them."""

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from local.properties import Json, Properties

Status = Literal["CURRENT", "OUTDATED", "INOPERABLE"]
Detailed = Literal["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]
Action = Literal["CREATE", "UPDATE", "DELETE"]

MAX_TEMPLATE_BODY = 51_200
"""Bytes of a template inside a request; a larger one needs a `TemplateURL`."""


@dataclass
class Instance:
    """The stack of a stack set in one account and region."""

    account: str
    region: str
    unit: str
    """The targeted unit, or root, by which the account is reached."""
    status: Status = "OUTDATED"
    detailed: Detailed = "PENDING"
    reason: str = ""
    stack_id: str = ""
    operation: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_now(self, detailed: Detailed, reason: str = "") -> None:
        """Note where its deployment is."""
        self.status = "CURRENT" if detailed == "SUCCEEDED" else "OUTDATED"
        self.detailed, self.reason = detailed, reason


@dataclass
class Operation:
    """A creation, update or deletion of stacks of a stack set."""

    action: Action
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: Literal["RUNNING", "SUCCEEDED", "FAILED"] = "RUNNING"
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    failed: int = 0

    def end(self, *, tolerated: bool) -> None:
        """Note the end."""
        self.ended = datetime.now(UTC)
        self.status = "SUCCEEDED" if tolerated else "FAILED"


@dataclass
class StackSet:
    """What a template declares of a stack set, and what became of it."""

    management: str
    """The account that it lives in, whoever administers it."""
    region: str
    properties: Properties
    id: str = ""
    version: int = 0
    """Counts the templates and parameters that it had."""
    instances: dict[tuple[str, str], Instance] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Name it as the API does."""
        self.id = self.id or f"{self.name}:{uuid.uuid4()}"

    @property
    def name(self) -> str:
        """Its name, once in the region of the organization."""
        return self.properties.text("StackSetName")

    @property
    def arn(self) -> str:
        """Its ARN, which others depend on."""
        return f"arn:aws:cloudformation:{self.region}:{self.management}:stackset/{self.id}"

    @property
    def auto_deployment(self) -> Properties:
        """What happens when an account comes or goes."""
        return self.properties.child("AutoDeployment")

    @property
    def regions(self) -> list[str]:
        """Every region that it is for, in the order of its preferences."""
        preferred = self.preferences.texts("RegionOrder")
        named = [region for group in self.groups for region in group.texts("Regions")]
        return list(dict.fromkeys([*(one for one in preferred if one in named), *named]))

    @property
    def units(self) -> list[str]:
        """Every unit, or the root, that it is for."""
        return list(dict.fromkeys(unit for group in self.groups for unit in _targets(group).texts(_UNITS)))

    @property
    def groups(self) -> list[Properties]:
        """Targets with their regions."""
        return self.properties.children("StackInstancesGroup")

    @property
    def preferences(self) -> Properties:
        """How many accounts at once, and how many may fail."""
        return self.properties.child("OperationPreferences")

    def wanted(self, group: Properties, inside: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
        """The accounts of a group, each with the unit that it is reached by. `inside` has the accounts of each unit."""
        targets = _targets(group)
        named, kind = set(targets.texts("Accounts")), targets.text("AccountFilterType", "NONE")
        for unit in targets.texts(_UNITS):
            for account in inside.get(unit, []):
                if kind in ("NONE", "UNION") or (account in named) == (kind == "INTERSECTION"):
                    yield account, unit
        if kind == "UNION":
            for account in sorted(named):
                yield account, ""

    def tolerated(self, accounts: int) -> int:
        """How many accounts may fail in one region."""
        percentage = self.preferences.number("FailureTolerancePercentage")
        return self.preferences.number("FailureToleranceCount") or accounts * percentage // 100

    def at_once(self, accounts: int) -> int:
        """How many accounts of one region are deployed to at the same time."""
        percentage = self.preferences.number("MaxConcurrentPercentage")
        return max(1, self.preferences.number("MaxConcurrentCount") or accounts * percentage // 100)

    def describe(self) -> dict[str, Json]:
        """The answer of DescribeStackSet."""
        kept = ("Description", "Parameters", "Capabilities", "Tags", "ManagedExecution", "AutoDeployment")
        return {
            "StackSetName": self.name,
            "StackSetId": self.id,
            "StackSetARN": self.arn,
            "Status": "ACTIVE",
            "PermissionModel": "SERVICE_MANAGED",
            "TemplateBody": self.properties.text("TemplateBody"),
            "OrganizationalUnitIds": list[Json](self.units),
            "Regions": list[Json](self.regions),
            **{name: self.properties[name] for name in kept if name in self.properties},
        }


_UNITS = "OrganizationalUnitIds"


def _targets(group: Properties) -> Properties:
    return group.child("DeploymentTargets")
