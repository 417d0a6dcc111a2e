"""The step of an account that stays in Onboarding until its baseline is there."""

from __future__ import annotations

from typing import ClassVar, Literal

from accounts.vending.base_step import PromisedAccountStep, Seen
from accounts.vending.live import LiveAccount

DEPLOY_BASELINE = (
    "deploy it (npx cdk deploy LogArchive BaselineStackSets --context target=organization), then run `cells org apply`"
)
"""What brings accounts further before there is any baseline."""


class WaitForBaseline(PromisedAccountStep):
    """Go on with an account only when the stack sets of the baseline have reached it."""

    kind: Literal["wait-for-baseline"] = "wait-for-baseline"
    harmless: ClassVar[bool] = True

    def line(self) -> str:
        return f"account {self.name}: waits for its baseline"

    def gives(self) -> str:
        return baseline_given(self.name)

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return seen.live.baselines.get(there.id) == "current"


def baseline_given(name: str) -> str:
    """What stands for the baseline of an account."""
    return f"baseline of {name}"
