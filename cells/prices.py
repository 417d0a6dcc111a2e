"""The price table: dated, with the page and the row that each number comes from."""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from constructs_lib.specs.base import Spec
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.identity import Region

TABLE = Path(__file__).parent / "prices.yaml"


class Price(Spec):
    """What one unit of something costs, by region."""

    unit: Annotated[str, Field(min_length=1)]
    """What is counted."""
    page: Annotated[str, Field(pattern=r"^https://aws\.amazon\.com/\S+/pricing/$")]
    """The page of AWS with the price."""
    row: Annotated[str, Field(min_length=1)]
    """The usage type in the AWS Price List, without the prefix of the region."""
    read: date | None = None
    """The day on which this price was read. None: that of the table."""
    usd: Annotated[dict[Region, Annotated[Decimal, Field(gt=0)]], Field(min_length=1)]
    """US dollars by region. A region that is not here has no known price."""


class PriceTable(Spec):
    """The whole table."""

    read: date
    """The day on which the numbers were read."""
    hours_per_month: Annotated[int, Field(ge=672, le=744)]
    """As AWS reckons a month in its own examples."""
    prices: Annotated[dict[str, Price], Field(min_length=1)]

    def usd(self, name: str, region: str) -> Decimal | None:
        """A price in a region, or None when the table does not have it."""
        price = self.prices.get(name)
        return price.usd.get(region) if price else None

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that any price is known in."""
        return tuple(sorted({region for price in self.prices.values() for region in price.usd}))


@cache
def price_table() -> PriceTable:
    """The table, read once. Raises InputError with file and line when it is not right."""
    return load_spec(TABLE, PriceTable)
