"""What is not as declared, three ways: what is declared, what the last run left, and what is there.

Units, accounts, trusted access and administrators are compared whole: what nobody declares is a finding. Tags and
contacts that nobody declares are somebody else's, and a finding only when they changed since the last run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property, partial

from accounts.services import POLICY_TYPES, TRUSTED_SERVICES, administrators_of, policy_types_of, services_of
from accounts.spec import OrganizationSpec
from accounts.topology import SUSPENDED, Account, Topology, UnitPath, path_text
from accounts.units import Contact
from accounts.vending import declaring
from accounts.vending.finding import Declare, Finding, Mover, Sides
from accounts.vending.held_back import HeldBack
from accounts.vending.ignored import IgnoredParts
from accounts.vending.live import ContactKind, LiveAccount, LiveContact, LiveOrganization
from accounts.vending.policy_drift import policy_drift
from accounts.vending.progress import live_account
from accounts.vending.step import (
    CreateUnit,
    EnablePolicyType,
    EnableRootAccess,
    EnableService,
    MoveAccount,
    RegisterAdministrator,
    SetContact,
    Step,
    TagAccount,
)
from accounts.vending.suspension import GONE, is_closing
from accounts.vending.undo_step import (
    DeleteContact,
    DeleteUnit,
    DeregisterAdministrator,
    DisablePolicyType,
    DisableService,
    RenameAccount,
    RenameUnit,
)
from accounts.vending.words import line_of, name_of
from constructs_lib.specs.errors import InputError

_ROOT_FEATURES = ("RootCredentialsManagement", "RootSessions")
_THERE = "there"
_BESIDE = frozenset({"extra", "sandbox", "canary"})
"""Kinds of accounts that organization.yaml places."""
_OWN_TAGS = "cells:"
"""The engine's own notes on an account begin so."""


def drift_of(
    spec: OrganizationSpec,
    topology: Topology,
    live: LiveOrganization,
    applied: LiveOrganization | None,
    planned: Iterable[Step] = (),
) -> tuple[Finding, ...]:
    """Every difference, by name. `applied` is what the last run left; None before the first one.

    `planned` are the steps of a plan from the declaration: those that no other finding is about become one each.
    Raises InputError when there is no organization.
    """
    if not live.exists:
        raise InputError("there is no organization yet", hint="cells org apply builds it")
    drift = _Drift(spec, topology, live, applied)
    steps = tuple(planned)
    found = [one for one in drift.findings() if not drift.waits(one)]
    if applied is not None:
        found += policy_drift(live, applied, steps, IgnoredParts(spec, live))
    told = {name_of(step) for one in found for step in one.revert}
    found += [drift.planned(step) for step in steps if name_of(step) not in told and not drift.renames(step)]
    return tuple(sorted(found, key=lambda one: one.name))


def mover_of(sides: Sides, *, applied: bool) -> Mover:
    """Who moved; `applied` says whether there is a last run to compare with."""
    if not applied:
        return "unknown"
    if sides.live == sides.applied:
        return "declaration"
    return "organization" if sides.declared == sides.applied else "both"


class _Drift:
    def __init__(
        self, spec: OrganizationSpec, topology: Topology, live: LiveOrganization, applied: LiveOrganization | None
    ) -> None:
        self._spec = spec
        self._topology = topology
        self._live = live
        self._applied = applied
        self._ignored = IgnoredParts(spec, live)
        self._waiting = HeldBack(spec)
        self._there = {account.name: live_account(account, live) for account in topology.accounts}
        self._names = {found.id: name for name, found in self._there.items() if found is not None}
        self._renamed = dict(self._renamed_units({unit.path for unit in topology.units}))

    def findings(self) -> Iterator[Finding]:
        yield from self._units()
        yield from self._unknown_accounts()
        for account in self._topology.accounts:
            yield from self._account(account)
        yield from self._services()
        yield from self._policy_types()
        yield from self._administrators()
        yield from self._root_features()

    def waits(self, finding: Finding) -> bool:
        """Whether the declaration holds back all that would mend it."""
        return bool(finding.revert) and all(self._waiting.holds(step) for step in finding.revert)

    def renames(self, step: Step) -> bool:
        """Whether a step would not be planned if a unit had kept its name."""
        match step:
            case CreateUnit(path=path):
                return any(path[: len(old)] == old for old, _ in self._renamed.values())
            case MoveAccount(source=source, target=target):
                return self._old_path(source) == target
            case _:
                return False

    def planned(self, step: Step) -> Finding:
        """A step that the declaration wants, as a finding."""
        name = name_of(step)
        return Finding(
            name=f"plan:{name}",
            line=f"not done: {line_of(step)}",
            mover="unknown",
            sides=Sides("done", None, None),
            revert=(step,),
            adopt=lambda spec: declaring.holding_back(spec, name),
        )

    def _made(
        self,
        name: str,
        line: str,
        sides: Sides,
        revert: Iterable[Step] = (),
        adopt: Declare | None = None,
        *,
        no_revert: str = "",
        no_adopt: str = "",
    ) -> Finding:
        mover = mover_of(sides, applied=self._applied is not None)
        return Finding(name, line, mover, sides, tuple(revert), no_revert, adopt, no_adopt)

    # Units

    def _units(self) -> Iterator[Finding]:
        declared = {unit.path for unit in self._topology.units}
        for unit_id, (old, new) in self._renamed.items():
            yield self._made(
                f"unit:{path_text(old)}",
                f"the unit {path_text(old)} is called {new[-1]}",
                Sides(path_text(old), path_text(old), path_text(new)),
                [RenameUnit(unit=unit_id, path=old, was=new[-1])],
                no_adopt="rename it in accounts/organization.yaml, where it is declared there",
            )
        olds = {old for old, _ in self._renamed.values()}
        for unit in self._topology.units:
            if self._live.unit(unit.path) is None and not any(unit.path[: len(old)] == old for old in olds):
                yield self._missing_unit(unit.path)
        news = {new for _, new in self._renamed.values()}
        for there in self._live.units:
            path = there.path
            inside_renamed = any(path[: len(new)] == new for new in news)
            if path not in declared and not inside_renamed and not self._ignored.unit(path):
                yield self._rogue_unit(there.id, path)

    def _renamed_units(self, declared: set[UnitPath]) -> Iterator[tuple[str, tuple[UnitPath, UnitPath]]]:
        before = {unit.id: unit.path for unit in (self._applied.units if self._applied else ())}
        for unit in self._live.units:
            old = before.get(unit.id, unit.path)
            if old != unit.path and old[:-1] == unit.path[:-1] and old in declared and unit.path not in declared:
                yield unit.id, (old, unit.path)

    def _missing_unit(self, path: UnitPath) -> Finding:
        applied = self._applied is not None and self._applied.unit(path) is not None
        step = CreateUnit(path=path)
        if not declaring.is_declarable(path):
            adopt: Declare = partial(_waiting, step=step)
        else:
            adopt = partial(declaring.without_unit, path=path)
        return self._made(
            f"unit:{path_text(path)}",
            f"the unit {path_text(path)} is not there",
            Sides(_THERE, _THERE if applied else None, None),
            [step],
            adopt,
        )

    def _rogue_unit(self, id: str, path: UnitPath) -> Finding:
        applied = self._applied is not None and any(unit.id == id for unit in self._applied.units)
        return self._made(
            f"unit:{path_text(path)}",
            f"the unit {path_text(path)} is not declared",
            Sides(None, _THERE if applied else None, _THERE),
            [DeleteUnit(unit=id, path=path)],
            partial(declaring.with_unit, path=path),
        )

    # Accounts

    def _unknown_accounts(self) -> Iterator[Finding]:
        taken = {account.name for account in self._topology.accounts}
        for there in self._live.accounts:
            if there.id in self._names or self._ignored.account(there) or is_closing(there) or there.unit == SUSPENDED:
                continue
            applied = self._before(there.id) is not None
            yield self._made(
                f"account:{there.id}",
                f"the account {there.name} ({there.id}) in {path_text(there.unit)} is not declared",
                Sides(None, _THERE if applied else None, _THERE),
                adopt=partial(declaring.with_account, live=there, taken=frozenset(taken)),
                no_revert=f"an account is never closed by a missing line: cells org close-account {there.id}",
            )

    def _account(self, account: Account) -> Iterator[Finding]:
        there = self._there[account.name]
        if there is None:
            yield from self._missing_account(account)
        elif not self._ignored.account(there) and there.state in GONE:
            yield self._closed(account, there)
        elif not self._ignored.account(there) and not is_closing(there):
            yield from self._place(account, there)
            yield from self._title(account, there)
            yield from self._email(account, there)
            yield from self._tags(account, there)
            yield from self._contacts(account, there)

    def _missing_account(self, account: Account) -> Iterator[Finding]:
        before = self._before(account.id)
        if account.id is None:
            # It was never there: what the plan says of it is the finding.
            return
        yield self._made(
            f"account:{account.name}",
            f"the account {account.name} ({account.id}) is not in the organization",
            Sides(_THERE, _THERE if before else None, None),
            no_revert="invite it again, in the console",
            no_adopt="take it out of the declaration and out of accounts/registry.json",
        )

    def _closed(self, account: Account, there: LiveAccount) -> Finding:
        before = self._before(there.id)
        declarable = account.kind in _BESIDE
        return self._made(
            f"account:{account.name}:state",
            f"the account {account.name} ({there.id}) is {there.state}",
            Sides("ACTIVE", before.state if before else None, there.state),
            adopt=partial(declaring.without_account, account=account.name) if declarable else None,
            no_revert="AWS Support reopens an account within 90 days after it was closed",
            no_adopt="take its environment out of the product's file",
        )

    def _place(self, account: Account, there: LiveAccount) -> Iterator[Finding]:
        if self._old_path(there.unit) == account.unit:
            return
        before = self._before(there.id)
        missing = [path for path in _around(account.unit) if self._live.unit(path) is None]
        move = MoveAccount(name=account.name, account=there.id, source=there.unit, target=account.unit)
        yield self._made(
            f"account:{account.name}:unit",
            f"the account {account.name} is in {path_text(there.unit)}, not in {path_text(account.unit)}",
            Sides(path_text(account.unit), path_text(before.unit) if before else None, path_text(there.unit)),
            [*(CreateUnit(path=path) for path in missing), move],
            self._adopted_place(account, there, move),
        )

    def _old_path(self, path: UnitPath) -> UnitPath:
        """A path without what somebody renamed: accounts in a renamed unit have not moved."""
        for old, new in self._renamed.values():
            if path[: len(new)] == new:
                return (*old, *path[len(old) :])
        return path

    def _adopted_place(self, account: Account, there: LiveAccount, move: MoveAccount) -> Declare:
        if account.kind in _BESIDE:
            moved = declaring.moved(self._spec, account.name, account.email, there.unit)
            if moved is not None:
                return partial(_moved, account=account, target=there.unit)
        return partial(_waiting, step=move)

    def _title(self, account: Account, there: LiveAccount) -> Iterator[Finding]:
        before = self._before(there.id)
        # AWS named the management account when somebody signed up: that is its name until somebody says another.
        declared = account.title
        if account.kind == "management" and account.name not in self._spec.names:
            declared = before.name if before else there.name
        if there.name == declared:
            return
        yield self._made(
            f"account:{account.name}:name",
            f"the account {account.name} ({there.id}) is called '{there.name}', not '{declared}'",
            Sides(declared, before.name if before else None, there.name),
            [RenameAccount(name=account.name, account=there.id, title=declared, was=there.name)],
            partial(declaring.with_name, account=account.name, title=there.name),
        )

    def _email(self, account: Account, there: LiveAccount) -> Iterator[Finding]:
        before = self._before(there.id)
        declared = account.email
        if account.kind == "management" and account.name not in self._spec.emails:
            declared = before.email if before else there.email
        if there.email.lower() == declared.lower():
            return
        yield self._made(
            f"account:{account.name}:email",
            f"the root address of {account.name} ({there.id}) is {there.email}, not {declared}",
            Sides(declared, before.email if before else None, there.email),
            adopt=partial(declaring.with_email, account=account.name, email=there.email),
            no_revert="AWS changes a root address only with a code that it sends there: do it in the console",
        )

    def _tags(self, account: Account, there: LiveAccount) -> Iterator[Finding]:
        before = self._before(there.id)
        old: Mapping[str, str] = before.tags if before else {}
        for key in sorted({*account.tags, *there.tags, *old}):
            if key.startswith(_OWN_TAGS):
                continue
            declared, live = account.tags.get(key), there.tags.get(key)
            if declared is None and (before is None or old.get(key) == live):
                continue
            if declared != live:
                yield self._tag(account, there, key, Sides(declared, old.get(key), live))

    def _tag(self, account: Account, there: LiveAccount, key: str, sides: Sides) -> Finding:
        # A tag that nobody declares goes back to what the last run left.
        wanted = sides.declared if sides.declared is not None else sides.applied
        set_, remove = ({key: wanted}, ()) if wanted is not None else ({}, (key,))
        adopt, why = self._adopted_tag(account, key, sides)
        said = f"is '{sides.live}'" if sides.live is not None else "is gone"
        expected = f", not '{wanted}'" if wanted is not None else ", and nobody declares it"
        return self._made(
            f"account:{account.name}:tag:{key}",
            f"the tag {key} of {account.name} ({there.id}) {said}{expected}",
            sides,
            [TagAccount(name=account.name, account=there.id, tags=set_, remove=remove)],
            adopt,
            no_adopt=why,
        )

    def _adopted_tag(self, account: Account, key: str, sides: Sides) -> tuple[Declare | None, str]:
        own = self._spec.account_tags.get(account.name, {})
        if key in account.tags and key not in own and key not in self._spec.tags:
            return None, "the platform sets it; `ignore` in accounts/organization.yaml leaves the whole account alone"
        if sides.live is not None:
            return partial(declaring.with_tag, account=account.name, key=key, value=sides.live), ""
        if key in own:
            return partial(declaring.without_tag, account=account.name, key=key), ""
        if key in self._spec.tags:
            return None, "it is declared for all accounts, under `tags` in accounts/organization.yaml"
        return None, "nobody declares it: with the next run its absence is what was left"

    def _contacts(self, account: Account, there: LiveAccount) -> Iterator[Finding]:
        before = self._before(there.id)
        for kind, declared in self._declared_contacts:
            old = before.contacts.get(kind) if before else None
            live = there.contacts.get(kind)
            if declared is None and (before is None or old == live):
                continue
            if declared != live:
                yield self._contact(account, there, kind, (declared, old, live))

    @cached_property
    def _declared_contacts(self) -> tuple[tuple[ContactKind, LiveContact | None], ...]:
        contacts = self._spec.contacts
        pairs: tuple[tuple[ContactKind, Contact | None], ...] = (
            ("BILLING", contacts.billing),
            ("OPERATIONS", contacts.operations),
            ("SECURITY", contacts.security),
        )
        return tuple((kind, LiveContact(**one.model_dump()) if one else None) for kind, one in pairs)

    def _contact(
        self,
        account: Account,
        there: LiveAccount,
        kind: ContactKind,
        sides: tuple[LiveContact | None, LiveContact | None, LiveContact | None],
    ) -> Finding:
        declared, old, live = sides
        wanted = declared or old
        step: Step = (
            SetContact(name=account.name, account=there.id, contact_kind=kind, contact=Contact(**wanted.model_dump()))
            if wanted is not None
            else DeleteContact(name=account.name, account=there.id, contact_kind=kind)
        )
        adopt: Declare = partial(declaring.without_contact, kind=kind)
        if live is not None:
            adopt = partial(declaring.with_contact, kind=kind, live=live)
        return self._made(
            f"account:{account.name}:contact:{kind}",
            f"the {kind.lower()} contact of {account.name} ({there.id}) is {_person(live)}, not {_person(wanted)}",
            Sides(*(_person(one) if one else None for one in sides)),
            [step],
            adopt,
        )

    # The organization itself

    def _services(self) -> Iterator[Finding]:
        for principal, there in _differing(services_of(self._spec), self._live.services):
            enable = EnableService(principal=principal)
            yield self._switched(
                f"service:{principal}",
                f"trusted access for {principal}",
                there=there,
                applied=self._applied is not None and principal in self._applied.services,
                revert=DisableService(principal=principal) if there else enable,
                adopt=partial(declaring.with_service, principal=principal)
                if there
                else partial(_without_service, step=enable),
            )

    def _policy_types(self) -> Iterator[Finding]:
        for name, there in _differing(policy_types_of(self._spec), self._live.policy_types):
            enable = EnablePolicyType(policy_type=name)
            yield self._switched(
                f"policy-type:{name}",
                f"the policy type {name}",
                there=there,
                applied=self._applied is not None and name in self._applied.policy_types,
                revert=DisablePolicyType(policy_type=name) if there else enable,
                adopt=partial(declaring.with_policy_type, policy_type=name)
                if there
                else partial(_without_policy_type, step=enable),
            )

    def _root_features(self) -> Iterator[Finding]:
        old = self._applied.root_features if self._applied else ()
        for feature in _ROOT_FEATURES:
            if feature not in self._live.root_features:
                step = EnableRootAccess.model_validate({"feature": feature})
                yield self._switched(
                    f"root-access:{feature}",
                    f"central root access, {feature},",
                    there=False,
                    applied=feature in old,
                    revert=step,
                    adopt=partial(_waiting, step=step),
                )

    def _switched(self, name: str, what: str, *, there: bool, applied: bool, revert: Step, adopt: Declare) -> Finding:
        return self._made(
            name,
            f"{what} is enabled and not declared" if there else f"{what} is not enabled",
            Sides(None if there else _THERE, _THERE if applied else None, _THERE if there else None),
            [revert],
            adopt,
        )

    def _administrators(self) -> Iterator[Finding]:
        declared = administrators_of(self._spec)
        old = {(one.principal, one.account) for one in (self._applied.administrators if self._applied else ())}
        there = {(one.principal, one.account) for one in self._live.administrators}
        for principal, name in sorted(declared.items()):
            account = self._there.get(name)
            if account is None or (principal, account.id) in there:
                continue
            others = sorted(id for one, id in there if one == principal)
            register = RegisterAdministrator(principal=principal, name=name, account=account.id)
            adopted = self._names.get(others[0]) if len(others) == 1 else None
            yield self._made(
                f"administrator:{principal}",
                f"{principal} is administered by {self._said(others)}, not by {name}",
                Sides(name, name if (principal, account.id) in old else None, self._said(others) if others else None),
                [*(self._deregister(principal, id) for id in others), register],
                partial(declaring.with_administrator, principal=principal, name=adopted)
                if adopted
                else partial(_waiting, step=register),
            )
        for principal, id in sorted(there):
            expected = self._there.get(declared.get(principal, ""))
            replaced = expected is not None and (principal, expected.id) not in there
            if replaced or (expected is not None and expected.id == id):
                continue
            if principal in declared and (principal, id) in old:
                # Services such as AWS Config take several. Who was there when the last run ended stays.
                continue
            applied = (principal, id) in old
            yield self._extra_administrator(principal, id, declared=principal in declared, applied=applied)

    def _extra_administrator(self, principal: str, id: str, *, declared: bool, applied: bool) -> Finding:
        name = self._names.get(id)
        adopt: Declare | None = None
        if name is not None and not declared:
            adopt = partial(declaring.with_administrator, principal=principal, name=name)
        return self._made(
            f"administrator:{principal}:{id}",
            f"{principal} is administered by {self._said([id])}, which nobody declares",
            Sides(None, _THERE if applied else None, _THERE),
            [self._deregister(principal, id)],
            adopt,
            no_adopt="a service has one declared administrator" if declared else "declare the account first",
        )

    def _deregister(self, principal: str, id: str) -> DeregisterAdministrator:
        return DeregisterAdministrator(principal=principal, name=self._said([id]), account=id)

    def _said(self, ids: Iterable[str]) -> str:
        return ", ".join(self._names.get(id, id) for id in ids) or "nobody"

    def _before(self, id: str | None) -> LiveAccount | None:
        return self._applied.account(id=id) if self._applied is not None and id is not None else None


def _differing(declared: Collection[str], live: Collection[str]) -> Iterator[tuple[str, bool]]:
    """What is on one side only, sorted, and whether that is the live one."""
    for name in sorted({*declared} ^ {*live}):
        yield name, name in live


def _around(path: UnitPath) -> list[UnitPath]:
    return [path[: depth + 1] for depth in range(len(path))]


def _person(contact: LiveContact | None) -> str:
    return f"{contact.name} <{contact.email}>" if contact else "nobody"


def _waiting(spec: OrganizationSpec, *, step: Step) -> OrganizationSpec:
    return declaring.holding_back(spec, name_of(step))


def _without_service(spec: OrganizationSpec, *, step: EnableService) -> OrganizationSpec:
    """Without trusted access: the platform's own waits."""
    if step.principal in TRUSTED_SERVICES:
        return _waiting(spec, step=step)
    rest = tuple(one for one in spec.trusted_services if one != step.principal)
    return spec.model_copy(update={"trusted_services": rest})


def _without_policy_type(spec: OrganizationSpec, *, step: EnablePolicyType) -> OrganizationSpec:
    if step.policy_type in POLICY_TYPES:
        return _waiting(spec, step=step)
    rest = tuple(one for one in spec.policy_types if one != step.policy_type)
    return spec.model_copy(update={"policy_types": rest})


def _moved(spec: OrganizationSpec, *, account: Account, target: UnitPath) -> OrganizationSpec:
    moved = declaring.moved(spec, account.name, account.email, target)
    assert moved is not None
    return moved
