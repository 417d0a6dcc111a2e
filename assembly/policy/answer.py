"""What the policies of one kind say about a request."""

from dataclasses import dataclass, field, replace

from assembly.policy.chain import Level
from assembly.policy.decision import Match
from assembly.policy.verdict import Verdict, all_of, any_of


@dataclass
class Answer:
    """Whether one of them allows, whether one denies, and by which statements."""

    allowed: Verdict = False
    denied: Verdict = False
    allows: list[Match] = field(default_factory=list)
    denies: list[Match] = field(default_factory=list)
    doubts: list[Match] = field(default_factory=list)
    """Statements of which it is not known whether they apply."""
    gap: Level | None = None
    """The first level that does not allow."""

    def unless(self, exempt: Verdict) -> "Answer":
        """The answer without its denials if the request is exempt from them."""
        if exempt is False or self.denied is False:
            return self
        denied: Verdict = False if exempt else None
        doubts = [] if exempt else self.denies + self.doubts
        return replace(self, denied=denied, denies=[], doubts=doubts)

    def note(self, match: Match, applies: Verdict) -> None:
        """Take a statement into account that applies, or may apply."""
        if applies is None:
            self.doubts.append(match)
        elif match.statement.allows:
            self.allows.append(match)
        else:
            self.denies.append(match)
        if match.statement.allows:
            self.allowed = any_of((self.allowed, applies))
        else:
            self.denied = any_of((self.denied, applies))

    def below(self, level: Level, answer: "Answer") -> None:
        """Take the next level of a chain into account: it has to allow as well."""
        self.denied = any_of((self.denied, answer.denied))
        self.allowed = all_of((self.allowed, answer.allowed))
        self.denies += answer.denies
        self.allows += answer.allows
        self.doubts += answer.doubts
        if answer.allowed is False and self.gap is None:
            self.gap = level
