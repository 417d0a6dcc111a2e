"""What an organization is: its name, its regions, its domain and the addresses that its cells draw from.

`accounts/organization.yaml` is read into OrganizationSpec, so that no stack and no command knows a region by itself.
"""

import ipaddress
import re
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from accounts.archive import ArchiveSpec
from accounts.budgets import Budgets
from accounts.ci_cd_spec import CiCdSpec
from accounts.linked_roles import LinkedService
from accounts.network_spec import PRIVATE_RANGES, NetworkSpec, ipv4_network
from accounts.people import Group, GroupName
from accounts.quota_requests import QuotaRequests
from accounts.recovery import VaultLock
from accounts.saml_metadata import SamlMetadata
from accounts.sandbox_spec import Sandbox
from accounts.settings import AccountSettings
from accounts.shared_services_spec import SharedServicesSpec
from accounts.units import MAX_NAME, AccountName, Closing, Contacts, Email, ExtraUnit, Ignored, refuse_equal_siblings
from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import Region
from constructs_lib.specs.region import EDGE_REGION

PlatformAccount = Literal["management", "security-tooling", "log-archive", "network-hub", "shared-services", "ci-cd"]
"""The accounts that every organization has beside its cells."""

PLATFORM_ACCOUNTS: tuple[PlatformAccount, ...] = get_args(PlatformAccount)

Size = Literal["prototype", "dev", "staging", "prod"]
"""The size profiles of cells, as far as addresses are concerned."""

ACCOUNT_PLACEHOLDER = "{account}"
"""Stands for the account's name in the e-mail pattern. AWS wants another address for each account."""

_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_EMAIL = re.compile(r"[A-Za-z0-9.+_-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,63}")


def _email_pattern(value: str) -> str:
    if value.count(ACCOUNT_PLACEHOLDER) != 1:
        raise ValueError(f"must contain {ACCOUNT_PLACEHOLDER} once, because each account needs its own address")
    if not _EMAIL.fullmatch(value.replace(ACCOUNT_PLACEHOLDER, "account")):
        raise ValueError("must be an e-mail address, such as aws+{account}@example.com")
    return value


def _domain(value: str) -> str:
    if not _DOMAIN.fullmatch(value):
        raise ValueError("must be a lower-case domain with no dot at the end, such as example.com")
    return value


def _pool(value: str) -> str:
    network = ipv4_network(value)
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise ValueError(f"must be a private range, inside {', '.join(str(private) for private in PRIVATE_RANGES)}")
    return value


Prefix = Annotated[int, Field(ge=16, le=22)]
"""Prefix length of a cell's range. A VPC is /16 at most; three zones of three subnets need /22 at least."""


class CidrPrefix(Spec):
    """How large a range each size of cell gets. A range never grows: give production cells room."""

    prototype: Prefix = 22
    """Prefix length for `prototype` cells: /22 has 1,024 addresses."""
    dev: Prefix = 21
    """Prefix length for `dev` cells: /21 has 2,048 addresses."""
    staging: Prefix = 20
    """Prefix length for `staging` cells. Equal to prod, so that staging has prod's shape."""
    prod: Prefix = 20
    """Prefix length for `prod` cells: /20 has 4,096 addresses."""

    def of(self, size: Size) -> int:
        """The prefix length of a size."""
        lengths: dict[Size, int] = {
            "prototype": self.prototype,
            "dev": self.dev,
            "staging": self.staging,
            "prod": self.prod,
        }
        return lengths[size]


class OrganizationSpec(Spec):
    """An organization: the accounts that the platform has, the regions it may use, its domain and its addresses."""

    # 20 keeps the flow-log bucket's name, which has account and region in it, inside 63 characters.
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=2, max_length=20)]
    """Short name: lower-case letters, digits, single hyphens. Starts the names of the platform's stacks and buckets."""
    email: Annotated[str, AfterValidator(_email_pattern)]
    """E-mail address of each account's root user. `{account}` is replaced by the account's name."""
    home_region: Region
    """Where cells and the platform's own stacks live."""
    governed_regions: tuple[Region, ...]
    """The regions that may be used at all. Contains the home region, and us-east-1 for CloudFront."""
    base_domain: Annotated[str, AfterValidator(_domain)]
    """The public domain under which each cell gets a zone of its own. Its zone is in the network hub."""
    platform_accounts: Annotated[tuple[PlatformAccount, ...], Field(min_length=1)] = PLATFORM_ACCOUNTS
    """The platform's accounts, each with its stacks. All six are needed."""
    address_pools: dict[Region, Annotated[str, AfterValidator(_pool)]]
    """For each region with cells, the private IPv4 range that their addresses are drawn from. Pools never overlap."""
    cidr_prefix: CidrPrefix = CidrPrefix()
    """Prefix length of a cell's range for each size."""
    log_archive: Annotated[ArchiveSpec, Field(examples=["{lock_mode: GOVERNANCE, lock_days: 1}"])]
    """How the log archive locks its logs. To be decided, not defaulted: COMPLIANCE cannot be undone."""

    vault_lock: VaultLock = VaultLock()
    """How the vaults lock the copies that AWS Backup makes of the stores of cells."""

    emails: dict[str, Email] = {}
    """Root addresses of accounts that do not follow the pattern, by account name: those that were there before."""
    units: tuple[ExtraUnit, ...] = ()
    """Organizational units beside the standard ones, with their accounts."""
    sandboxes: tuple[AccountName | Sandbox, ...] = ()
    """Accounts of the OU Sandbox, one for each developer or team. A name alone gets the default budget."""
    canaries: tuple[AccountName, ...] = ()
    """Accounts of the OU Policy Staging, in which a new guardrail is tried before all others get it."""
    network: NetworkSpec = NetworkSpec()
    """The network hub: what is attached to it, and which lines from outside end in it."""
    shared_services: SharedServicesSpec = SharedServicesSpec()
    """What shared services keep for several products: the secrets that they all read."""
    ci_cd: CiCdSpec = CiCdSpec()
    """The CI/CD account: who may deploy, and who runs the jobs."""
    ignore: Ignored = Ignored()
    """What something else manages."""
    settings: AccountSettings = AccountSettings()
    """What the vending engine sets in each account."""
    quotas: QuotaRequests = QuotaRequests()
    """Which quotas AWS is asked to raise."""
    identity_center: bool = True
    """Whether people sign in through IAM Identity Center. AWS offers its first instance only in the console."""
    contacts: Contacts = Contacts()
    """Whom AWS calls about an account, beside its root address: the same for all accounts."""
    closing: Closing = Closing()
    """How long an account waits before it may be closed."""
    tags: dict[str, str] = {}
    """Tags of every account, beside those that the platform sets."""
    account_tags: dict[AccountName, dict[str, str]] = {}
    """Tags of single accounts, by account name."""
    names: dict[AccountName, Annotated[str, Field(min_length=1, max_length=MAX_NAME)]] = {}
    """What AWS calls accounts that have another name there, by declared name: those that were there before."""
    policy_types: tuple[str, ...] = ()
    """Types of policies that are enabled beside the platform's, such as `CHATBOT_POLICY`."""
    trusted_services: tuple[str, ...] = ()
    """Service principals with trusted access beside the platform's, such as `ram.amazonaws.com`."""
    delegated_administrators: dict[str, AccountName] = {}
    """The account that administers a service for the organization, by service principal. Wins over the platform's."""
    # The length apart: a counted repetition of `\w` takes 50 ms to compile, at every start.
    break_glass_provider: Annotated[str, Field(pattern=r"^[\w.-]+$", max_length=128)] | None = None
    """The SAML provider of the security tooling account through which people come in an emergency: without it nobody
    can use break-glass. Made by `cells org apply` when its metadata are declared."""
    break_glass_metadata: SamlMetadata | None = None
    """The metadata that the identity provider wrote for its AWS application, as XML. Nothing in it is secret. Without
    it the provider has to be there already."""
    people: dict[GroupName, Group] = {}
    """Groups of the identity store, and what each may do where."""
    budgets: Budgets = Budgets()
    """What the organization and its products may cost."""
    service_linked_roles: dict[LinkedService, tuple[AccountName, ...]] = {}
    """Accounts that had AWS's own role for a service before they came, by the service. An account has such a role once,
    so that the baseline would fail there: it leaves the role out, and whoever made it keeps it. Name no account in
    which the baseline made it: what a stack no longer has is deleted. See
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html."""
    internal_access: tuple[AccountName, ...] = ()
    """Accounts, beside the log archive, of which Access Analyzer says who inside the organization reaches their data.
    It is billed for each bucket, table and snapshot that it watches."""

    not_yet: tuple[Annotated[str, Field(pattern=r"^[a-z-]+(:.+)?$")], ...] = ()
    """Steps of the plan, by name, that are held back: `create-unit:Onboarding`, `tag-account:*`. An adopted
    organization starts with all that the platform would do to it. Take a line away, and the next plan does it."""

    def email_of(self, account: str) -> str:
        """The root e-mail address of an account."""
        return self.emails.get(account) or self.email.replace(ACCOUNT_PLACEHOLDER, account)

    @property
    def told_of_costs(self) -> tuple[str, ...]:
        """Who is told of the budget of an account: there is always somebody."""
        contact = self.contacts.billing or self.contacts.operations
        return self.budgets.notify or (contact.email if contact else self.email_of("management"),)

    @property
    def declared_sandboxes(self) -> tuple[Sandbox, ...]:
        """Every sandbox with its owner, budget and last day."""
        return tuple(Sandbox(name=one) if isinstance(one, str) else one for one in self.sandboxes)

    @model_validator(mode="after")
    def _units_have_different_names(self) -> Self:
        refuse_equal_siblings(self.units, "the organization")
        return self

    @model_validator(mode="after")
    def _governed_regions_hold_home_and_edge(self) -> Self:
        for region, why in ((self.home_region, "the home region"), (EDGE_REGION, "CloudFront's region")):
            if region not in self.governed_regions:
                raise ValueError(
                    f"governed_regions must contain {why} {region}, got {', '.join(self.governed_regions)}"
                )
        twice = sorted({region for region in self.governed_regions if self.governed_regions.count(region) > 1})
        if twice:
            raise ValueError(f"governed_regions has {twice[0]} twice")
        return self

    @model_validator(mode="after")
    def _metadata_are_of_a_provider(self) -> Self:
        if self.break_glass_metadata is not None and self.break_glass_provider is None:
            raise ValueError("break_glass_metadata needs break_glass_provider, the name that AWS gives the provider")
        return self

    @model_validator(mode="after")
    def _every_platform_account_is_there(self) -> Self:
        missing = [account for account in PLATFORM_ACCOUNTS if account not in self.platform_accounts]
        if missing:
            raise ValueError(f"platform_accounts must contain {', '.join(missing)}")
        if len(set(self.platform_accounts)) != len(self.platform_accounts):
            raise ValueError("platform_accounts has an account twice")
        return self

    @model_validator(mode="after")
    def _pools_are_governed_and_apart(self) -> Self:
        if self.home_region not in self.address_pools:
            raise ValueError(f"address_pools must have a pool for the home region {self.home_region}")
        for region in self.address_pools:
            if region not in self.governed_regions:
                raise ValueError(f"address_pools has {region}, which is not in governed_regions")
        # Sorted by first address, an overlap is always between neighbours.
        pools = sorted((ipaddress.IPv4Network(cidr), region) for region, cidr in self.address_pools.items())
        for (left, left_region), (right, right_region) in zip(pools, pools[1:], strict=False):
            if left.overlaps(right):
                raise ValueError(f"the pool {right} of {right_region} overlaps {left} of {left_region}")
        return self

    @model_validator(mode="after")
    def _outside_and_pools_are_apart(self) -> Self:
        for outside in self.network.outside_ranges:
            for region, pool in self.address_pools.items():
                if ipaddress.IPv4Network(outside).overlaps(ipaddress.IPv4Network(pool)):
                    raise ValueError(f"the outside range {outside} of network overlaps the pool {pool} of {region}")
        return self
