"""The tree of an organization: every organizational unit and every account, from what is declared.

Security · Shared Services · Workloads with a unit for each product · Sandbox · Onboarding, where new accounts wait for
their baseline · Suspended, for those that are closing · Policy Staging, where a new guardrail is tried first. Pure:
it reads the spec, the products and the registry that it is given.
See https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/recommended-ous-and-accounts.html.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from accounts.deployed_regions import cell_regions, platform_regions, usual_regions
from accounts.spec import OrganizationSpec
from accounts.units import MAX_NAME, ExtraUnit, root_email
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Region
from constructs_lib.specs.registry import AccountEntry, CellEntry, Registry

UnitPath = tuple[str, ...]
"""The names from the root on: `("Workloads", "acme-crm")`. Empty is the root itself."""

SECURITY: UnitPath = ("Security",)
SHARED_SERVICES: UnitPath = ("Shared Services",)
WORKLOADS: UnitPath = ("Workloads",)
SANDBOX: UnitPath = ("Sandbox",)
ONBOARDING: UnitPath = ("Onboarding",)
SUSPENDED: UnitPath = ("Suspended",)
POLICY_STAGING: UnitPath = ("Policy Staging",)

STANDARD_UNITS: tuple[UnitPath, ...] = (
    SECURITY,
    SHARED_SERVICES,
    WORKLOADS,
    SANDBOX,
    ONBOARDING,
    SUSPENDED,
    POLICY_STAGING,
)

STAGING_OF: Mapping[UnitPath, UnitPath] = {
    (): POLICY_STAGING,
    **{unit: (*POLICY_STAGING, *unit) for unit in STANDARD_UNITS if unit != POLICY_STAGING},
}
"""Where a policy is tried before it comes to the root or to a unit.

Policy Staging has the shape of the tree: what is for the root is tried on all that is in it, what is for Workloads in
`Policy Staging/Workloads`. So what closes an account of Suspended closes no other one while it is tried.
"""

MAX_DEPTH = 5
"""Levels of units below the root that AWS takes."""

_PLATFORM_UNITS: Mapping[str, UnitPath] = {
    "management": (),
    "security-tooling": SECURITY,
    "log-archive": SECURITY,
    "network-hub": SHARED_SERVICES,
    "shared-services": SHARED_SERVICES,
    "ci-cd": SHARED_SERVICES,
}

Kind = Literal["management", "platform", "cell", "sandbox", "canary", "extra"]


@dataclass(frozen=True)
class Unit:
    """An organizational unit."""

    path: UnitPath

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path[-1]

    @property
    def parent(self) -> UnitPath:
        """The unit around it; empty for the root."""
        return self.path[:-1]


@dataclass(frozen=True)
class Account:
    """An account as it is declared."""

    name: str
    email: str
    unit: UnitPath
    kind: Kind
    id: str | None = None
    """Twelve digits once the registry knows it."""
    tags: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    """What AWS calls it."""
    regions: tuple[Region, ...] = ()
    """Where the CDK deploys something into it."""

    @property
    def pending(self) -> bool:
        """Whether it has no id yet."""
        return self.id is None


@dataclass(frozen=True)
class Topology:
    """The whole tree."""

    units: tuple[Unit, ...]
    """Every unit after the one around it."""
    accounts: tuple[Account, ...]
    """Sorted by unit and name; the management account first."""

    def account(self, name: str) -> Account:
        """The account of a name. Raises InputError when there is none."""
        for account in self.accounts:
            if account.name == name:
                return account
        raise InputError(f"no account '{name}' is declared", hint="`cells org show` lists them")

    def inside(self, path: UnitPath) -> tuple[Account, ...]:
        """The accounts directly in a unit."""
        return tuple(account for account in self.accounts if account.unit == path)


def path_text(path: UnitPath) -> str:
    """`Workloads/acme-crm`; `Root` for the root."""
    return "/".join(path) or "Root"


def topology_of(spec: OrganizationSpec, products: Mapping[str, Sequence[str]], registry: Registry) -> Topology:
    """Build the tree. `products` are the environments of each product.

    An account that the registry records as `closing` is in the unit Suspended; one that is `closed` is not there.

    Raises InputError for two accounts with one name or address, an address that AWS does not take, two units with one
    path, or units nested deeper than AWS takes.
    """
    staging = (unit for unit in STAGING_OF.values() if unit != POLICY_STAGING)
    units = [*STANDARD_UNITS, *staging, *((*WORKLOADS, product) for product in sorted(products))]
    extra = list(_extra_units(spec.units, ()))
    accounts = [
        *_platform(spec, registry),
        *_cells(spec, products, registry),
        *_sandboxes(spec, registry),
        *_canaries(spec, registry),
        *_extra_accounts(spec, spec.units, (), registry),
    ]
    _refuse_depth(extra)
    _refuse_twice("organizational unit", [path_text(path) for path in (*units, *extra)])
    _refuse_twice("account", [account.name for account in accounts])
    _refuse_twice("root address", [account.email for account in accounts])
    _refuse_addresses(accounts)
    ordered = sorted((Unit(path) for path in (*units, *extra)), key=lambda unit: (len(unit.path), unit.path))
    return Topology(tuple(ordered), tuple(sorted(accounts, key=lambda one: (one.unit, one.name))))


def _platform(spec: OrganizationSpec, registry: Registry) -> Iterator[Account]:
    for name in spec.platform_accounts:
        kind: Kind = "management" if name == "management" else "platform"
        regions = platform_regions(spec, registry, name)
        yield from _account(spec, name, _PLATFORM_UNITS[name], kind, registry.accounts.get(name), regions=regions)


def _cells(spec: OrganizationSpec, products: Mapping[str, Sequence[str]], registry: Registry) -> Iterator[Account]:
    """One account for each product and environment; a second region of a cell lives in the same account."""
    recorded: dict[tuple[str, str], list[CellEntry]] = {}
    for cell in registry.cells:
        recorded.setdefault((cell.product, cell.environment), []).append(cell)
    for product, environments in sorted(products.items()):
        for environment in environments:
            tags = {"product": product, "environment": environment}
            unit, cells = (*WORKLOADS, product), recorded.get((product, environment), [])
            vended = [AccountEntry(id=cell.account, state=cell.state) for cell in cells if cell.account]
            entry, regions = vended[-1] if vended else None, cell_regions(spec, cells)
            yield from _account(spec, f"{product}-{environment}", unit, "cell", entry, tags, regions=regions)


def _sandboxes(spec: OrganizationSpec, registry: Registry) -> Iterator[Account]:
    for sandbox in spec.declared_sandboxes:
        tags = {"owner": sandbox.owner} if sandbox.owner else {}
        if sandbox.expires is not None:
            tags["expires"] = sandbox.expires.isoformat()
        yield from _account(spec, sandbox.name, SANDBOX, "sandbox", registry.accounts.get(sandbox.name), tags)


def _canaries(spec: OrganizationSpec, registry: Registry) -> Iterator[Account]:
    """They stand for the accounts of cells: most guardrails are for these."""
    for name in spec.canaries:
        yield from _account(spec, name, STAGING_OF[WORKLOADS], "canary", registry.accounts.get(name))


def _extra_accounts(
    spec: OrganizationSpec, units: Sequence[ExtraUnit], around: UnitPath, registry: Registry
) -> Iterator[Account]:
    for unit in units:
        path = (*around, unit.name)
        for extra in unit.accounts:
            entry = registry.accounts.get(extra.name)
            yield from _account(spec, extra.name, path, "extra", entry, email=extra.email)
        yield from _extra_accounts(spec, unit.units, path, registry)


def _extra_units(units: Sequence[ExtraUnit], around: UnitPath) -> Iterator[UnitPath]:
    for unit in units:
        path = (*around, unit.name)
        yield path
        yield from _extra_units(unit.units, path)


def _account(
    spec: OrganizationSpec,
    name: str,
    unit: UnitPath,
    kind: Kind,
    entry: AccountEntry | None,
    tags: Mapping[str, str] | None = None,
    *,
    email: str | None = None,
    regions: tuple[Region, ...] = (),
) -> Iterator[Account]:
    """The account, unless it is closed."""
    state = entry.state if entry else "pending"
    if state == "closed":
        return
    own = spec.account_tags.get(name, {})
    all_tags = {**spec.tags, **own, "organization": spec.name, "managed-by": "cells", **(tags or {})}
    place = SUSPENDED if state == "closing" else unit
    id, title = entry.id if entry else None, spec.names.get(name, name)
    own_regions = regions or usual_regions(spec)
    yield Account(name, email or spec.email_of(name), place, kind, id, all_tags, title, own_regions)


def _refuse_depth(paths: Collection[UnitPath]) -> None:
    for path in paths:
        if len(path) > MAX_DEPTH:
            raise InputError(
                f"the unit {path_text(path)} is {len(path)} levels below the root, AWS takes {MAX_DEPTH}",
                hint="move it up in accounts/organization.yaml",
            )


def _refuse_twice(what: str, names: Collection[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise InputError(
                f"two declarations have the {what} '{name}'", hint="rename one in accounts/organization.yaml"
            )
        seen.add(name.lower())


def _refuse_addresses(accounts: Sequence[Account]) -> None:
    for account in accounts:
        try:
            root_email(account.email)
        except ValueError as error:
            raise InputError(
                f"the root address '{account.email}' of the account '{account.name}' {error}",
                hint="shorten `email` in accounts/organization.yaml, or give the account its own under `emails`",
            ) from None
        if len(account.name) > MAX_NAME:
            raise InputError(
                f"the account name '{account.name}' has {len(account.name)} characters, AWS takes {MAX_NAME}",
                hint="give it a shorter name",
            )
