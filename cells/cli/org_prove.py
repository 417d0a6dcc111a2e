"""`cells org prove`: what guardrails let happen and what they do not, call by call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.project import open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cells.cli.guardrail_ground import ProofGround
    from cells.cli.guardrail_proof import Outcome, Proof
    from cells.cli.guardrail_report import GuardrailReport
    from cells.cli.workspace import Workspace


Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write every call into a page too: .html to filter, or .md."),
]


def prove(report: Report = None, json: options.Json = False) -> None:
    """Prove the guardrails: calls that must work and calls that must fail, in every kind of account.

    Evaluates the table of accounts/policies/calls over all that an account inherits, offline: no credentials, no
    network. Who may never be locked out (the vending engine, the deployment and break-glass roles, the pipeline) is
    listed apart. Ends with exit code 1 when one call comes out wrong.
    With --report the page is for an auditor: it needs no network, and the same input gives the same bytes.
    Example: cells org prove --report guardrails.html
    """
    workspace = open_workspace()
    if report is not None:
        from cells.cli.guardrail_report import refuse_unwritable

        refuse_unwritable(report)
    with output.progress("proving the guardrails", quiet=json):
        ground, proof = _prove(workspace)
    if report is not None:
        _report(ground, proof).write(report)
    if json:
        output.as_json(_machine(ground, proof))
    else:
        _print(ground, proof)
        if report is not None:
            output.say(f"every call is in {report}")
    if not proof.holds:
        raise typer.Exit(1)


def report_of(workspace: Workspace) -> GuardrailReport:
    """The guardrails of an organization, proved, as a page."""
    return _report(*_prove(workspace))


def _prove(workspace: Workspace) -> tuple[ProofGround, Proof]:
    from accounts.policies.calls.settings import SETTINGS
    from accounts.policies.calls.table import CALLS
    from accounts.policies.registry import GUARDRAILS
    from cells.cli.guardrail_ground import ProofGround
    from cells.cli.guardrail_proof import prove as prove_calls

    ground = ProofGround(workspace.organization, workspace.platform.topology, workspace.registry, GUARDRAILS)
    return ground, prove_calls(ground, GUARDRAILS, CALLS, SETTINGS)


def _report(ground: ProofGround, proof: Proof) -> GuardrailReport:
    from accounts.policies.registry import GUARDRAILS
    from cells.cli.guardrail_report import GuardrailReport

    return GuardrailReport(
        organization=ground.facts.organization,
        proof=proof,
        summary=_summary(proof),
        policies=_sizes(ground),
        summaries={one.name: one.summary for one in GUARDRAILS},
    )


def _print(ground: ProofGround, proof: Proof) -> None:
    _problems("somebody is locked out", proof.lockouts)
    _problems("calls that came out wrong", proof.failures)
    for line in proof.unset:
        output.say(f"does not hold: {line}")
    for name in proof.unproved:
        output.say(f"nothing proves the guardrail {name}")
    if not proof.holds:
        output.say()
    output.table(("policy", "on", "characters", "of"), [tuple(map(str, row)) for row in _sizes(ground)])
    output.say()
    output.say(_summary(proof))


def _problems(title: str, outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        return
    output.title(f"{len(outcomes)} {title}" if title.startswith("calls") else f"{title}: {len(outcomes)} calls")
    rows = [
        (
            one.call.who,
            one.account,
            one.call.action,
            "works" if one.call.works else "fails",
            f"{one.call.sentence}: {one.decision.reason}",
        )
        for one in outcomes
    ]
    output.table(("who", "account", "action", "must", "what and why"), rows, indent="  ")
    output.say()


def _summary(proof: Proof) -> str:
    wrong = len(proof.failures) + len(proof.lockouts)
    works = sum(one.call.works for one in proof.outcomes)
    counted = f"{len(proof.outcomes)} calls, {works} must work and {len(proof.outcomes) - works} must fail"
    return f"{counted}: {'all do' if not wrong else f'{wrong} do not'}"


def _sizes(ground: ProofGround) -> list[tuple[str, str, int, int]]:
    from accounts.policies.packing import limits_of
    from accounts.topology import path_text

    return [
        (policy.name, path_text(policy.target), len(policy.text), limits_of(policy.type).characters)
        for policy in ground.policies
    ]


def _machine(ground: ProofGround, proof: Proof) -> JsonValue:
    policies: list[JsonValue] = [
        {"name": name, "target": target, "characters": size, "limit": limit}
        for name, target, size, limit in _sizes(ground)
    ]
    return {
        "organization": ground.facts.organization,
        "holds": proof.holds,
        "calls": len(proof.outcomes),
        "lockouts": [_outcome(one) for one in proof.lockouts],
        "failures": [_outcome(one) for one in proof.failures],
        "unset": list[JsonValue](proof.unset),
        "unproved": list[JsonValue](proof.unproved),
        "denied_by": dict[str, JsonValue](sorted(proof.denied_by.items())),
        "policies": policies,
    }


def _outcome(one: Outcome) -> JsonValue:
    return {
        "sentence": one.call.sentence,
        "who": one.call.who,
        "account": one.account,
        "action": one.call.action,
        "resource": one.call.resource,
        "must": "work" if one.call.works else "fail",
        "answer": one.decision.effect,
        "reason": one.decision.reason,
    }
