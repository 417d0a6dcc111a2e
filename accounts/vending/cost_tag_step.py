"""The step that lets the bill be split by a tag of resources. It is planned once AWS has seen the tag.

See https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from accounts.vending.base_step import BaseStep, Seen, Sign, Stage
from accounts.vending.live import LiveOrganization


class ActivateCostTag(BaseStep):
    """Let the bill be split by a tag of resources."""

    kind: Literal["activate-cost-tag"] = "activate-cost-tag"
    sign: ClassVar[Sign] = "+"
    comes_by_itself: ClassVar[bool] = True
    stage: ClassVar[Stage] = "last"
    tag: str

    def subject(self) -> tuple[str, ...]:
        return (self.tag,)

    def line(self) -> str:
        return f"cost allocation tag {self.tag}: the bill is split by it"

    def is_done(self, seen: Seen) -> bool:
        return seen.live.cost_tags.get(self.tag) == "Active"


def cost_tag_steps(wanted: Sequence[str], live: LiveOrganization) -> Iterator[ActivateCostTag]:
    """The declared tags that AWS knows and does not split the bill by."""
    return (ActivateCostTag(tag=tag) for tag in wanted if live.cost_tags.get(tag) == "Inactive")


def unseen_cost_tags(wanted: Sequence[str], live: LiveOrganization) -> Iterator[str]:
    """What is told of declared tags that cannot be activated yet."""
    unseen = [tag for tag in wanted if tag not in live.cost_tags]
    if unseen and live.exists:
        yield (
            f"cost allocation tags wait until AWS has seen them: {', '.join(unseen)}; run this again a day after the "
            "first cell was deployed (Cost Explorer has to have been opened once in the console)"
        )
