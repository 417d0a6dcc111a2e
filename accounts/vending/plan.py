"""Compares what is declared with what is there: the steps from one to the other, in the order in which they go.

Nothing is ever closed or deleted because a line is missing: an account or a unit that nobody declares is told, and
stays. See https://docs.aws.amazon.com/organizations/latest/APIReference/Welcome.html for what each step calls.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from accounts.services import administrators_of, policy_types_of, services_of
from accounts.spec import OrganizationSpec
from accounts.topology import SUSPENDED, Account, Topology, path_text
from accounts.vending.account_plan import AccountPlan
from accounts.vending.base_step import PromisedAccountStep
from accounts.vending.baseline_step import DEPLOY_BASELINE, WaitForBaseline
from accounts.vending.cost_tag_step import cost_tag_steps, unseen_cost_tags
from accounts.vending.held_back import HeldBack
from accounts.vending.ignored import IgnoredParts
from accounts.vending.live import LiveAccount, LiveOrganization
from accounts.vending.manual_step import identity_center_by_hand
from accounts.vending.policy_steps import PolicyStep
from accounts.vending.region_step import closed_regions
from accounts.vending.step import (
    CreateOrganization,
    CreateUnit,
    EnablePolicyType,
    EnableRootAccess,
    EnableService,
    RegisterAdministrator,
    RootFeature,
    Step,
)
from accounts.vending.suspension import CLOSING_SINCE, is_closing
from accounts.vending.words import name_of
from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import AccountId

if TYPE_CHECKING:
    from accounts.policies.declared import DeclaredPolicy

_ROOT_FEATURES: tuple[RootFeature, ...] = ("RootCredentialsManagement", "RootSessions")
_NEW = "new"


class Plan(Spec):
    """One plan. It is approved as a whole, by its digest."""

    version: Literal[1] = 1
    organization: str
    """The id of the organization that it is for; `new` before there is one."""
    management: AccountId
    scope: Literal["declaration", "chosen"] = "declaration"
    """All that the declaration wants, or what somebody has chosen: to close, to reopen, to take back."""
    steps: tuple[Step, ...]
    held: tuple[str, ...] = ()
    """Ids of policies that are being tried while the plan is made: it brings them no further."""
    notes: tuple[str, ...] = ()
    """What is left alone, what waits for somebody, and what AWS answered."""

    @property
    def digest(self) -> str:
        """SHA-256 over everything that it would do, and to which organization."""
        document = self.model_dump(mode="json", exclude={"notes"})
        return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its steps."""
        return tuple(name_of(step) for step in self.steps)

    def chosen(self, wanted: Callable[[Step], bool]) -> Plan:
        """The steps that somebody wants, as what somebody has chosen."""
        return self.model_copy(update={"scope": "chosen", "steps": tuple(filter(wanted, self.steps))})

    def of_kinds(self, kinds: Collection[str], accounts: Collection[str] = ()) -> Plan:
        """The steps of these kinds in accounts that are there, as what somebody has chosen; of all, or of the named."""

        def wanted(step: Step) -> bool:
            if not isinstance(step, PromisedAccountStep) or step.account is None:
                return False
            return step.kind in kinds and (not accounts or step.name in accounts)

        return self.chosen(wanted)


def plan_of(
    spec: OrganizationSpec,
    topology: Topology,
    live: LiveOrganization,
    policies: Sequence[DeclaredPolicy] | None = None,
    *,
    trying: Collection[str] = (),
) -> Plan:
    """Plan the way from the live organization to the declared one.

    Without `policies` those that are there stay as they are. `trying` are the ids of policies that an approved plan
    brings to where they are tried: a run that goes on does not bring them further.

    Raises InputError when an account id of the registry is not in the organization, or when an address is in use by
    another account than the registry says.
    """
    ignored = IgnoredParts(spec, live)
    found = {account.name: _live_account(account, live) for account in topology.accounts}
    accounts = AccountPlan(spec, live)
    guarded, waiting = _policies(policies, live, trying, ignored)
    wanted = [
        *_organization_steps(spec, live),
        *_unit_steps(topology, live),
        *closed_regions(spec.governed_regions, live),
        *_account_steps(accounts, topology, found, ignored),
        *_administrator_steps(spec, topology, live, found),
        *_manual_steps(spec, live),
        *cost_tag_steps(spec.budgets.cost_allocation_tags, live),
        *guarded,
    ]
    steps = HeldBack(spec).wanted(ignored.allowed(wanted))
    notes = [
        *ignored.notes(topology, wanted),
        *_undeclared(topology, live, found, ignored),
        *_waiting(steps, live),
        *unseen_cost_tags(spec.budgets.cost_allocation_tags, live),
        *_answers(accounts, topology, found),
        *waiting,
    ]
    return Plan(
        organization=live.id or _NEW,
        management=live.management,
        steps=tuple(steps),
        held=tuple(sorted(trying)),
        notes=tuple(notes),
    )


def _policies(
    policies: Sequence[DeclaredPolicy] | None,
    live: LiveOrganization,
    trying: Collection[str],
    ignored: IgnoredParts,
) -> tuple[Sequence[PolicyStep], Sequence[str]]:
    """Steps and notes. What they are planned with is imported when there are some: a plan of accounts is quick."""
    if policies is None:
        return (), ()
    from accounts.vending.policy_plan import plan_policies

    found = plan_policies(policies, live, trying=trying, spared=ignored.unit)
    return found.steps, found.notes


def _live_account(account: Account, live: LiveOrganization) -> LiveAccount | None:
    """The account that a declaration means: by the id of the registry, else by its address."""
    if account.kind == "management":
        found = live.account(id=live.management)
        if account.id is not None and account.id != live.management:
            raise InputError(
                f"accounts/registry.json says that {account.id} is the management account, but it is {live.management}",
                hint="use the credentials of the right organization",
            )
        return found
    by_email = live.account(email=account.email)
    if account.id is None or not live.exists:
        return by_email
    by_id = live.account(id=account.id)
    if by_id is None:
        raise InputError(
            f"the account {account.name} ({account.id}) of accounts/registry.json is not in this organization",
            hint="use the credentials of the right organization, or mend the registry",
        )
    if by_email is not None and by_email.id != by_id.id:
        raise InputError(
            f"the address {account.email} of {account.name} ({account.id}) belongs to the account {by_email.id}",
            hint="give one of them its own address under `emails` in accounts/organization.yaml",
        )
    return by_id


def _organization_steps(spec: OrganizationSpec, live: LiveOrganization) -> Iterator[Step]:
    if not live.exists:
        yield CreateOrganization()
    for principal in services_of(spec):
        if principal not in live.services:
            yield EnableService(principal=principal)
    # Some types ask for the trusted access of their service first.
    for policy_type in policy_types_of(spec):
        if policy_type not in live.policy_types:
            yield EnablePolicyType(policy_type=policy_type)
    for feature in _ROOT_FEATURES:
        if feature not in live.root_features:
            yield EnableRootAccess(feature=feature)


def _unit_steps(topology: Topology, live: LiveOrganization) -> Iterator[Step]:
    for unit in topology.units:
        if live.unit(unit.path) is None:
            yield CreateUnit(path=unit.path)


def _account_steps(
    accounts: AccountPlan, topology: Topology, found: Mapping[str, LiveAccount | None], ignored: IgnoredParts
) -> Iterator[Step]:
    for account in topology.accounts:
        there = found[account.name]
        if there is None or (not ignored.account(there) and there.state == "ACTIVE" and not is_closing(there)):
            yield from accounts.of(account, there)


def _administrator_steps(
    spec: OrganizationSpec, topology: Topology, live: LiveOrganization, found: Mapping[str, LiveAccount | None]
) -> Iterator[Step]:
    there = {(one.principal, one.account) for one in live.administrators if not one.untold}
    for principal, name in sorted(administrators_of(spec).items()):
        topology.account(name)
        account = found[name]
        if account is None or (principal, account.id) not in there:
            yield RegisterAdministrator(principal=principal, name=name, account=account.id if account else None)


def _manual_steps(spec: OrganizationSpec, live: LiveOrganization) -> Iterator[Step]:
    if spec.identity_center and live.identity_center is None:
        yield identity_center_by_hand(spec.home_region)


def _waiting(steps: Sequence[Step], live: LiveOrganization) -> Iterator[str]:
    waiting = [step.name for step in steps if isinstance(step, WaitForBaseline)]
    if waiting and not live.baselines:
        accounts = f"{len(waiting)} accounts wait" if len(waiting) > 1 else f"account {waiting[0]} waits"
        yield f"{accounts} for the baseline, which is deployed nowhere yet: {DEPLOY_BASELINE}"


def _answers(accounts: AccountPlan, topology: Topology, found: Mapping[str, LiveAccount | None]) -> Iterator[str]:
    for account in topology.accounts:
        there = found[account.name]
        if there is not None:
            yield from accounts.notes(account, there)


def _undeclared(
    topology: Topology, live: LiveOrganization, found: Mapping[str, LiveAccount | None], ignored: IgnoredParts
) -> Iterator[str]:
    declared = {account.id for account in found.values() if account is not None}
    for one in live.accounts:
        if one.id not in declared and not ignored.account(one) and one.unit != SUSPENDED:
            yield f"account {one.name} ({one.id}) in {path_text(one.unit)} is not declared; it is left alone"
    units = {unit.path for unit in topology.units}
    for unit in live.units:
        if unit.path not in units and not ignored.unit(unit.path):
            yield f"unit {path_text(unit.path)} is not declared; it is left alone"
    for account in topology.accounts:
        there = found[account.name]
        if there is not None and there.state != "ACTIVE":
            yield f"account {account.name} ({there.id}) is {there.state}; nothing is done to it"
        elif there is not None and is_closing(there):
            since = there.tags[CLOSING_SINCE]
            yield f"account {account.name} ({there.id}) waits to be closed since {since}; nothing is done to it"
