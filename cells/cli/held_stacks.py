"""Stacks that have to wait for a region: a policy closes it to the accounts that they are in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assembly.load import Stack


def held_stacks(stacks: Iterable[Stack], closed: Iterable[str], *, unbound: str) -> Mapping[str, str]:
    """The region that each waits for, by construct id, of stacks in the order in which they deploy.

    One that is in a closed region, one that names it (a stack set of the baseline, a function that switches detectors
    on), and one that comes after such a one. `unbound` is the management account: no policy binds it, so that only the
    last is true there, and the policies that open the region are deployed.
    """
    regions = sorted(closed)
    held: dict[str, str] = {}
    for stack in stacks:
        own = "" if stack.environment.account == unbound else _named(stack, regions)
        region = own or next((held[one] for one in stack.dependencies if one in held), "")
        if region:
            held[stack.id] = region
    return held


def _named(stack: Stack, regions: Iterable[str]) -> str:
    """The first of these regions that a stack is in or names; empty when there is none."""
    text = json.dumps(stack.template)
    return next((one for one in regions if stack.region == one or re.search(rf"\b{one}\b", text)), "")
