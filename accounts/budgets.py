"""What the organization may cost, and who is told."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from accounts.units import Email
from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import Environment, ProductName

Dollars = Annotated[int, Field(ge=1, le=1_000_000_000)]
"""US dollars a month. AWS bills and budgets in dollars, whatever one pays in."""

TagKey = Annotated[str, Field(pattern=r"^[\w .:/=+@-]{1,128}$")]
"""The key of a tag, without what AWS does not take."""

_LEAST_OF_ACCOUNT = 1_000


class Budgets(Spec):
    """Monthly budgets. What has no number has no budget."""

    organization: Dollars | None = None
    """Of everything together."""
    cells: dict[Environment, Dollars] = {}
    """Of each product in an environment, such as `prod: 2000`."""
    products: dict[ProductName, dict[Environment, Dollars]] = {}
    """Of single products, where they differ from `cells`."""
    account: Dollars | None = None
    """Of every single account, whoever made it: a net under those that no other budget names, told from within the
    account. Default: the largest number of `cells`, and at least 1,000."""
    anomaly: Dollars = 100
    """An unusual cost is told from this impact on."""
    cost_allocation_tags: Annotated[tuple[TagKey, ...], Field(max_length=20)] = ("environment", "product")
    """The tags of resources by which the bill can be split inside an account. They are activated once AWS has seen
    them, which takes up to a day. Every resource of a cell has `product`, `environment`, `layer` and `owner`, and what
    belongs to a module `module`. See https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/cost-alloc-tags.html
    """
    notify: Annotated[tuple[Email, ...], Field(max_length=10)] = ()
    """Who is told. A budget takes ten addresses. Of the budget of every account: else the billing or operations
    contact, else the root address of the management account."""

    def of(self, product: str, environment: Environment) -> int | None:
        """The budget of a product in an environment; none where there is no number."""
        return self.products.get(product, {}).get(environment) or self.cells.get(environment)

    @property
    def of_account(self) -> int:
        """The budget of every single account."""
        return self.account or max([_LEAST_OF_ACCOUNT, *self.cells.values()])

    @field_validator("cost_allocation_tags")
    @classmethod
    def _are_ones_own(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        for tag in tags:
            if tag.lower().startswith("aws:"):
                raise ValueError(f"'{tag}' is a tag of AWS: give the keys of your own")
        return tags

    @model_validator(mode="after")
    def _somebody_is_told(self) -> Self:
        if (self.organization or self.cells or self.products) and not self.notify:
            raise ValueError("has numbers, but nobody to tell: notify is empty")
        return self
