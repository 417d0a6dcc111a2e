"""The accounts on which guardrails are proved, each with everything that it inherits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from accounts.policies.calls.call import PLACES, Place
from accounts.policies.facts import PolicyFacts, facts_of
from accounts.policies.guardrail import Guardrail
from accounts.policies.packing import OrganizationPolicy, policies_of
from accounts.topology import (
    ONBOARDING,
    POLICY_STAGING,
    SANDBOX,
    SUSPENDED,
    WORKLOADS,
    Topology,
    UnitPath,
    path_text,
)
from accounts.topology import Account as Declared
from assembly.policy.chain import Chain, Level
from assembly.policy.document import Policy, PolicyKind, parse
from assembly.policy.principal import Account
from constructs_lib.specs.registry import AccountEntry, Registry

if TYPE_CHECKING:
    from accounts.spec import OrganizationSpec
    from assembly.document import Json

_OUTSIDERS: Final = "o-outsiders00"
_STAND_IN_NUMBERS: Final = 90_000_000
"""Far from those of accounts that are not vended yet."""

_STAND_INS: Final[Mapping[Place, UnitPath]] = {
    "cell": (*WORKLOADS, "a-product"),
    "sandbox": SANDBOX,
    "onboarding": ONBOARDING,
    "suspended": SUSPENDED,
    "other": POLICY_STAGING,
}
"""Where an account is thought to be when there is none of the kind."""

_TYPES: Final[Mapping[str, PolicyKind]] = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}


@dataclass(frozen=True)
class Standing:
    """An account, standing for all whose guardrails are the same."""

    name: str
    path: UnitPath
    account: Account
    scps: Chain | None
    rcps: Chain | None
    """None: no guardrail binds it, as in the management account and outside."""


class ProofGround:
    """An organization as far as its guardrails are concerned.

    Accounts that are not vended yet have ids that are made up: a proof does not wait for them.
    """

    def __init__(
        self,
        spec: OrganizationSpec,
        topology: Topology,
        registry: Registry,
        guardrails: Sequence[Guardrail],
        *,
        organization_id: str | None = None,
    ) -> None:
        self.topology = topology
        self._ids = _ids(topology)
        self.facts: PolicyFacts = facts_of(spec, _with_ids(registry, self._ids), organization_id)
        self.policies: tuple[OrganizationPolicy, ...] = policies_of(guardrails, self.facts)
        self._read = {kind: self._parsed(kind) for kind in _TYPES.values()}

    @cached_property
    def standing(self) -> Mapping[Place, tuple[Standing, ...]]:
        """For each kind of account, one for each different set of guardrails."""
        return {place: self._representatives(place) for place in PLACES}

    def settings_on(self, path: UnitPath, type: str) -> tuple[OrganizationPolicy, ...]:
        """The policies of a type from the root down to a unit."""
        levels = [path[:depth] for depth in range(len(path) + 1)]
        found = [policy for policy in self.policies if policy.type == type and policy.target in levels]
        return tuple(sorted(found, key=lambda policy: len(policy.target)))

    def _representatives(self, place: Place) -> tuple[Standing, ...]:
        if place == "outside":
            account = Account(_made_up(0), _OUTSIDERS, partition=self.facts.partition)
            return (Standing("an account outside", (), account, None, None),)
        found: dict[tuple[UnitPath, ...], Standing] = {}
        for name, path in self._accounts(place):
            found.setdefault(self._bound_by(path), self._stand(name, path, place))
        return tuple(found.values())

    def _accounts(self, place: Place) -> list[tuple[str, UnitPath]]:
        named = [(account.name, account.unit) for account in self.topology.accounts if _place_of(account) == place]
        stand_in = _STAND_INS.get(place)
        return named or ([(f"an account in {path_text(stand_in)}", stand_in)] if stand_in else [])

    def _bound_by(self, path: UnitPath) -> tuple[UnitPath, ...]:
        """The levels above an account that have policies of their own."""
        targets = {target for by_target in self._read.values() for target in by_target}
        return tuple(level for level in (path[:depth] for depth in range(len(path) + 1)) if level in targets)

    def _stand(self, name: str, path: UnitPath, place: Place) -> Standing:
        management = place == "management"
        account = Account(
            self._ids.get(name) or _made_up(_STAND_IN_NUMBERS + PLACES.index(place)),
            self.facts.organization_id,
            management=management,
            partition=self.facts.partition,
        )
        if management:
            return Standing(name, path, account, None, None)
        return Standing(name, path, account, self._chain("scp", name, path), self._chain("rcp", name, path))

    def _chain(self, kind: PolicyKind, name: str, path: UnitPath) -> Chain:
        full = FULL[kind]
        read = self._read[kind]
        levels = [
            Level(path_text(level), (full, *read.get(level, ())))
            for level in (path[:depth] for depth in range(len(path) + 1))
        ]
        return Chain((*levels, Level(name, (full,))))

    def _parsed(self, kind: PolicyKind) -> dict[UnitPath, tuple[Policy, ...]]:
        found: dict[UnitPath, list[Policy]] = {}
        for policy in self.policies:
            if _TYPES.get(policy.type) == kind:
                found.setdefault(policy.target, []).append(parse(policy.content, kind, policy.name))
        return {target: tuple(some) for target, some in found.items()}


def everything(kind: PolicyKind, *, principal: str | None = None, provider: str | None = None) -> Policy:
    """A policy that allows everything to everybody, so that only guardrails decide."""
    statement: dict[str, Json] = {"Effect": "Allow", "Action": "*"}
    if kind != "trust":
        statement["Resource"] = "*"
    if principal is not None:
        statement["Principal"] = {"Federated": provider} if provider else principal
    return parse({"Version": "2012-10-17", "Statement": statement}, kind, "everything")


FULL: Final[Mapping[PolicyKind, Policy]] = {
    "scp": everything("scp"),
    "rcp": everything("rcp", principal="*"),
}
"""FullAWSAccess and RCPFullAWSAccess, which AWS attaches to every level."""


def _place_of(account: Declared) -> Place | None:
    if account.kind in ("extra", "canary"):
        return "other"
    if account.kind in ("cell", "sandbox", "management"):
        return account.kind
    return next((place for place in PLACES if place == account.name), None)


def _made_up(number: int) -> str:
    return f"9{number:011d}"


def _ids(topology: Topology) -> dict[str, str]:
    """The id of every account; of one that is not vended yet, one that is made up."""
    return {one.name: one.id or _made_up(number) for number, one in enumerate(topology.accounts, start=1)}


def _with_ids(registry: Registry, ids: Mapping[str, str]) -> Registry:
    entries = {name: AccountEntry(id=entry.id or ids.get(name)) for name, entry in registry.accounts.items()}
    return registry.model_copy(update={"accounts": entries})
