"""No policy is attached that was not proved: the whole table of calls is evaluated before a plan with policies."""

from typing import TYPE_CHECKING

from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from cells.cli.guardrail_proof import Outcome, Proof
    from cells.cli.workspace import Workspace

_MOST = 5


def refuse_unproved(workspace: "Workspace", *, quiet: bool) -> None:
    """Raise CellsError when the guardrails lock somebody out who must work, or let through what they must not.

    Raises InputError for a policy that is no policy: too long, with a value that is none, or for an unknown unit.
    """
    from accounts.policies.calls.settings import SETTINGS
    from accounts.policies.calls.table import CALLS
    from accounts.policies.registry import GUARDRAILS
    from cells.cli import output
    from cells.cli.guardrail_ground import ProofGround
    from cells.cli.guardrail_proof import prove

    with output.progress("proving the guardrails", quiet=quiet):
        ground = ProofGround(workspace.organization, workspace.platform.topology, workspace.registry, GUARDRAILS)
        proof = prove(ground, GUARDRAILS, CALLS, SETTINGS)
    if not proof.holds:
        raise CellsError(_told(proof), hint="`cells org prove` lists all of it; no policy is attached before it holds")


def _told(proof: "Proof") -> str:
    if proof.lockouts:
        return f"the guardrails lock somebody out who has to work:\n{_lines(proof.lockouts)}"
    if proof.failures:
        return f"the guardrails do not do what they have to:\n{_lines(proof.failures)}"
    wrong = [*proof.unset, *(f"nothing proves the guardrail {name}" for name in proof.unproved)]
    return "\n".join(["the guardrails are not proved:", *(f"  {line}" for line in wrong[:_MOST])])


def _lines(outcomes: "tuple[Outcome, ...]") -> str:
    lines = [
        f"  {one.call.who} in {one.account}: {one.call.action} must {'work' if one.call.works else 'fail'}: "
        f"{one.decision.reason}"
        for one in outcomes[:_MOST]
    ]
    if len(outcomes) > _MOST:
        lines.append(f"  … and {len(outcomes) - _MOST} more")
    return "\n".join(lines)
