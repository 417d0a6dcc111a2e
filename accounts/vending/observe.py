"""Reads the live organization, whole, and the same twice: everything is sorted.

One call for each unit instead of one for each account finds where accounts are. What AWS does not list for many at once
(tags, contacts) is asked for a few at a time. See
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, get_args

from accounts.names import BASELINE_STACK_SETS
from accounts.policies.stack_place import PolicyStack, policy_stack
from accounts.spec import OrganizationSpec
from accounts.topology import UnitPath
from accounts.vending.baseline import baseline_states
from accounts.vending.clients import VendingClients
from accounts.vending.control_tower import read_control_tower
from accounts.vending.cost_tags import read_cost_tags
from accounts.vending.designation import untold
from accounts.vending.errors import code_of, told
from accounts.vending.identity_center import read_identity_center
from accounts.vending.listing import Listing
from accounts.vending.live import (
    AccountState,
    ContactKind,
    LiveAccount,
    LiveAdministrator,
    LiveContact,
    LiveOrganization,
    LiveUnit,
)
from accounts.vending.policy_observation import observed_policies

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import AccountTypeDef, OrganizationTypeDef

CONTACT_SERVICE = "account.amazonaws.com"
"""Without its trusted access the contacts of members can be neither read nor written."""

_STATES: dict[str, AccountState] = {state: state for state in get_args(AccountState)}


def observe_declared(clients: VendingClients, spec: OrganizationSpec) -> LiveOrganization:
    """Read of the organization what a plan for this declaration compares. Raises CellsError when AWS refuses."""
    live = observe(clients, contacts=contacts_declared(spec), home_region=spec.home_region, stack=policy_stack(spec))
    if live.exists:
        tags = read_cost_tags(clients, spec.budgets.cost_allocation_tags)
        live = live.model_copy(update={"cost_tags": dict(tags)})
    return with_untold(clients, live, spec.governed_regions)


def with_untold(clients: VendingClients, live: LiveOrganization, regions: Sequence[str]) -> LiveOrganization:
    """The same, with what services themselves say of their administrators in these regions."""

    def asked(one: LiveAdministrator) -> LiveAdministrator:
        return one.model_copy(update={"untold": untold(clients, one.principal, one.account, regions)})

    with told("the administrators of services cannot be read"):
        return live.model_copy(update={"administrators": tuple(clients.map(asked, live.administrators))})


def observe(
    clients: VendingClients,
    *,
    contacts: bool = False,
    home_region: str | None = None,
    stack: PolicyStack | None = None,
) -> LiveOrganization:
    """Read the organization of the credentials; its alternate contacts only when asked: three calls an account.

    What has a home region (baselines, IAM Identity Center, Control Tower) is read in the one that is given.
    Without the stack that holds the content of policies, every policy counts as one that it holds. Raises CellsError
    when AWS refuses.
    """
    with told("the organization cannot be read"):
        described = _describe(clients)
        if described is None:
            return LiveOrganization(management=clients.caller)
        live = _Observation(clients, described["MasterAccountId"]).read(described["Id"], contacts=contacts, stack=stack)
        return live if home_region is None else _with_home(clients, live, home_region)


def _with_home(clients: VendingClients, live: LiveOrganization, region: str) -> LiveOrganization:
    return live.model_copy(
        update={
            "baselines": dict(baseline_states(clients, BASELINE_STACK_SETS, region=region)),
            "identity_center": read_identity_center(clients, region),
            "control_tower": read_control_tower(clients, region, live.services, live.units),
        }
    )


def contacts_declared(spec: OrganizationSpec) -> bool:
    """Whether alternate contacts are declared, and so have to be read."""
    return any((spec.contacts.billing, spec.contacts.operations, spec.contacts.security))


def _describe(clients: VendingClients) -> OrganizationTypeDef | None:
    from botocore.exceptions import ClientError

    try:
        return clients.patience.call(clients.organizations.describe_organization)["Organization"]
    except ClientError as error:
        if code_of(error) != "AWSOrganizationsNotInUseException":
            raise
        return None


class _Observation:
    def __init__(self, clients: VendingClients, management: str) -> None:
        self._clients = clients
        self._list = Listing(clients.organizations, clients.patience)
        self._management = management

    def read(self, id: str, *, contacts: bool, stack: PolicyStack | None) -> LiveOrganization:
        root = self._list.root()
        services = tuple(sorted(self._list.services()))
        units, placed = self._tree(root["Id"])
        return LiveOrganization(
            id=id,
            management=self._management,
            root=root["Id"],
            units=tuple(sorted(units, key=lambda unit: unit.path)),
            accounts=self._accounts(placed, contacts=contacts, of_members=CONTACT_SERVICE in services),
            policy_types=tuple(sorted(one["Type"] for one in root["PolicyTypes"] if one["Status"] == "ENABLED")),
            services=services,
            administrators=self._administrators(),
            root_features=self._root_features(),
            policies=observed_policies(
                self._clients, self._list, {root["Id"]: (), **{unit.id: unit.path for unit in units}}, stack
            ),
        )

    def _tree(self, root: str) -> tuple[list[LiveUnit], list[tuple[UnitPath, AccountTypeDef]]]:
        """All units and all accounts, level by level."""
        units: list[LiveUnit] = []
        placed: list[tuple[UnitPath, AccountTypeDef]] = []
        level = [LiveUnit(id=root, path=())]
        while level:
            inside = self._clients.map(lambda unit: self._list.accounts(unit.id), level)
            placed += [(unit.path, account) for unit, found in zip(level, inside, strict=True) for account in found]
            level = [*chain.from_iterable(self._clients.map(self._children, level))]
            units += level
        return units, placed

    def _children(self, parent: LiveUnit) -> list[LiveUnit]:
        return [LiveUnit(id=one["Id"], path=(*parent.path, one["Name"])) for one in self._list.units(parent.id)]

    def _accounts(
        self, placed: Iterable[tuple[UnitPath, AccountTypeDef]], *, contacts: bool, of_members: bool
    ) -> tuple[LiveAccount, ...]:
        def read(found: tuple[UnitPath, AccountTypeDef]) -> LiveAccount:
            path, account = found
            state = _state(account)
            # AWS does not answer for the contacts of an account that is closing.
            asked = contacts and state == "ACTIVE" and (of_members or account["Id"] == self._management)
            return LiveAccount(
                id=account["Id"],
                name=account["Name"],
                email=account["Email"],
                unit=path,
                state=state,
                tags=dict(sorted(self._list.tags(account["Id"]).items())),
                contacts=self._contacts(account["Id"]) if asked else {},
            )

        return tuple(sorted(self._clients.map(read, placed), key=lambda one: (one.name, one.id)))

    def _contacts(self, account: str) -> dict[str, LiveContact]:
        kinds: tuple[ContactKind, ...] = get_args(ContactKind)
        found = {kind: self._contact(account, kind) for kind in kinds}
        return {kind: contact for kind, contact in found.items() if contact is not None}

    def _contact(self, account: str, kind: ContactKind) -> LiveContact | None:
        from botocore.exceptions import ClientError

        client = self._clients.account
        try:
            if account == self._management:
                answer = self._clients.patience.call(lambda: client.get_alternate_contact(AlternateContactType=kind))
            else:
                answer = self._clients.patience.call(
                    lambda: client.get_alternate_contact(AlternateContactType=kind, AccountId=account)
                )
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            return None
        one = answer["AlternateContact"]
        return LiveContact(name=one["Name"], title=one["Title"], email=one["EmailAddress"], phone=one["PhoneNumber"])

    def _administrators(self) -> tuple[LiveAdministrator, ...]:
        accounts = self._list.administrators()
        services = self._clients.map(self._list.administered, accounts)
        found = (
            LiveAdministrator(account=account, principal=principal)
            for account, principals in zip(accounts, services, strict=True)
            for principal in principals
        )
        return tuple(sorted(found, key=lambda one: (one.principal, one.account)))

    def _root_features(self) -> tuple[str, ...]:
        from botocore.exceptions import ClientError

        try:
            answer = self._clients.patience.call(self._clients.iam.list_organizations_features)
        except ClientError as error:
            # What AWS answers as long as nobody enabled IAM's trusted access.
            if not code_of(error).startswith("ServiceAccessNotEnabled"):
                raise
            return ()
        return tuple(sorted(answer.get("EnabledFeatures", [])))


def _state(account: AccountTypeDef) -> AccountState:
    """`State` replaces `Status`, which AWS takes away in September 2026."""
    return _STATES[account.get("State") or account["Status"]]
