"""The organization as the registry records it: what a plan is made against when nobody is asked.

It says what a change of the declarations would do, without credentials and without a network. What only AWS knows
(policy types, trusted access, contacts, settings, quotas) is taken to be as declared.
"""

from __future__ import annotations

from accounts.services import administrators_of, policy_types_of, services_of
from accounts.spec import OrganizationSpec
from accounts.topology import STAGING_OF, STANDARD_UNITS, Account, Topology, UnitPath
from accounts.vending.account_plan import prepared_tags
from accounts.vending.live import (
    LiveAccount,
    LiveAdministrator,
    LiveContact,
    LiveIdentityCenter,
    LiveOrganization,
    LiveUnit,
)
from constructs_lib.specs.errors import InputError

RECORDED = "recorded"
"""Stands for the id of an organization that nobody was asked for."""


def recorded_organization(spec: OrganizationSpec, topology: Topology) -> LiveOrganization:
    """Build it from the accounts that have an id, and the units that these are in.

    Raises InputError while the registry has no id for the management account.
    """
    management = next((account for account in topology.accounts if account.kind == "management"), None)
    if management is None or management.id is None:
        raise InputError(
            "accounts/registry.json has no id for the management account, so there is nothing to plan against",
            hint="cells org plan asks AWS when it is run with credentials of the management account",
        )
    there = [account for account in topology.accounts if account.id is not None]
    units = {path for account in there for path in _around(account.unit)} | {*STANDARD_UNITS, *STAGING_OF.values()}
    ids = {account.name: account.id for account in there}
    administrators = [
        LiveAdministrator(account=id, principal=principal)
        for principal, name in administrators_of(spec).items()
        if (id := ids.get(name)) is not None
    ]
    return LiveOrganization(
        id=RECORDED,
        management=management.id,
        root=RECORDED,
        units=tuple(LiveUnit(id=RECORDED, path=path) for path in sorted(units)),
        accounts=tuple(_recorded(spec, account) for account in there),
        policy_types=policy_types_of(spec),
        services=services_of(spec),
        administrators=tuple(administrators),
        root_features=("RootCredentialsManagement", "RootSessions"),
        cost_tags=dict.fromkeys(spec.budgets.cost_allocation_tags, "Active"),
        baselines={id: "current" for id in ids.values() if id is not None},
        identity_center=LiveIdentityCenter(arn=RECORDED, store=RECORDED),
    )


def _around(path: UnitPath) -> list[UnitPath]:
    """A path and every path that leads to it, without the root."""
    return [path[: depth + 1] for depth in range(len(path))]


def _recorded(spec: OrganizationSpec, account: Account) -> LiveAccount:
    assert account.id is not None
    contacts = {
        "BILLING": spec.contacts.billing,
        "OPERATIONS": spec.contacts.operations,
        "SECURITY": spec.contacts.security,
    }
    return LiveAccount(
        id=account.id,
        name=account.name,
        email=account.email,
        unit=account.unit,
        tags={**account.tags, **prepared_tags(spec, account)},
        contacts={
            kind: LiveContact(name=one.name, title=one.title, email=one.email, phone=one.phone)
            for kind, one in contacts.items()
            if one is not None
        },
    )
