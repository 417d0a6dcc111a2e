"""What the evaluator answers."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from assembly.policy.document import Policy
from assembly.policy.statements import Statement

Effect: TypeAlias = Literal["allow", "deny", "unknown"]


@dataclass(frozen=True)
class Match:
    """A statement that was decisive."""

    policy: Policy
    statement: Statement
    level: str = ""
    """Where in a chain the policy is attached."""
    keys: tuple[str, ...] = ()
    """The condition keys that would have to be known, if it is not known whether the statement applies."""

    def __str__(self) -> str:
        """In words."""
        return f"{self.statement} of {self.policy}{f' on the level {self.level}' if self.level else ''}"


@dataclass(frozen=True)
class Decision:
    """Whether a request is allowed, and why."""

    effect: Effect
    """`allow` and `deny` are proofs: whatever the unknown keys are, the answer is the same."""
    reason: str
    """One sentence."""
    matched: tuple[Match, ...] = ()
    """The statements that the reason rests on."""

    @property
    def allowed(self) -> bool:
        """Whether it is proven that the request is allowed."""
        return self.effect == "allow"

    @property
    def denied(self) -> bool:
        """Whether it is proven that the request is denied."""
        return self.effect == "deny"
