"""Live organizations as data, without any AWS."""

from accounts.services import POLICY_TYPES, administrators_of, services_of
from accounts.topology import topology_of
from accounts.vending.account_plan import prepared_tags
from accounts.vending.live import (
    LiveAccount,
    LiveAdministrator,
    LiveContact,
    LiveIdentityCenter,
    LiveOrganization,
    LiveUnit,
)
from constructs_lib.specs.registry import Registry
from tests.accounts.vending.world import MANAGEMENT

EMPTY = LiveOrganization(management=MANAGEMENT)
"""There is no organization."""


def unit(path):
    return LiveUnit(id=f"ou-{'-'.join(path).lower()}", path=path)


def account(name, email, path, *, id="123456789012", **more):
    return LiveAccount(id=id, name=name, email=email, unit=path, **more)


def finished(spec, products):
    """The organization that a declaration leads to."""
    topology = topology_of(spec, products, Registry())
    ids = {
        one.name: MANAGEMENT if one.kind == "management" else f"{number:012d}"
        for number, one in enumerate(topology.accounts, 1)
    }
    declared = spec.contacts.model_dump(exclude_none=True)
    contacts = {kind.upper(): LiveContact.model_validate(contact) for kind, contact in declared.items()}
    return LiveOrganization(
        id="o-exampleorgid",
        management=MANAGEMENT,
        root="r-root",
        units=tuple(unit(one.path) for one in topology.units),
        accounts=tuple(
            account(
                one.name,
                one.email,
                one.unit,
                id=ids[one.name],
                tags={**one.tags, **prepared_tags(spec, one)},
                contacts=contacts,
            )
            for one in topology.accounts
        ),
        policy_types=tuple(sorted(POLICY_TYPES)),
        services=services_of(spec),
        administrators=tuple(
            LiveAdministrator(account=ids[name], principal=principal)
            for principal, name in administrators_of(spec).items()
        ),
        root_features=("RootCredentialsManagement", "RootSessions"),
        cost_tags=dict.fromkeys(spec.budgets.cost_allocation_tags, "Active"),
        baselines={id: "current" for id in ids.values() if id != MANAGEMENT},
        identity_center=LiveIdentityCenter(arn="arn:aws:sso:::instance/ssoins-1234567890abcdef", store="d-1234567890"),
    )
