"""Why a request is decided as it is: one sentence that names the policy and the statement."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from assembly.policy.answer import Answer
from assembly.policy.decision import Decision, Match
from assembly.policy.principals import Reach
from assembly.policy.request import Request
from assembly.policy.variables import Lookup
from assembly.policy.verdict import Verdict

_KINDS: Final[Mapping[str, str]] = {
    "identity": "identity policy",
    "boundary": "permissions boundary",
    "session": "session policy",
    "resource": "resource policy",
    "scp": "SCP",
    "rcp": "RCP",
    "endpoint": "VPC endpoint policy",
}
"""In the order in which a limit is named as the reason."""

_LIMITS: Final = ("endpoint", "identity", "boundary", "session")


@dataclass(frozen=True)
class Findings:
    """What was asked about a request, and answered."""

    request: Request
    answers: Mapping[str, Answer]
    """By kind of policy."""
    reach: Reach
    """How what the resource policy allows names the principal."""
    needs_resource: Verdict
    """Whether identity policies alone never suffice for this resource."""
    keys: Lookup


def because_denied(findings: Findings) -> Decision:
    """A statement denies."""
    match = next(answer.denies[0] for answer in findings.answers.values() if answer.denied is True)
    return Decision("deny", f"{match} denies {findings.request}", (match,))


def because_allowed(findings: Findings) -> Decision:
    """Everything that has to allow does."""
    answers = findings.answers
    grants = [match for kind in ("identity", "resource") for match in answers[kind].allows]
    others = [match for kind in ("scp", "endpoint", "boundary", "session") for match in answers[kind].allows]
    if not grants:
        return Decision("allow", f"nothing limits the {findings.request.principal} here", tuple(others))
    return Decision("allow", f"{grants[0]} allows {findings.request}", (*grants, *others))


def because_not_allowed(findings: Findings) -> Decision:
    """Something that has to allow does not."""
    return Decision("deny", f"{_missing(findings)} allows {findings.request}")


def because_unknown(findings: Findings) -> Decision:
    """What is known does not decide."""
    doubts = tuple(
        replace(match, keys=tuple(match.statement.open_keys(findings.keys)))
        for answer in findings.answers.values()
        for match in answer.doubts
    )
    causes = [*(_doubt(match, findings.request) for match in doubts), *_open(findings)]
    return Decision("unknown", f"it is not known whether {causes[0]}, for {findings.request}", doubts)


def _missing(findings: Findings) -> str:
    """The first limit that does not allow, as the subject of a sentence."""
    answers, request = findings.answers, findings.request
    if gap := answers["scp"].gap:
        return f"no SCP on the level {gap.name}"
    if request.principal.account is None:
        return "no resource policy"
    if findings.needs_resource is not False and findings.reach.any is False:
        return "the policy of the resource neither leaves it to the account nor"
    for kind in _LIMITS:
        if answers[kind].allowed is False:
            return f"no {_KINDS[kind]}"
    if request.same_account is False:
        return "across accounts, no resource policy"
    return "not everything that has to"


def _doubt(match: Match, request: Request) -> str:
    missing = list(match.keys)
    if match.policy.kind == "rcp" and request.owner is None:
        missing.append("the account of the resource")
    return f"{match} applies" + (f" ({', '.join(missing)})" if missing else "")


def _open(findings: Findings) -> Iterator[str]:
    """What else may be unknown."""
    for kind, words in _KINDS.items():
        answer = findings.answers[kind]
        if answer.denied is None or answer.allowed is None:
            yield f"there is another {words}"
    if findings.request.same_account is None:
        yield "the resource is of the same account"
    yield "the resource policy names the principal"
