"""The step of a region that a guardrail still closes: what happens there waits for the guardrail that lets it in.

No policy binds the management account, so that its own steps there wait for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal

from accounts.spec import PlatformAccount
from accounts.vending.base_step import BaseStep, Seen
from accounts.vending.live import LiveOrganization
from constructs_lib.specs.identity import Region

_UNBOUND: PlatformAccount = "management"


class WaitForRegion(BaseStep):
    """Do nothing in a region before every policy on the root lets member accounts in."""

    kind: Literal["wait-for-region"] = "wait-for-region"
    harmless: ClassVar[bool] = True
    region: Region
    policies: tuple[str, ...]
    """The names of those that do not."""

    def subject(self) -> tuple[str, ...]:
        return (self.region,)

    def line(self) -> str:
        return f"region {self.region}: waits for a guardrail that lets it in, {self.closed_by()}"

    def closed_by(self) -> str:
        """What closes it, in words."""
        verb = "closes" if len(self.policies) == 1 else "close"
        return f"{', '.join(self.policies)} on Root {verb} it to member accounts"

    def gives(self) -> str:
        return region_given(self.region)

    def is_done(self, seen: Seen) -> bool:
        return not seen.live.closing(self.region)


def closed_regions(regions: Iterable[str], live: LiveOrganization) -> Iterator[WaitForRegion]:
    """A step for each of these regions that a policy closes as yet."""
    for region in sorted(regions):
        closing = live.closing(region)
        if closing:
            yield WaitForRegion(region=region, policies=closing)


def regions_needed(account: str, regions: Iterable[str]) -> Iterator[str]:
    """What a step in an account needs of the regions in which it does something."""
    if account != _UNBOUND:
        yield from (region_given(region) for region in regions)


def region_given(region: str) -> str:
    """What stands for a region that member accounts may use."""
    return f"region {region}"
