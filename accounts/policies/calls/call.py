"""One call that must work or must fail, in words and as AWS would see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Actor = Literal[
    "administrator",
    "impostor",
    "root",
    "assumed root",
    "user",
    "task",
    "vending engine",
    "stack set",
    "baseline",
    "deployment role",
    "bootstrap role",
    "cloudformation",
    "break-glass",
    "auditor",
    "pipeline",
    "security settings",
    "service-linked role",
    "github",
    "service",
    "service of outsiders",
    "silent service",
    "anonymous",
]
"""Who calls.

Everybody here may do everything that the policies of his own account can allow: what a proof shows is the guardrail
alone. An impostor is an administrator whose role has the name of the vending engine's in another path.
"""

Place = Literal[
    "management",
    "security-tooling",
    "log-archive",
    "network-hub",
    "shared-services",
    "ci-cd",
    "cell",
    "sandbox",
    "onboarding",
    "suspended",
    "other",
    "outside",
]
"""The account: one of the platform's, or any of a kind. `other` is in a unit with no guardrails of its own."""

Where = Literal["home", "edge", "further", "elsewhere"]
"""The region: the home region, CloudFront's, each further governed one if there is any, or one that is not governed."""

PLACES: tuple[Place, ...] = get_args(Place)
PLATFORM: tuple[Place, ...] = ("security-tooling", "log-archive", "network-hub", "shared-services", "ci-cd")
WORKING: tuple[Place, ...] = (*PLATFORM, "cell", "sandbox", "other")
"""The member accounts in which somebody works."""
MEMBERS: tuple[Place, ...] = (*WORKING, "onboarding", "suspended")
"""Every account that guardrails bind."""

BESIDE_HOME: Mapping[Where, str] = {"edge": "CloudFront's region", "further": "a further governed region"}
"""The governed regions that are not the home region, in words."""

Value = str | bool | tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call."""

    sentence: str
    """What happens, in words."""
    who: Actor
    where: Place
    """The account of the caller."""
    action: str
    resource: str = "*"
    """With placeholders: those of PolicyFacts, and `<account>` and `<region>` of the resource."""
    owner: Place | None = None
    """The account of the resource, when it is another one."""
    region: Where = "home"
    """Global services are called in us-east-1, whatever is said here."""
    context: Mapping[str, Value] = field(default_factory=dict)
    """The condition keys of the request, with placeholders."""
    absent: tuple[str, ...] = ()
    """The condition keys that it does not have."""
    works: bool
    """Whether it has to work. A call that has to fail fails whatever the keys are that are not given; one that has to
    work has no other keys than those given."""
    vital: bool = False
    """Whether somebody is locked out when it does not work."""
    edge_only: bool = False
    """Whether it is meant only for an organization without cells in CloudFront's region."""


def rows(
    sentence: str,
    *actions: str,
    who: tuple[Actor, ...],
    where: tuple[Place, ...],
    works: bool,
    resource: str = "*",
    owner: Place | None = None,
    region: Where = "home",
    context: Mapping[str, Value] | None = None,
    absent: tuple[str, ...] = (),
    vital: bool = False,
    edge_only: bool = False,
) -> tuple[Call, ...]:
    """A call for each actor, account and action."""
    return tuple(
        Call(
            sentence=sentence,
            who=actor,
            where=place,
            action=action,
            resource=resource,
            owner=owner,
            region=region,
            context=context or {},
            absent=absent,
            works=works,
            vital=vital,
            edge_only=edge_only,
        )
        for actor in who
        for place in where
        for action in actions
    )
