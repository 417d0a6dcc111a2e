"""`accounts/registry.json`: the map from names to account ids and addresses, where cells and accounts meet."""

import ipaddress
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import AccountId, Environment, Identity, ProductName, Region, Segment

State = Literal["active", "pending", "closing", "closed"]
"""`pending` until an account is vended; `closing` while it waits in the unit Suspended; `closed` for good after it."""


class AccountEntry(Spec):
    """A platform account. `pending` until it is vended, and then it has no id yet."""

    id: AccountId | None = None
    state: State = "pending"


class OrganizationEntry(Spec):
    """What AWS names when the organization is made. Empty until vending has recorded it."""

    id: Annotated[str, Field(pattern=r"^o-[a-z0-9]{10,32}$")] | None = None
    """Such as `o-exampleorgid`."""
    root: Annotated[str, Field(pattern=r"^r-[a-z0-9]{4,32}$")] | None = None
    """The id of the root, such as `r-examplerootid`."""
    identity_center: (
        Annotated[str, Field(pattern=r"^arn:[a-z-]+:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}$")] | None
    ) = None
    """The ARN of the IAM Identity Center instance."""
    identity_store: Annotated[str, Field(pattern=r"^d-[0-9a-f]{10}$")] | None = None
    """The id of its directory of people."""
    issuers: dict[Segment, Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+/[A-Za-z0-9_-]+$")]] | None = None
    """Who signs the tokens of people that sign in at shared services, for the cells of each segment.

    Outputs of a stack, so recorded after it was deployed; the keys are at `/.well-known/jwks.json` below each.
    """
    transit_gateways: dict[Region, Annotated[str, Field(pattern=r"^tgw-[0-9a-f]{8,17}$")]] | None = None
    """The network hub's transit gateway of each region that has one. Recorded like the issuers."""
    archive_lock: Annotated[str, Field(pattern=r"^COMPLIANCE:[1-9][0-9]*[dy]$")] | None = None
    """The lock of the log archive that was approved, such as `COMPLIANCE:7y`. Nobody can take it back."""


class CellEntry(Spec):
    """A cell's account and address range. The range is recorded once and never changes."""

    product: ProductName
    environment: Environment
    region: Region
    account: AccountId | None = None
    cidr: str
    domain: str
    state: State = "pending"
    attachment: Annotated[str, Field(pattern=r"^tgw-attach-[0-9a-f]{8,17}$")] | None = None
    """Its attachment to the network hub's transit gateway, when it has one."""

    @property
    def identity(self) -> Identity:
        """Who the cell is."""
        return Identity(product=self.product, environment=self.environment, region=self.region)

    @model_validator(mode="after")
    def _active_cells_have_an_account(self) -> Self:
        if self.state != "pending" and self.account is None:
            raise ValueError(f"{self.identity.key} is {self.state}, so it must have an account")
        return self

    @model_validator(mode="after")
    def _cidr_is_a_network(self) -> Self:
        ipaddress.IPv4Network(self.cidr)
        return self


class Registry(Spec):
    """Every account and every cell.

    Written by `cells new` and by vending, read by everything else; synth never writes it.
    """

    version: Literal[1] = 1
    organization: OrganizationEntry = OrganizationEntry()
    accounts: dict[str, AccountEntry] = Field(default_factory=dict)
    cells: tuple[CellEntry, ...] = ()

    def find(self, identity: Identity) -> CellEntry | None:
        """The cell's entry, or none when `cells new` has not recorded it."""
        return next((cell for cell in self.cells if cell.identity == identity), None)

    @model_validator(mode="after")
    def _cells_are_unique(self) -> Self:
        keys = [cell.identity.key for cell in self.cells]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"cell {twice[0]} is recorded twice")
        return self

    @model_validator(mode="after")
    def _accounts_are_different(self) -> Self:
        # A cell of several regions lives in one account.
        cells = {(cell.account, cell.identity.prefix) for cell in self.cells if cell.account}
        seen: dict[str, str] = {}
        for id, name in [*((entry.id, name) for name, entry in self.accounts.items() if entry.id), *sorted(cells)]:
            other = seen.setdefault(id, name)
            if other != name:
                raise ValueError(f"the account {id} is recorded for {other} and for {name}")
        return self

    @model_validator(mode="after")
    def _ranges_do_not_overlap(self) -> Self:
        # Sorted by first address, an overlap is always between neighbours: n log n, for the 1000th cell.
        ranges = sorted((ipaddress.IPv4Network(cell.cidr), cell.identity.key) for cell in self.cells)
        for (left, left_key), (right, right_key) in zip(ranges, ranges[1:], strict=False):
            if left.overlaps(right):
                raise ValueError(f"the range {right} of {right_key} overlaps {left} of {left_key}")
        return self
