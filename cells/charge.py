"""What AWS asks for a part of a cell, whether anybody uses it or not."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Charge:
    """So many of something that the price table knows, by the hour or by the month."""

    name: str
    """The part, in the user's words."""
    count: Decimal
    price: str
    """Its name in `cells/prices.yaml`."""
    monthly: bool = False
    """The price is for a month, not for an hour."""
