"""Packs the statements of guardrails into as few policies as fit, for each root or unit that they are attached to.

Equal guardrails give equal policies, in whatever order they are declared: the largest statement goes first, each into
the first policy that has room for it. See
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from accounts.policies.facts import PolicyFacts
from accounts.policies.guardrail import Guardrail, PolicyType
from accounts.policies.substitution import content_of, minified, statements_of
from accounts.quotas import quota
from accounts.topology import UnitPath, path_text
from constructs_lib.specs.errors import InputError

VERSION: Final = "2012-10-17"
_EMPTY: Final = len(minified({"Version": VERSION, "Statement": []}))


@dataclass(frozen=True)
class Limits:
    """What AWS takes of one type of policy."""

    characters: int
    """Of one policy."""
    policies: int
    """On one root, unit or account; what AWS itself attaches is taken off."""


@dataclass(frozen=True)
class OrganizationPolicy:
    """One policy as AWS gets it."""

    name: str
    type: PolicyType
    target: UnitPath
    """The root or unit that it is attached to."""
    content: JsonValue
    guardrails: tuple[str, ...]
    """The names of those that it holds, in whole or in part."""

    @property
    def text(self) -> str:
        """The content as AWS counts it."""
        return minified(self.content)


@dataclass(frozen=True)
class _Part:
    """A statement and where it comes from."""

    guardrail: str
    sid: str
    statement: dict[str, JsonValue]
    size: int


_SHORT: Final[Mapping[PolicyType, str]] = {
    "SERVICE_CONTROL_POLICY": "scp",
    "RESOURCE_CONTROL_POLICY": "rcp",
    "DECLARATIVE_POLICY_EC2": "ec2",
    "TAG_POLICY": "tags",
    "BACKUP_POLICY": "backup",
    "AISERVICES_OPT_OUT_POLICY": "ai",
    "SECURITYHUB_POLICY": "security-hub",
    "INSPECTOR_POLICY": "inspector",
    "GUARDDUTY_POLICY": "guardduty",
    "S3_POLICY": "s3",
}
_QUOTAS: Final[Mapping[PolicyType, tuple[str, str, int]]] = {
    "SERVICE_CONTROL_POLICY": ("scp_characters", "scps_per_target", 1),
    "RESOURCE_CONTROL_POLICY": ("rcp_characters", "rcps_per_target", 1),
    "DECLARATIVE_POLICY_EC2": ("declarative_characters", "declarative_per_target", 0),
    "TAG_POLICY": ("tag_characters", "tags_per_target", 0),
    "BACKUP_POLICY": ("backup_characters", "backups_per_target", 0),
    "AISERVICES_OPT_OUT_POLICY": ("ai_opt_out_characters", "ai_opt_outs_per_target", 0),
    "SECURITYHUB_POLICY": ("security_hub_characters", "security_hubs_per_target", 0),
    "INSPECTOR_POLICY": ("inspector_characters", "inspectors_per_target", 0),
    "GUARDDUTY_POLICY": ("guardduty_characters", "guardduties_per_target", 0),
    "S3_POLICY": ("s3_characters", "s3s_per_target", 0),
}
"""The two rows of the table, and how many policies AWS itself attaches: FullAWSAccess and RCPFullAWSAccess."""


def limits_of(type: PolicyType, live: Mapping[str, int] | None = None) -> Limits:
    """What AWS takes of a type of policy; `live` are the quotas that AWS itself has answered."""
    characters, policies, of_aws = _QUOTAS[type]
    return Limits(quota(characters, live), quota(policies, live) - of_aws)


def policies_of(
    guardrails: Iterable[Guardrail], facts: PolicyFacts, live: Mapping[str, int] | None = None
) -> tuple[OrganizationPolicy, ...]:
    """Every policy of an organization, by type and target.

    Raises InputError when the guardrails of a target do not fit: it says which, by how much, and what is the largest.
    """
    by_target: dict[tuple[PolicyType, UnitPath], list[Guardrail]] = {}
    for guardrail in guardrails:
        for target in guardrail.attached:
            by_target.setdefault((guardrail.type, target), []).append(guardrail)
    found: list[OrganizationPolicy] = []
    for (type, target), some in sorted(by_target.items(), key=lambda item: item[0]):
        build = _authorizing if some[0].authorizes else _setting
        found += build(type, target, some, facts, limits_of(type, live))
    return tuple(found)


def _authorizing(
    type: PolicyType, target: UnitPath, guardrails: Sequence[Guardrail], facts: PolicyFacts, limits: Limits
) -> Iterator[OrganizationPolicy]:
    """SCPs or RCPs, whose statements share policies."""
    parts = list(_parts(guardrails, facts))
    bins = _pack(parts, limits.characters)
    _refuse_twice(parts, type, target)
    _refuse_overflow(bins, parts, type, target, limits)
    for number, some in enumerate(bins, start=1):
        content: JsonValue = {"Version": VERSION, "Statement": [part.statement for part in some]}
        names = tuple(sorted({part.guardrail for part in some}))
        yield OrganizationPolicy(_name(type, target, str(number), facts), type, target, content, names)


def _setting(
    type: PolicyType, target: UnitPath, guardrails: Sequence[Guardrail], facts: PolicyFacts, limits: Limits
) -> Iterator[OrganizationPolicy]:
    """Policies of the other types: one for each guardrail."""
    if len(guardrails) > limits.policies:
        raise InputError(
            f"{path_text(target)} has {len(guardrails)} policies of type {type}, AWS takes {limits.policies}",
            hint="merge guardrails, or attach some of them to the units below",
        )
    for guardrail in sorted(guardrails, key=lambda one: one.name):
        content = content_of(guardrail, facts)
        policy = OrganizationPolicy(
            _name(type, target, guardrail.name, facts), type, target, content, (guardrail.name,)
        )
        if (size := len(policy.text)) > limits.characters:
            raise InputError(
                f"the policy '{guardrail.name}' of type {type} has {size:,} characters, {size - limits.characters:,} "
                f"more than the {limits.characters:,} that AWS takes",
                hint="shorten it, or divide it",
            )
        yield policy


def _name(type: PolicyType, target: UnitPath, last: str, facts: PolicyFacts) -> str:
    unit = "-".join(part.lower().replace(" ", "-") for part in target) or "root"
    return f"{facts.organization}-{_SHORT[type]}-{unit}-{last}"


def _parts(guardrails: Iterable[Guardrail], facts: PolicyFacts) -> Iterator[_Part]:
    for guardrail in guardrails:
        for statement in statements_of(guardrail, facts):
            yield _Part(guardrail.name, str(statement["Sid"]), statement, len(minified(statement)))


def _pack(parts: Iterable[_Part], characters: int) -> list[list[_Part]]:
    """First fit, largest first; equal sizes by Sid, so that the order of declaration does not matter."""
    bins: list[list[_Part]] = []
    for part in sorted(parts, key=lambda one: (-one.size, one.sid, one.guardrail)):
        place = next((some for some in bins if _size([*some, part]) <= characters), None)
        if place is None:
            bins.append([part])
        else:
            place.append(part)
    return bins


def _size(parts: Sequence[_Part]) -> int:
    """The characters of a policy with these statements and the commas between them."""
    return _EMPTY + sum(part.size for part in parts) + len(parts) - 1


def _refuse_twice(parts: Sequence[_Part], type: PolicyType, target: UnitPath) -> None:
    twice = [sid for sid, count in Counter(part.sid for part in parts).items() if count > 1]
    if twice:
        owners = sorted(part.guardrail for part in parts if part.sid == twice[0])
        raise InputError(
            f"the Sid {twice[0]} stands twice among the {_SHORT[type].upper()}s of {path_text(target)}, "
            f"in {' and '.join(owners)}",
            hint="give one of the statements another Sid",
        )


def _refuse_overflow(
    bins: Sequence[Sequence[_Part]], parts: Sequence[_Part], type: PolicyType, target: UnitPath, limits: Limits
) -> None:
    sizes: Counter[str] = Counter()
    for part in parts:
        sizes[part.guardrail] += part.size
    too_large = [some[0] for some in bins if _size(some) > limits.characters]
    over = sum(_size(some) for some in bins[limits.policies :])
    if not too_large and not over:
        return
    guardrail, size = max(sizes.items(), key=lambda item: (item[1], item[0]))
    where = f"the {_SHORT[type].upper()}s of {path_text(target)}"
    if too_large:
        part = too_large[0]
        raise InputError(
            f"{where}: the statement {part.sid} of '{part.guardrail}' alone makes a policy of {_size([part]):,} "
            f"characters, {_size([part]) - limits.characters:,} more than the {limits.characters:,} that AWS takes",
            hint="divide the statement",
        )
    raise InputError(
        f"{where} need {len(bins)} policies of {limits.characters:,} characters, AWS takes {limits.policies} more "
        f"beside its own: {over:,} characters are over; the largest guardrail is '{guardrail}' with {size:,}",
        hint="shorten it, or attach guardrails to the units below",
    )
