"""Proves the guardrails of an organization: every call of the table, over everything that its account inherits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from accounts.policies.calls.call import Call
from accounts.policies.calls.settings import Setting
from accounts.policies.guardrail import Guardrail
from accounts.policies.substitution import expanded
from assembly.policy.decision import Decision
from assembly.policy.document import Policy
from assembly.policy.evaluate import evaluate
from assembly.policy.policies import Policies
from assembly.policy.principal import Principal
from assembly.policy.rcp_services import RCP_SERVICES
from assembly.policy.request import Context, Request, Resource
from cells.cli.guardrail_callers import caller, keys_of
from cells.cli.guardrail_ground import ProofGround, Standing, everything
from constructs_lib.specs.region import EDGE_REGION

_GLOBAL: Final = frozenset(
    {"account", "billing", "budgets", "ce", "cloudfront", "iam", "organizations", "pricing", "route53", "savingsplans"}
)
"""Services whose calls all count as us-east-1."""

_SOMEWHERE: Final = ("ap-southeast-2", "sa-east-1", "us-west-2", "eu-north-1", "ca-central-1", "ap-south-1")
_FAR_AWAY: Final = "mx-central-1"

_IDENTITY: Final = everything("identity")
_SESSION: Final = everything("session")
_OPEN: Final = everything("resource", principal="*")
_TRUST: Final = everything("trust", principal="*")


@dataclass(frozen=True)
class Outcome:
    """What a call came to in one account."""

    call: Call
    account: str
    """The caller's account, and that of the resource if it is another."""
    decision: Decision
    guardrail: str = ""
    """What denied it."""

    @property
    def passed(self) -> bool:
        """Whether the call did what it has to do, and failed because of a guardrail if it has to fail."""
        return self.decision.allowed if self.call.works else self.decision.denied and bool(self.guardrail)

    @property
    def locks_out(self) -> bool:
        """Whether somebody is locked out who must never be."""
        return self.call.vital and not self.passed


@dataclass(frozen=True)
class Proof:
    """The outcomes of all calls and settings."""

    outcomes: tuple[Outcome, ...]
    unset: tuple[str, ...]
    """Settings that do not hold, one sentence each."""
    unproved: tuple[str, ...]
    """Guardrails that deny no call of the table: nobody would notice if they were gone."""

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """Calls that came out wrong, but for those that lock somebody out."""
        return tuple(one for one in self.outcomes if not one.passed and not one.locks_out)

    @property
    def lockouts(self) -> tuple[Outcome, ...]:
        """Calls by which somebody is locked out who must never be."""
        return tuple(one for one in self.outcomes if one.locks_out)

    @property
    def holds(self) -> bool:
        """Whether everything is as it has to be."""
        return not (self.failures or self.lockouts or self.unset or self.unproved)

    @property
    def denied_by(self) -> Mapping[str, int]:
        """How many calls each guardrail denied."""
        return Counter(one.guardrail for one in self.outcomes if one.guardrail)


def prove(
    ground: ProofGround, guardrails: Sequence[Guardrail], calls: Iterable[Call], settings: Iterable[Setting] = ()
) -> Proof:
    """Evaluate every call in every account that it means."""
    owners = {statement.sid: one.name for one in guardrails for statement in one.statements}
    meant = (call for call in calls if ground.facts.edge_only_regions or not call.edge_only)
    outcomes = tuple(outcome for call in meant for outcome in outcomes_of(ground, call, owners))
    seen = {one.guardrail for one in outcomes}
    unproved = tuple(one.name for one in guardrails if one.authorizes and one.name not in seen)
    return Proof(outcomes, tuple(_unset(ground, settings)), unproved)


def outcomes_of(ground: ProofGround, call: Call, owners: Mapping[str, str]) -> Iterator[Outcome]:
    """What one call comes to, for each account that it means. `owners` are the guardrails by Sid."""
    for mine in ground.standing[call.where]:
        others = (mine,) if call.owner in (None, call.where) else ground.standing[call.owner or call.where]
        for theirs in others:
            names = mine.name if mine is theirs else f"{mine.name} → {theirs.name}"
            for region in _regions(ground, call):
                decision = _decide(ground, call, mine, theirs, region)
                told = f"{names} in {region}" if call.region == "further" else names
                yield Outcome(call, told, decision, _guardrail(decision, owners))


def _guardrail(decision: Decision, owners: Mapping[str, str]) -> str:
    if not decision.denied or not decision.matched:
        return ""
    match = decision.matched[0]
    return owners.get(match.statement.sid, "") if match.policy.kind in ("scp", "rcp") else ""


def _decide(ground: ProofGround, call: Call, mine: Standing, theirs: Standing, region: str) -> Decision:
    principal = caller(call.who, mine.account if call.who != "github" else theirs.account, ground.facts)
    values = {**ground.facts.values(), "account": (theirs.account.id,), "region": (region,)}
    (arn,) = expanded([call.resource], values, call.sentence)
    resource = Resource(arn) if arn == "*" else Resource(arn, theirs.account)
    request = Request(principal, call.action, resource, _context(call, mine, values), region, ())
    policies = Policies(
        identity=(_IDENTITY,) if principal.account else (),
        session=(_SESSION,) if principal.assumed_root else (),
        resource=_resource_policy(request, principal, same=mine is theirs),
        scps=mine.scps if principal.account else None,
        rcps=theirs.rcps,
    )
    return evaluate(request, policies)


def _resource_policy(request: Request, principal: Principal, *, same: bool) -> Policy | None:
    """A policy that lets everybody in, wherever one could be: then only a guardrail can deny."""
    if principal.kind == "federated":
        return everything("trust", principal="*", provider=principal.arn)
    if request.resource.is_role and request.service == "sts":
        return _TRUST
    needed = principal.account is None or not same or request.service in RCP_SERVICES
    return _OPEN if needed and request.resource.arn != "*" else None


def _context(call: Call, mine: Standing, values: Mapping[str, tuple[str, ...]]) -> Context:
    """The keys of a request. Whoever does honest work comes with TLS, as everybody does today."""
    given, absent = keys_of(call.who, mine.account)
    written = {**({"aws:SecureTransport": True} if call.works else {}), **given, **call.context}
    filled = {
        key: value if isinstance(value, bool) else expanded((value,) if isinstance(value, str) else value, values, key)
        for key, value in written.items()
    }
    return Context.of(filled, absent=(*absent, *call.absent), complete=call.works)


def _regions(ground: ProofGround, call: Call) -> tuple[str, ...]:
    """The regions of a call: one, but for each further governed one."""
    facts = ground.facts
    if call.region == "elsewhere":
        return (next((one for one in _SOMEWHERE if one not in facts.governed_regions), _FAR_AWAY),)
    if call.region == "edge" or call.action.partition(":")[0] in _GLOBAL:
        return (EDGE_REGION,)
    return facts.further_regions if call.region == "further" else (facts.home_region,)


def _unset(ground: ProofGround, settings: Iterable[Setting]) -> Iterator[str]:
    for setting in settings:
        values = ground.facts.values()
        wanted: JsonValue = (
            list[JsonValue](expanded(setting.value, values, setting.sentence))
            if isinstance(setting.value, tuple)
            else expanded([setting.value], values, setting.sentence)[0]
        )
        for place in setting.where:
            for one in ground.standing[place]:
                found = effective(ground, one, setting)
                if found != wanted:
                    yield f"{setting.sentence} in {one.name}: {found!r} instead of {wanted!r}"


def effective(ground: ProofGround, standing: Standing, setting: Setting) -> JsonValue:
    """The value of a setting in an account: that of the nearest policy above it that has one."""
    found: JsonValue = None
    for policy in ground.settings_on(standing.path, setting.type):
        value = policy.content
        for step in (*setting.path, "@@assign"):
            value = value.get(step) if isinstance(value, dict) else None
        found = value if value is not None else found
    return found
