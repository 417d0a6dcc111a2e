"""What accounts and units that somebody else made mean to the platform: by their tags, names and places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from accounts.spec import PlatformAccount
from accounts.topology import WORKLOADS, UnitPath
from accounts.units import UnitName, root_email
from accounts.vending.live import LiveAccount
from constructs_lib.specs.identity import Environment, ProductName

ENVIRONMENTS: tuple[Environment, ...] = get_args(Environment)

Cell = tuple[str, Environment]
"""A product and an environment."""

_ALIASES: Mapping[PlatformAccount, tuple[str, ...]] = {
    "security-tooling": ("security-tooling", "security", "audit"),
    "log-archive": ("log-archive", "logarchive", "logging", "logs"),
    "network-hub": ("network-hub", "network", "networking"),
    "shared-services": ("shared-services", "sharedservices", "shared"),
    "ci-cd": ("ci-cd", "cicd", "deployment", "deployments"),
}
"""What accounts of the platform are called in other landing zones, in small letters."""

_PRODUCT: TypeAdapter[str] = TypeAdapter(ProductName)
_UNIT: TypeAdapter[str] = TypeAdapter(UnitName)


def named_like(name: PlatformAccount, accounts: Sequence[LiveAccount], taken: Collection[str]) -> LiveAccount | None:
    """The one account that is called as other landing zones call this one of the platform. `taken` are ids."""
    for alias in _ALIASES[name]:
        found = [
            one
            for one in accounts
            if _slug(one.name) == alias and one.id not in taken and one.state == "ACTIVE" and not _tagged_cell(one)
        ]
        if len(found) == 1:
            return found[0]
    return None


def cell_of(account: LiveAccount) -> Cell | None:
    """The product and the environment of an account: by its tags, else by its name in a unit of Workloads."""
    tagged = _tagged_cell(account)
    if tagged:
        return tagged
    if len(account.unit) != 2 or account.unit[:1] != WORKLOADS:
        return None
    product, name = account.unit[1], _slug(account.name)
    for environment in ENVIRONMENTS:
        if name in (environment, f"{product}-{environment}") and _fits(product, _PRODUCT):
            return product, environment
    return None


def is_path(path: UnitPath) -> bool:
    """Whether every unit of a path has a name that can be declared."""
    return all(_fits(name, _UNIT) for name in path)


def is_address(email: str) -> bool:
    """Whether an account with this root address can be declared."""
    try:
        root_email(email)
    except ValueError:
        return False
    return True


def email_pattern(accounts: Sequence[LiveAccount]) -> str:
    """The pattern that most root addresses follow: `aws+{account}@example.com`. Empty when none does."""
    found: Counter[str] = Counter()
    for account in accounts:
        local, _, domain = account.email.partition("@")
        for name in (account.name, _slug(account.name)):
            if name and name in local:
                found[f"{local.replace(name, '{account}', 1)}@{domain}"] += 1
                break
    return next((pattern for pattern, _ in found.most_common(1)), "")


def _tagged_cell(account: LiveAccount) -> Cell | None:
    product, tagged = account.tags.get("product", ""), account.tags.get("environment", "")
    environment = next((one for one in ENVIRONMENTS if one == tagged), None)
    return (product, environment) if environment is not None and _fits(product, _PRODUCT) else None


def _fits(name: str, kind: TypeAdapter[str]) -> bool:
    try:
        kind.validate_python(name)
    except ValidationError:
        return False
    return True


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-").removesuffix("-account")
