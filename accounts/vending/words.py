"""A step in words: its name in plans and journals, its sign, its line, and whether it can be undone."""

from __future__ import annotations

from accounts.vending.base_step import BaseStep, Sign


def sign_of(step: BaseStep) -> Sign:
    """Whether something comes, changes or goes."""
    return step.sign


def is_irreversible(step: BaseStep) -> bool:
    """Whether nothing brings back what was before: an address is used up, an account is closed."""
    return step.irreversible


def name_of(step: BaseStep) -> str:
    """What the step is called in a plan and in the journal: the same for the same change."""
    return ":".join([step.kind, *step.subject()])


def line_of(step: BaseStep) -> str:
    """The step for a person, without its sign."""
    return step.line()
