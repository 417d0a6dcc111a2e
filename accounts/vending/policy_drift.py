"""What somebody did to policies since the last run: detached, attached, edited, deleted; the project's and others'.

What a policy says and where it belongs is planned from the guardrails; here only the last run and what is there are
compared, so that a detached guardrail is told as what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from accounts.topology import UnitPath, path_text
from accounts.vending.finding import Finding, Sides
from accounts.vending.ignored import IgnoredParts
from accounts.vending.live import LiveOrganization, LivePolicy
from accounts.vending.policy_steps import AttachPolicy, DetachPolicy, RestorePolicy
from accounts.vending.step import Step

_OURS = "the guardrails decide what it says and where it is: change them in accounts/policies"
_THEIRS = "policies of others are not declared: the next run leaves it where it is"


def policy_drift(
    live: LiveOrganization, applied: LiveOrganization, planned: Iterable[Step], ignored: IgnoredParts
) -> Iterator[Finding]:
    """The findings about policies. `planned` are the steps of a plan from the declaration."""
    restored = {step.policy: step for step in planned if isinstance(step, RestorePolicy)}
    before = {policy.id: policy for policy in applied.policies}
    for policy in live.policies:
        old = before.get(policy.id)
        yield from _places(policy, old.units if old else (), ignored)
        yield from _accounts(policy, old.accounts if old else ())
        if old is not None and old.digest and old.digest != policy.digest:
            yield _edited(policy, restored.get(policy.id))
    there = {policy.id for policy in live.policies}
    for gone in applied.policies:
        if gone.id not in there and gone.units:
            yield _deleted(gone)


def _places(policy: LivePolicy, old: tuple[UnitPath, ...], ignored: IgnoredParts) -> Iterator[Finding]:
    for unit in sorted({*policy.units} ^ {*old}):
        if ignored.unit(unit):
            continue
        on, where = unit in policy.units, path_text(unit)
        revert: Step = DetachPolicy(policy=policy.id, name=policy.name, target=unit)
        if not on:
            revert = AttachPolicy(policy=policy.id, name=policy.name, policy_type=policy.type, target=unit)
        yield Finding(
            name=f"policy:{policy.name}:{where}",
            line=f"the policy {policy.name} ({policy.id}) was {'attached to' if on else 'detached from'} {where}",
            mover="organization",
            sides=Sides(None if on else "attached", None if on else "attached", "attached" if on else None),
            revert=(revert,),
            why_no_adopt=_OURS if policy.ours else _THEIRS,
        )


def _accounts(policy: LivePolicy, old: tuple[str, ...]) -> Iterator[Finding]:
    for account in sorted({*policy.accounts} ^ {*old}):
        on = account in policy.accounts
        yield Finding(
            name=f"policy:{policy.name}:{account}",
            line=f"the policy {policy.name} ({policy.id}) was {'attached to' if on else 'detached from'} {account}",
            mover="organization",
            sides=Sides(None if on else "attached", None if on else "attached", "attached" if on else None),
            why_no_revert=f"{'detach it from' if on else 'attach it to'} the account in the console",
            why_no_adopt=_OURS if policy.ours else _THEIRS,
        )


def _edited(policy: LivePolicy, restore: RestorePolicy | None) -> Finding:
    return Finding(
        name=f"policy:{policy.name}:content",
        line=f"the policy {policy.name} ({policy.id}) was edited",
        mover="organization",
        sides=Sides("as the guardrails say", "as it was", "edited"),
        revert=(restore,) if restore else (),
        why_no_revert="" if restore else "deploy the stack of policies: it has what the policy says",
        why_no_adopt=_OURS,
    )


def _deleted(policy: LivePolicy) -> Finding:
    return Finding(
        name=f"policy:{policy.name}",
        line=f"the policy {policy.name} ({policy.id}) was deleted",
        mover="organization",
        sides=Sides("there", "there", None),
        why_no_revert="deploy the stack of policies, then run cells org apply",
        why_no_adopt=_OURS if policy.ours else _THEIRS,
    )
