"""An organization as it is: what `observe` reads, and what a plan is made against."""

from __future__ import annotations

from typing import Literal

from accounts.policies.ownership import CONTROL_TOWER, OURS
from accounts.topology import UnitPath
from accounts.vending.baseline import BaselineState
from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import AccountId

AccountState = Literal["ACTIVE", "PENDING_ACTIVATION", "PENDING_CLOSURE", "SUSPENDED", "CLOSED"]
"""AWS's words. https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html"""

CostTagStatus = Literal["Active", "Inactive"]
"""AWS's words. https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_CostAllocationTag.html"""

ContactKind = Literal["BILLING", "OPERATIONS", "SECURITY"]
"""What an alternate contact is for."""


class LiveUnit(Spec):
    """An organizational unit that is there."""

    id: str
    path: UnitPath


class LiveContact(Spec):
    """An alternate contact of an account."""

    name: str
    title: str
    email: str
    phone: str


class LiveAccount(Spec):
    """An account that is there."""

    id: AccountId
    name: str
    email: str
    unit: UnitPath
    state: AccountState = "ACTIVE"
    tags: dict[str, str] = {}
    contacts: dict[str, LiveContact] = {}
    """By kind: BILLING, OPERATIONS, SECURITY. Empty when they were not asked for."""


class LiveAdministrator(Spec):
    """An account that administers a service for the organization."""

    account: AccountId
    principal: str
    untold: tuple[str, ...] = ()
    """The governed regions in which the service itself does not know it: a run was killed, or a region is new."""


class LiveIdentityCenter(Spec):
    """The organization's instance of IAM Identity Center."""

    arn: str
    store: str
    """The id of its directory of people."""


class LiveControlTower(Spec):
    """A landing zone of AWS Control Tower: what it manages is never changed."""

    landing_zone: str
    """Its ARN."""
    version: str = ""
    units: tuple[UnitPath, ...] = ()
    """The units that it governs, sorted."""
    accounts: tuple[AccountId, ...] = ()
    """The accounts that it made for itself: log archive and audit."""


class LivePolicy(Spec):
    """A policy that is there and that AWS does not manage itself."""

    id: str
    name: str
    type: str
    tags: dict[str, str] = {}
    digest: str = ""
    """SHA-256 of its content; empty where it was not read, as it is not ours."""
    units: tuple[UnitPath, ...] = ()
    """The root and the units that it is attached to, sorted."""
    accounts: tuple[AccountId, ...] = ()
    """The accounts that it is attached to, sorted."""
    regions: tuple[str, ...] | None = None
    """The only regions that it lets calls into, sorted; None where it closes none, or is not ours."""
    in_stack: bool = True
    """Whether the stack of policies holds it. True where nobody was asked."""

    @property
    def ours(self) -> bool:
        """Whether it is the project's to attach and to delete: everything else, Control Tower's too, stays."""
        return self.tags.get(OURS[0]) == OURS[1] and not self.name.startswith(CONTROL_TOWER)


class LiveOrganization(Spec):
    """The whole of it. Without an organization every part is empty."""

    id: str = ""
    """`o-exampleorgid`; empty when there is no organization yet."""
    management: AccountId
    root: str = ""
    units: tuple[LiveUnit, ...] = ()
    """Sorted by path."""
    accounts: tuple[LiveAccount, ...] = ()
    """Sorted by name and id."""
    policy_types: tuple[str, ...] = ()
    """The enabled ones, sorted."""
    services: tuple[str, ...] = ()
    """Service principals with trusted access, sorted."""
    administrators: tuple[LiveAdministrator, ...] = ()
    root_features: tuple[str, ...] = ()
    """Central root access: `RootCredentialsManagement`, `RootSessions`."""
    policies: tuple[LivePolicy, ...] = ()
    """Sorted by name and id, without those that AWS manages."""
    cost_tags: dict[str, CostTagStatus] = {}
    """The status of the declared cost allocation tags that AWS has seen on a resource, by key."""
    baselines: dict[str, BaselineState] = {}
    """The state of the account baseline, by account id. Empty as long as no stack set has brought one anywhere."""
    identity_center: LiveIdentityCenter | None = None
    control_tower: LiveControlTower | None = None

    @property
    def exists(self) -> bool:
        """Whether there is an organization."""
        return bool(self.id)

    def unit(self, path: UnitPath) -> LiveUnit | None:
        """The unit at a path; the root at the empty one."""
        if not path:
            return LiveUnit(id=self.root, path=()) if self.root else None
        return next((unit for unit in self.units if unit.path == path), None)

    def policy(self, id: str) -> LivePolicy | None:
        """The policy with this id."""
        return next((one for one in self.policies if one.id == id), None)

    def closing(self, region: str) -> tuple[str, ...]:
        """The names of the service control policies on the root that close a region to member accounts, sorted."""
        on_root = (one for one in self.policies if one.type == "SERVICE_CONTROL_POLICY" and () in one.units)
        return tuple(sorted(one.name for one in on_root if one.regions is not None and region not in one.regions))

    def account(self, *, id: str | None = None, email: str | None = None) -> LiveAccount | None:
        """The account with this id, else the one with this root address: an address belongs to one account for ever."""
        if id is not None:
            return next((one for one in self.accounts if one.id == id), None)
        wanted = (email or "").lower()
        return next((one for one in self.accounts if one.email.lower() == wanted), None)
