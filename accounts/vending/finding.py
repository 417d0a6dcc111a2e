"""One way in which an organization is not as declared: who moved, and what accepts it or takes it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from accounts.spec import OrganizationSpec
from accounts.vending.step import Step

Mover = Literal["organization", "declaration", "both", "unknown"]
"""Who left what was applied last. `unknown` when nothing was applied yet."""

Declare = Callable[[OrganizationSpec], OrganizationSpec]
"""Makes a declaration say what is there."""


@dataclass(frozen=True)
class Sides:
    """What the three sides say, in words; None where a side does not have it at all."""

    declared: str | None
    applied: str | None
    live: str | None


@dataclass(frozen=True)
class Finding:
    """One difference."""

    name: str
    """What it is called: `account:acme-crm-dev:unit`. The same difference has the same name tomorrow."""
    line: str
    """For a person."""
    mover: Mover
    sides: Sides
    revert: tuple[Step, ...] = ()
    """Steps that make the organization as declared again."""
    why_no_revert: str = ""
    """What to do instead, where no step does it."""
    adopt: Declare | None = None
    """Makes the declaration say what is there."""
    why_no_adopt: str = ""
    """What to do instead, where no line of the declaration says it."""
