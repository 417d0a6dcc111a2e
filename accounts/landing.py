"""What the organization offers to a cell, out of its two files."""

from accounts.spec import OrganizationSpec, PlatformAccount
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import SENTINEL_ACCOUNT
from constructs_lib.specs.landing import Landing
from constructs_lib.specs.registry import Registry


def landing_of(organization: OrganizationSpec, registry: Registry) -> Landing:
    """The facts that a cell is built against.

    A platform account that is not vended yet has the sentinel account: synth and diff work, deploy refuses it.
    Raises InputError when an account is missing from the registry.
    """
    return Landing(
        organization=organization.name,
        base_domain=organization.base_domain,
        home_region=organization.home_region,
        governed_regions=organization.governed_regions,
        log_archive_account=account_id(registry, "log-archive"),
        network_hub_account=account_id(registry, "network-hub"),
        shared_services_account=account_id(registry, "shared-services"),
        outside_ranges=tuple(sorted(organization.network.outside_ranges)),
    )


def account_id(registry: Registry, name: PlatformAccount) -> str:
    """The id of a platform account; the sentinel while it is pending. Raises InputError when it is not recorded."""
    entry = registry.accounts.get(name)
    if entry is None:
        raise InputError(
            f"the account '{name}' is missing from accounts/registry.json",
            hint=f'add "{name}": {{"state": "pending"}} to its accounts',
        )
    return entry.id or SENTINEL_ACCOUNT
