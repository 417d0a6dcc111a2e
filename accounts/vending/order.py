"""Which steps wait for which, and which may go at the same time.

AWS takes one change of an organization at a time, except for accounts: five may be in creation. See
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accounts.vending.base_step import AccountStep, BaseStep
from accounts.vending.step import Step

AT_ONCE = 5
"""Accounts that may be in creation at the same time."""

Chain = tuple[Step, ...]
"""Steps that go one after the other."""


def stages_of(steps: Sequence[Step]) -> tuple[tuple[Chain, ...], ...]:
    """Stages, one after the other, each of chains that may go at the same time.

    The organization and its units, then the accounts, each a chain, then what is administered and closed, and policies.
    """
    first = tuple(step for step in steps if step.stage == "organization")
    accounts: dict[str, list[Step]] = {}
    for step in steps:
        if isinstance(step, AccountStep) and step.stage == "account":
            accounts.setdefault(step.name, []).append(step)
    last = tuple(step for step in steps if step.stage == "last")
    return ((first,), tuple(tuple(chain) for chain in accounts.values()), (last,))


def given_by(step: BaseStep) -> str:
    """What is there when a step is done, for the steps that need it; empty when none does."""
    return step.gives()


def needs_of(step: BaseStep) -> Iterator[str]:
    """What has to be there before a step. What no step gives is there already."""
    return step.needs()
