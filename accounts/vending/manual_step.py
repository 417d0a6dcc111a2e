"""What AWS offers to people only: the step says what to do and where, and looks whether it is done."""

from __future__ import annotations

from typing import ClassVar, Literal

from accounts.vending.base_step import BaseStep, Seen, Stage

ManualTask = Literal["identity-center"]


class ManualStep(BaseStep):
    """Something that a person does in the console. The engine waits, checks, and writes down what is there then."""

    kind: Literal["manual"] = "manual"
    harmless: ClassVar[bool] = True
    stage: ClassVar[Stage] = "last"
    task: ManualTask
    instructions: str
    console: str
    """The path in the console of the management account, the same for every account."""

    def subject(self) -> tuple[str, ...]:
        return (self.task,)

    def line(self) -> str:
        return f"by hand: {self.instructions} (console: {self.console})"

    def is_done(self, seen: Seen) -> bool:
        return seen.live.identity_center is not None


def identity_center_by_hand(home_region: str) -> ManualStep:
    """Enable the first instance of IAM Identity Center: no API makes the one of an organization.

    See https://docs.aws.amazon.com/singlesignon/latest/userguide/enable-identity-center.html.
    """
    return ManualStep(
        task="identity-center",
        instructions=f"in the management account, enable IAM Identity Center in {home_region} for the organization",
        console=f"https://console.aws.amazon.com/singlesignon/home?region={home_region}",
    )
