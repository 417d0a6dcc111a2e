"""Turns an organization that is there into a declaration of it, whose plan is empty.

What AWS does not know (domain, regions, addresses) comes from a base. What the platform would do to the organization is
written down as waiting, under `not_yet`: adopting changes nothing, and each line that is taken away is a small plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from accounts.policies.settled import settled_policies
from accounts.services import POLICY_TYPES, TRUSTED_SERVICES
from accounts.spec import OrganizationSpec, PlatformAccount
from accounts.topology import STAGING_OF, STANDARD_UNITS, SUSPENDED, WORKLOADS, UnitPath, path_text, topology_of
from accounts.units import Contacts, ExtraUnit
from accounts.vending import declaring
from accounts.vending.adopted_registry import adopted_registry
from accounts.vending.ignored import IgnoredParts
from accounts.vending.live import LiveAccount, LiveOrganization
from accounts.vending.plan import plan_of
from accounts.vending.recognition import ENVIRONMENTS, Cell, cell_of, is_address, is_path, named_like
from accounts.vending.shared_facts import other_administrators, shared_contacts, shared_tags
from accounts.vending.suspension import GONE, state_of
from accounts.vending.words import name_of
from constructs_lib.specs.errors import CellsError, InputError
from constructs_lib.specs.identity import Environment
from constructs_lib.specs.registry import AccountEntry, Registry

_ONE_BY_ONE = ("create-", "move-account", "enable-", "register-administrator")
"""Kinds of steps that wait by their full names. Of the others, which every account has, all wait together."""
_ROUNDS = 4


@dataclass(frozen=True)
class Wishes:
    """What a person says about an adoption."""

    accounts: Mapping[PlatformAccount, str] = field(default_factory=dict)
    """The id of each account of the platform that is to be one, whatever it is called."""
    known: Registry = Registry()
    """A registry that knows ranges and domains of cells already."""
    products: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The environments of products that have a file already."""
    subdomains: Mapping[str, str] = field(default_factory=dict)
    """The labels of products that have one other than their name."""


@dataclass(frozen=True)
class Adopted:
    """A declaration of what is there."""

    spec: OrganizationSpec
    registry: Registry
    products: Mapping[str, tuple[Environment, ...]]
    """The environments of every product."""
    notes: tuple[str, ...]
    """What could not be declared, and what to look at."""


def adopt(live: LiveOrganization, base: OrganizationSpec, wishes: Wishes | None = None) -> Adopted:
    """Declare what is there.

    Raises InputError when there is no organization, when a wished account is not in it, or when a pool has no room.
    """
    if not live.exists:
        raise InputError("there is no organization to adopt", hint="cells org apply builds one")
    return _Adoption(live, base, wishes or Wishes()).run()


class _Adoption:
    def __init__(self, live: LiveOrganization, base: OrganizationSpec, wishes: Wishes) -> None:
        self._live = live
        self._wishes = wishes
        self._notes: list[str] = []
        # What the base says of other organizations' accounts and units is not taken over.
        self._spec = base.model_copy(
            update={
                "emails": {},
                "units": (),
                "sandboxes": (),
                "canaries": (),
                "names": {},
                "account_tags": {},
                "tags": {},
                "contacts": Contacts(),
                "policy_types": tuple(one for one in live.policy_types if one not in POLICY_TYPES),
                "trusted_services": tuple(one for one in live.services if one not in TRUSTED_SERVICES),
                "delegated_administrators": {},
                "not_yet": (),
            }
        )
        self._declared: dict[str, LiveAccount] = {}
        self._entries: dict[str, AccountEntry] = {}
        self._cells: dict[Cell, LiveAccount] = {}

    def run(self) -> Adopted:
        left = self._platform()
        left = self._product_accounts(left)
        self._units()
        for account in left:
            self._other(account)
        self._spec = self._spec.model_copy(update={"units": _sorted_units(self._spec.units)})
        self._shared()
        registry = self._registry()
        products = self._products()
        return Adopted(self._waiting(registry, products), registry, products, tuple(self._notes))

    # Accounts

    def _platform(self) -> list[LiveAccount]:
        """Give the platform its accounts. Answers the others, sorted by name."""
        chosen: dict[str, LiveAccount] = {}
        for name in self._spec.platform_accounts:
            found = self._platform_account(name, {one.id for one in chosen.values()})
            if found is None:
                self._entries[name] = AccountEntry()
                self._notes.append(f"no account is the {name} of this organization; --account {name}=ID names one")
            else:
                chosen[name] = found
                self._declare(name, found)
        taken = {one.id for one in chosen.values()}
        return [one for one in self._live.accounts if one.id not in taken and one.state not in GONE]

    def _platform_account(self, name: PlatformAccount, taken: set[str]) -> LiveAccount | None:
        if name == "management":
            return self._live.account(id=self._live.management)
        wished = self._wishes.accounts.get(name)
        if wished is not None:
            there = self._live.account(id=wished)
            if there is None or there.id in taken:
                raise InputError(
                    f"the account {wished}, which is to be the {name}, is not there or is another one already",
                    hint="name an account of this organization with --account NAME=ID",
                )
            return there
        entry = self._wishes.known.accounts.get(name)
        known = self._live.account(id=entry.id) if entry is not None and entry.id is not None else None
        if known is not None:
            return known
        return named_like(name, self._live.accounts, taken)

    def _product_accounts(self, accounts: Sequence[LiveAccount]) -> list[LiveAccount]:
        """Give products their accounts. Answers the others."""
        ignored = IgnoredParts(self._spec, self._live)
        left: list[LiveAccount] = []
        for account in accounts:
            key = None if ignored.account(account) else cell_of(account)
            if key is None or not self._is_cell(key, account):
                left.append(account)
                continue
            self._cells[key] = account
            self._declare(f"{key[0]}-{key[1]}", account)
        return left

    def _is_cell(self, key: Cell, account: LiveAccount) -> bool:
        product, environment = key
        other = self._cells.get(key)
        declared = self._wishes.products.get(product)
        if other is not None:
            self._notes.append(f"{account.id} and {other.id} are both {product}-{environment}; {other.id} is taken")
        elif declared is not None and environment not in declared:
            self._notes.append(f"{account.name} ({account.id}): cells/products/{product}.yaml has no {environment}")
        elif not self._has_room(f"{product}-{environment}", account):
            return False
        return other is None and (declared is None or environment in declared)

    def _has_room(self, name: str, account: LiveAccount) -> bool:
        """Whether an account can be declared by this name."""
        return is_address(account.email) and name.lower() not in {one.lower() for one in self._declared}

    def _declare(self, name: str, account: LiveAccount) -> None:
        self._declared[name] = account
        if name not in {f"{product}-{environment}" for product, environment in self._cells}:
            self._entries[name] = AccountEntry(id=account.id, state=state_of(account))
        if self._spec.email_of(name) != account.email:
            self._spec = declaring.with_email(self._spec, name, account.email)
        if account.name != name and name != "management":
            self._spec = declaring.with_name(self._spec, name, account.name)

    def _units(self) -> None:
        """Declare every unit that is neither the platform's nor a product's nor ignored already."""
        ignored = IgnoredParts(self._spec, self._live)
        products = {(*WORKLOADS, product) for product, _ in self._cells} | {
            (*WORKLOADS, product) for product in self._wishes.products
        }
        for unit in self._live.units:
            if unit.path in (*STANDARD_UNITS, *STAGING_OF.values(), *products) or ignored.unit(unit.path):
                continue
            if not is_path(unit.path):
                self._notes.append(f"the unit {path_text(unit.path)} has a name that cannot be declared")
            elif not self._is_ignored(unit.path):
                self._spec = declaring.with_unit(self._spec, unit.path)

    def _is_ignored(self, path: UnitPath) -> bool:
        return IgnoredParts(self._spec, self._live).unit(path)

    def _other(self, account: LiveAccount) -> None:
        if account.unit == SUSPENDED or IgnoredParts(self._spec, self._live).account(account):
            return
        usable = is_address(account.email) and is_path(account.unit)
        if not usable or not (account.unit in declaring.LISTED or declaring.is_declarable(account.unit)):
            accounts = (*self._spec.ignore.accounts, account.id)
            ignored = self._spec.ignore.model_copy(update={"accounts": accounts})
            self._spec = self._spec.model_copy(update={"ignore": ignored})
            where = path_text(account.unit)
            self._notes.append(f"the account {account.name} ({account.id}) in {where} is ignored: nothing declares it")
            return
        name = declaring.free_name(account.name, self._declared)
        self._declared[name] = account
        self._entries[name] = AccountEntry(id=account.id, state=state_of(account))
        taken = [one for one in self._declared if one != name]
        self._spec = declaring.with_account(self._spec, account, taken)

    def _shared(self) -> None:
        """Declare once what accounts have in common."""
        active = [one for one in self._declared.values() if one.state == "ACTIVE"]
        note = self._notes.append
        self._spec = self._spec.model_copy(
            update={
                "tags": shared_tags(active),
                "contacts": shared_contacts(active, note),
                "delegated_administrators": other_administrators(self._live.administrators, self._declared, note),
            }
        )

    def _registry(self) -> Registry:
        return adopted_registry(
            self._live,
            self._spec,
            entries=self._entries,
            cells=self._cells,
            known=self._wishes.known,
            subdomains=self._wishes.subdomains,
            note=self._notes.append,
        )

    def _products(self) -> dict[str, tuple[Environment, ...]]:
        found: dict[str, tuple[Environment, ...]] = {
            product: tuple(one for one in ENVIRONMENTS if one in environments)
            for product, environments in self._wishes.products.items()
        }
        for product, environment in self._cells:
            if product not in self._wishes.products:
                found[product] = (*found.get(product, ()), environment)
        return {
            product: tuple(one for one in ENVIRONMENTS if one in environments)
            for product, environments in sorted(found.items())
        }

    # What waits

    def _waiting(self, registry: Registry, products: Mapping[str, Sequence[str]]) -> OrganizationSpec:
        """The declaration with everything that the platform would do, as waiting."""
        spec = _checked(self._spec)
        for _ in range(_ROUNDS):
            topology = topology_of(spec, products, registry)
            steps = plan_of(spec, topology, self._live, settled_policies(spec, registry, topology)).steps
            if not steps:
                return spec
            spec = _checked(
                declaring.holding_back(spec, *sorted({_pattern(name_of(step), step.kind) for step in steps}))
            )
        raise CellsError(f"the adopted organization would still be changed: {', '.join(name_of(one) for one in steps)}")


def _pattern(name: str, kind: str) -> str:
    return name if kind.startswith(_ONE_BY_ONE) else f"{kind}:*"


def _checked(spec: OrganizationSpec) -> OrganizationSpec:
    """The spec, validated: a copy with changes was not."""
    try:
        return OrganizationSpec.model_validate(spec.model_dump(mode="json"))
    except ValidationError as error:
        detail = error.errors()[0]
        where = ".".join(str(step) for step in detail["loc"])
        raise InputError(f"what is there cannot be declared: {where}: {detail['msg']}") from None


def _sorted_units(units: Sequence[ExtraUnit]) -> tuple[ExtraUnit, ...]:
    """Units by name, and their accounts by name: the same organization gives the same file."""
    return tuple(
        unit.model_copy(
            update={
                "units": _sorted_units(unit.units),
                "accounts": tuple(sorted(unit.accounts, key=lambda one: one.name)),
            }
        )
        for unit in sorted(units, key=lambda unit: unit.name)
    )
