"""The `Resource` and `NotResource` of a statement.

AWS documents that wildcards stand for characters within a part of an ARN. What matches only when one would cross a
part is reported as unknown. See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html.
"""

from dataclasses import dataclass, replace
from typing import Final

from assembly.errors import AssemblyError
from assembly.policy.match import ARN_PARTS, Pattern, is_arn
from assembly.policy.variables import Lookup, Variable, Wild
from assembly.policy.verdict import Verdict, any_of, negated

ANY: Final = "*"
"""As the resource of a request: the action is on no resource in particular."""


@dataclass(frozen=True)
class ResourcePattern:
    """One ARN of a `Resource` or `NotResource`, which may have wildcards and variables."""

    text: str
    by_part: Pattern
    across: Pattern | None
    """The pattern with wildcards that cross colons, if that makes a difference."""
    anything: bool
    """Whether it is nothing but asterisks."""

    @classmethod
    def of(cls, text: str, *, variables: bool, place: str = "Resource") -> "ResourcePattern":
        """Read what a policy writes."""
        try:
            by_part = Pattern.of(text, variables=variables, arn=True)
        except ValueError as error:
            raise AssemblyError(f"{place}: {text!r}: {error}", "correct the variable") from None
        colons = 0
        crossing = False
        for token in by_part.tokens:
            if isinstance(token, str):
                colons += token.count(":")
            elif colons < ARN_PARTS - 1:
                crossing = crossing or isinstance(token, Wild)
                if isinstance(token, Variable):
                    raise AssemblyError(
                        f"{place}: {text!r} has a policy variable before the fifth colon",
                        "use a variable only in the last part of an ARN",
                    )
        return cls(text, by_part, replace(by_part, arn=False) if crossing else None, not text.strip("*"))

    def matches(self, arn: str | None, lookup: Lookup, null: Verdict = False) -> Verdict:
        """Whether it covers the resource of a request, which is None when it is not known."""
        if self.anything:
            return True
        if arn is None:
            return None
        if self.across is not None and self.across.matches(arn, lookup, null) is False:
            return False
        found = self.by_part.matches(arn, lookup, null)
        return found if self.across is None or found is True else None


@dataclass(frozen=True)
class Resources:
    """The `Resource` or `NotResource` of a statement."""

    patterns: tuple[ResourcePattern, ...]
    excluded: bool = False
    """True for `NotResource`."""

    def covers(self, arn: str | None, lookup: Lookup) -> Verdict:
        """Whether the statement is about the resource of a request.

        A `Resource` whose variable has no value matches nothing; what a `NotResource` then does is not documented.
        """
        null = None if self.excluded else False
        if len(self.patterns) == 1:
            found = self.patterns[0].matches(arn, lookup, null)
        else:
            found = any_of(pattern.matches(arn, lookup, null) for pattern in self.patterns)
        return negated(found) if self.excluded else found


def check_resource(text: str, place: str) -> None:
    """Raise AssemblyError unless IAM takes the text as a resource: `*`, or an ARN."""
    if text != ANY and not text.startswith("arn:"):
        raise AssemblyError(f"{place}: {text!r} is neither an ARN nor *", "write the ARN of the resource")
    if is_arn(text) and set(text.split(":")[2]) & {"*", "?"} and text.split(":")[2] != "*":
        raise AssemblyError(f"{place}: {text!r} has a wildcard in its service", "name the service")
