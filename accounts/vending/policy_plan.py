"""Plans the way of policies: tried first, then at their unit, and the old one away only when the new one is there.

All policies of one type for one unit go together, because a statement may have moved from one to the other. A plan
brings a policy either to where it is tried or to its unit, never both: what is tried waits for the next apply.
See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_strategies.html.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from accounts.policies.declared import DeclaredPolicy
from accounts.policies.guardrail import PolicyType
from accounts.policies.packing import limits_of
from accounts.policies.stack_place import STACK_ID
from accounts.topology import POLICY_STAGING, STAGING_OF, UnitPath, path_text
from accounts.vending.live import LiveOrganization, LivePolicy
from accounts.vending.policy_steps import (
    AttachPolicy,
    DeletePolicy,
    DetachPolicy,
    PolicyStep,
    RenamePolicy,
    RestorePolicy,
)

_RETIRED = "-retired-"
"""Stands in the name of a policy that the stack no longer holds, before its id."""


@dataclass
class PolicyPlan:
    """Steps in their order, and what is not done yet and why."""

    steps: list[PolicyStep] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plan_policies(
    declared: Sequence[DeclaredPolicy],
    live: LiveOrganization,
    *,
    trying: Collection[str] = (),
    spared: Callable[[UnitPath], bool] = lambda _: False,
) -> PolicyPlan:
    """The steps from the policies that are there to the declared ones.

    `trying` are the ids of policies that an approved plan brings to where they are tried: they are not tried yet,
    though they may be there already when a run of that plan goes on. `spared` says of a unit that something else
    manages it: nothing is attached to it.
    """
    left = sorted({one.target for one in declared if one.target and spared(one.target)})
    plan = _Planning([one for one in declared if one.target not in left], live, trying, left).plan
    plan.notes += [
        f"guardrails for {path_text(unit)} are not attached to it, because something else manages it" for unit in left
    ]
    return plan


class _Planning:
    def __init__(
        self,
        declared: Sequence[DeclaredPolicy],
        live: LiveOrganization,
        trying: Collection[str],
        left: Collection[UnitPath],
    ) -> None:
        self._live = live
        self._ours = [policy for policy in live.policies if policy.ours]
        self._trying = trying
        self._kept = {(policy.id, unit) for policy in live.policies for unit in policy.units if unit in left}
        """Attachments that stay."""
        self.plan = PolicyPlan()
        by_name = {policy.name: policy for policy in self._ours if policy.in_stack}
        self._wanted = {by_name[one.name].id: one for one in declared if one.name in by_name}
        groups: dict[tuple[PolicyType, UnitPath], list[DeclaredPolicy]] = {}
        for one in declared:
            groups.setdefault((one.type, one.target), []).append(one)
        self._missing: list[tuple[str, UnitPath]] = []
        """Policies that the stack has not made yet, each with its unit."""
        self._fresh: list[tuple[str, UnitPath]] = []
        """Policies that are tried before they come to their unit."""
        self._restore()
        self._empty = not any(account.unit[:1] == POLICY_STAGING for account in live.accounts)
        for (type, target), some in groups.items():
            self._group(type, target, some, [by_name[one.name] for one in some if one.name in by_name])
        self._tell_together()
        self._leave()

    def _restore(self) -> None:
        """What somebody edited gets its content back, with which it was tried."""
        for policy in self._ours:
            one = self._wanted.get(policy.id)
            if one is not None and policy.digest != one.digest:
                self.plan.steps.append(RestorePolicy(policy=policy.id, name=policy.name, content=one.policy.text))

    def _group(
        self, type: PolicyType, target: UnitPath, wanted: Sequence[DeclaredPolicy], found: Sequence[LivePolicy]
    ) -> None:
        """The policies of one type for one unit."""
        staging = STAGING_OF.get(target, target)
        ids = {policy.id for policy in found}
        old = [one for one in self._ours if one.type == type and target in one.units and one.id not in ids]
        fresh = [policy for policy in found if not self._tried(policy, target, staging, old)]
        self._kept |= {(id, target) for id in ids}
        if not fresh and len(found) == len(wanted) and self._fits(type, target, found):
            self._swap(type, target, found, old)
            self._end_trial(target, staging, found)
            return
        self._kept |= {(one.id, target) for one in old} | {(id, staging) for id in ids}
        missing = [one.name for one in wanted if one.name not in {policy.name for policy in found}]
        if self._fits(type, staging, found):
            self._try(fresh, staging)
        self._tell(target, staging, missing, fresh, old)

    def _tried(self, policy: LivePolicy, target: UnitPath, staging: UnitPath, old: Sequence[LivePolicy]) -> bool:
        """Whether a policy may come to its unit: it is there, it was tried, or what it says is in force there."""
        digest = self._wanted[policy.id].digest
        if target == staging or target in policy.units or any(one.digest == digest for one in old):
            return True
        return staging in policy.units and policy.id not in self._trying

    def _fits(self, type: PolicyType, unit: UnitPath, found: Sequence[LivePolicy]) -> bool:
        """Whether the policies of a group have room beside those that are not ours."""
        others = sum(one.type == type and unit in one.units and not one.ours for one in self._live.policies)
        most = limits_of(type).policies
        if others + len(found) <= most:
            return True
        self.plan.notes.append(
            f"{path_text(unit)} has {others} policies of type {type} that are not of this project, and AWS takes "
            f"{most}: there is no room for {len(found)} more; detach some"
        )
        return False

    def _try(self, fresh: Sequence[LivePolicy], staging: UnitPath) -> None:
        """What is left over from an earlier trial goes first: it makes room."""
        coming = [policy for policy in fresh if staging not in policy.units]
        for left in self._ours:
            if coming and left.type == coming[0].type and staging in left.units and not self._stays(left, staging):
                self._detach(left, staging)
        for policy in coming:
            self._attach(policy, staging, trial=True)
        if coming and self._empty:
            self.plan.notes.append(
                "no account is in Policy Staging, so that nothing is tried there: declare `canaries` in "
                "accounts/organization.yaml"
            )
            self._empty = False

    def _stays(self, policy: LivePolicy, unit: UnitPath) -> bool:
        one = self._wanted.get(policy.id)
        return (policy.id, unit) in self._kept or (one is not None and one.target == unit)

    def _swap(self, type: PolicyType, target: UnitPath, found: Sequence[LivePolicy], old: Sequence[LivePolicy]) -> None:
        """New ones before old ones go; where there is no room, one old one for each new one, back to back."""
        room = limits_of(type).policies - sum(one.type == type and target in one.units for one in self._live.policies)
        coming = [policy for policy in found if target not in policy.units]
        leaving = list(old)
        bare: list[str] = []
        for policy in coming:
            if room <= 0 and leaving:
                bare.append(leaving[0].name)
                self._detach(leaving.pop(0), target)
                room += 1
            self._attach(policy, target)
            room -= 1
        for policy in leaving:
            self._detach(policy, target, after=coming, unit=target)
        if bare:
            self.plan.notes.append(
                f"{path_text(target)} takes no more policies of type {type}, so that {', '.join(bare)} "
                "goes right before what takes its place: for a moment neither is in force"
            )

    def _end_trial(self, target: UnitPath, staging: UnitPath, found: Sequence[LivePolicy]) -> None:
        for policy in found:
            if staging != target and staging in policy.units:
                self._detach(policy, staging, after=[] if target in policy.units else [policy], unit=target)

    def _leave(self) -> None:
        """What is where nobody wants it goes; what is nowhere then, and not the stack's, goes for good."""
        going = {(step.policy, step.target) for step in self.plan.steps if isinstance(step, DetachPolicy)}
        for policy in self._ours:
            for unit in policy.units:
                if (policy.id, unit) not in self._kept | going:
                    self._detach(policy, unit)
                    going.add((policy.id, unit))
            if policy.accounts:
                self.plan.notes.append(
                    f"policy {policy.name} is attached to the accounts {', '.join(policy.accounts)}, which no plan "
                    "does: detach it there"
                )
            stays = policy.accounts or any((policy.id, unit) not in going for unit in policy.units)
            if not stays and policy.id not in self._wanted:
                self._delete(policy)
            elif not policy.in_stack and _RETIRED not in policy.name:
                self._retire(policy)

    def _delete(self, policy: LivePolicy) -> None:
        if policy.in_stack:
            self.plan.notes.append(
                f"policy {policy.name} is not declared, but the stack has it: deploy {STACK_ID}, and the next apply "
                "deletes it"
            )
            return
        self.plan.steps.append(DeletePolicy(policy=policy.id, name=policy.name, units=policy.units))

    def _retire(self, policy: LivePolicy) -> None:
        """The stack may have to make a policy of this name again: when a change of guardrails is taken back."""
        new_name = f"{policy.name}{_RETIRED}{policy.id[-8:]}"
        self.plan.steps.append(RenamePolicy(policy=policy.id, name=policy.name, new_name=new_name))

    def _tell(
        self,
        target: UnitPath,
        staging: UnitPath,
        missing: Sequence[str],
        fresh: Sequence[LivePolicy],
        old: Sequence[LivePolicy],
    ) -> None:
        here = f"; until then {', '.join(one.name for one in old)} stays there" if old else ""
        if missing and not here:
            self._missing += [(name, target) for name in missing]
        elif missing:
            self.plan.notes.append(
                f"policy {', '.join(missing)} for {path_text(target)} is not in the organization yet: deploy "
                f"{STACK_ID} first{here}"
            )
        elif fresh and not here:
            self._fresh += [(one.name, target) for one in fresh]
        elif fresh:
            self.plan.notes.append(
                f"policy {', '.join(one.name for one in fresh)} is tried in {path_text(staging)} first: the next "
                f"apply brings it to {path_text(target)}{here}"
            )

    def _tell_together(self) -> None:
        """One note for all that wait for the same, where nothing stays in their place: at first, that is everything."""
        if self._missing:
            one = len(self._missing) == 1
            said = f"{_counted(self._missing)} for {_units(self._missing)} {'is' if one else 'are'}"
            self.plan.notes.append(f"{said} not in the organization yet: deploy {STACK_ID} first")
        if self._fresh:
            one = len(self._fresh) == 1
            staging = STAGING_OF[self._fresh[0][1]] if one else POLICY_STAGING
            said = f"{_counted(self._fresh)} {'is' if one else 'are'} tried in {path_text(staging)} first"
            self.plan.notes.append(f"{said}: the next apply brings {'it' if one else 'them'} to {_units(self._fresh)}")

    def _attach(self, policy: LivePolicy, target: UnitPath, *, trial: bool = False) -> None:
        self.plan.steps.append(
            AttachPolicy(policy=policy.id, name=policy.name, policy_type=policy.type, target=target, trial=trial)
        )

    def _detach(
        self, policy: LivePolicy, target: UnitPath, *, after: Sequence[LivePolicy] = (), unit: UnitPath = ()
    ) -> None:
        names = tuple(one.name for one in after)
        self.plan.steps.append(DetachPolicy(policy=policy.id, name=policy.name, target=target, after=names, unit=unit))


def _counted(waiting: Sequence[tuple[str, UnitPath]]) -> str:
    return f"policy {waiting[0][0]}" if len(waiting) == 1 else f"{len(waiting)} policies"


def _units(waiting: Sequence[tuple[str, UnitPath]]) -> str:
    return ", ".join(path_text(unit) for unit in dict.fromkeys(unit for _, unit in waiting))


def tried_by(steps: Sequence[object]) -> Iterator[str]:
    """The ids of the policies that steps bring to where they are tried."""
    for step in steps:
        if isinstance(step, AttachPolicy) and step.trial:
            yield step.policy


def on_trial(steps: Sequence[object], live: LiveOrganization) -> frozenset[str]:
    """The ids of the policies that steps have just brought to where they are tried, if an account is there to try them.

    Where none is, waiting shows nothing.
    """
    tried = frozenset(tried_by(steps))
    return tried if any(account.unit[:1] == POLICY_STAGING for account in live.accounts) else frozenset()
