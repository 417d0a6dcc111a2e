"""What the stacks of the organization are built from: its files, read, and the facts that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from accounts.archive import ArchiveSpec, lock_of
from accounts.landing import account_id, landing_of
from accounts.linked_roles import LinkedService
from accounts.spec import OrganizationSpec, PlatformAccount
from accounts.topology import Topology, topology_of
from constructs_lib.specs.identity import SENTINEL_ORGANIZATION, SENTINEL_ROOT
from constructs_lib.specs.landing import Landing
from constructs_lib.specs.registry import Registry


@dataclass(frozen=True)
class Platform:
    """An organization as its stacks see it. What is not vended yet has a sentinel: synth works, deploy refuses it."""

    spec: OrganizationSpec
    registry: Registry
    products: Mapping[str, Sequence[str]]
    """The environments of every declared product."""

    @cached_property
    def topology(self) -> Topology:
        """Every unit and every account."""
        return topology_of(self.spec, self.products, self.registry)

    @cached_property
    def landing(self) -> Landing:
        """What it offers to cells."""
        return landing_of(self.spec, self.registry)

    @property
    def organization_id(self) -> str:
        """Such as `o-exampleorgid`."""
        return self.registry.organization.id or SENTINEL_ORGANIZATION

    @property
    def root_id(self) -> str:
        """The id of the root, such as `r-examplerootid`."""
        return self.registry.organization.root or SENTINEL_ROOT

    @property
    def archive(self) -> ArchiveSpec:
        """The lock of the log archive: as declared, and not in COMPLIANCE mode before that was approved.

        Until `cells org apply` has written the approval into the registry, it is GOVERNANCE for the same time. What was
        approved stays until something else is.
        """
        declared, approved = self.spec.log_archive, self.registry.organization.archive_lock
        if approved is not None:
            return lock_of(approved)
        return declared.model_copy(update={"lock_mode": "GOVERNANCE"})

    def having(self, service: LinkedService) -> tuple[str, ...]:
        """The ids of the accounts that have the service-linked role of a service from before.

        One without an id has no baseline yet. Raises InputError for an account that nobody declares.
        """
        named = (self.topology.account(name) for name in self.spec.service_linked_roles.get(service, ()))
        return tuple(sorted(account.id for account in named if account.id is not None))

    def account(self, name: PlatformAccount) -> str:
        """The id of a platform account."""
        return account_id(self.registry, name)
