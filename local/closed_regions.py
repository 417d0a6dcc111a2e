"""Regions that a service control policy closes to the accounts of an organization.

Of all that policies deny, this is enforced: a statement that denies everything outside some regions to everybody. It
is what decides in which order a region may be added. The management account is bound by none. See
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from moto.organizations import models

from local.properties import Json

_SCP = "SERVICE_CONTROL_POLICY"
_REGION = "aws:RequestedRegion"


@dataclass(frozen=True)
class ClosedRegion:
    """The denials that a call of an account in a region may run into."""

    spared: tuple[tuple[str, ...], ...]
    """For each of them, the patterns of the actions that it does not deny."""

    def denies(self, service: str, operation: str) -> bool:
        """Whether an operation is denied. Of an operation that nobody can name, only whole services are spared."""
        action = f"{service}:{operation or '?'}".lower()
        return any(not any(fnmatchcase(action, one.lower()) for one in spared) for spared in self.spared)


@dataclass(frozen=True)
class _Denial:
    regions: frozenset[str]
    """Those that it lets in."""
    spared: tuple[str, ...]


def closed_region(account: str, region: str) -> ClosedRegion | None:
    """What closes a region to an account; None when nothing does."""
    owner = models.organizations_backends.master_accounts.get(account)
    if owner is None:
        return None
    organization = models.organizations_backends[owner[0]][owner[1]]
    closing = [
        (policy, denial)
        for policy in organization.policies
        if policy.type == _SCP
        for denial in _denials(policy.content)
        if region not in denial.regions
    ]
    if not closing:
        return None
    around = frozenset(_around(organization, account))
    spared = [denial.spared for policy, denial in closing if any(one.id in around for one in policy.attachments)]
    return ClosedRegion(tuple(spared)) if spared else None


def _around(organization: models.OrganizationsBackend, id: str) -> Iterator[str]:
    """An account, and each unit that it is in, up to the root."""
    parents: dict[str, str | None] = {one.id: one.parent_id for one in organization.accounts}
    parents |= {one.id: one.parent_id for one in organization.ou}
    place: str | None = id
    while place is not None:
        yield place
        place = parents.get(place)


@lru_cache(maxsize=256)
def _denials(content: str) -> tuple[_Denial, ...]:
    document: dict[str, Json] = json.loads(content)
    written = document.get("Statement")
    statements = written if isinstance(written, list) else [written]
    return tuple(filter(None, map(_denial, statements)))


def _denial(statement: Json) -> _Denial | None:
    if not isinstance(statement, dict) or statement.get("Effect") != "Deny" or "NotAction" not in statement:
        return None
    condition = statement.get("Condition")
    if not isinstance(condition, dict) or list(condition) != ["StringNotEquals"]:
        return None
    tests = condition["StringNotEquals"]
    if not isinstance(tests, dict) or list(tests) != [_REGION]:
        return None
    return _Denial(frozenset(_texts(tests[_REGION])), tuple(_texts(statement["NotAction"])))


def _texts(value: Json) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value])]
