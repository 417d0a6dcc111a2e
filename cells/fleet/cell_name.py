"""The name of a cell inside a fleet: a product in an environment."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Environment

UNKNOWN = "?"
"""The environment of a product whose file cannot be read."""

_ORDER: tuple[str, ...] = get_args(Environment)


@dataclass(frozen=True)
class CellName:
    """`acme-crm/prod`. Sorts by product, then dev, staging, prod, sandbox."""

    product: str
    environment: str

    def __str__(self) -> str:
        """`acme-crm/prod`."""
        return f"{self.product}/{self.environment}"

    def __lt__(self, other: "CellName") -> bool:
        """By product, then in the order in which a release goes through the environments."""
        return self._place < other._place

    @property
    def _place(self) -> tuple[str, int, str]:
        known = self.environment in _ORDER
        return (self.product, _ORDER.index(self.environment) if known else len(_ORDER), self.environment)


def cells_of(products: Mapping[str, Iterable[str]]) -> tuple[CellName, ...]:
    """The cells of products, from their environments."""
    return tuple(sorted(CellName(product, name) for product, names in products.items() for name in names))


def select(
    cells: Collection[CellName], products: Sequence[str] = (), environments: Sequence[str] = ()
) -> tuple[CellName, ...]:
    """The cells of some products and environments; of all when none are named.

    Raises InputError for a product or an environment that no cell has.
    """
    _refuse_unknown("product", products, {cell.product for cell in cells})
    chosen = [cell for cell in cells if not products or cell.product in products]
    _refuse_unknown("environment", environments, {cell.environment for cell in chosen})
    return tuple(sorted(cell for cell in chosen if not environments or cell.environment in environments))


def _refuse_unknown(kind: str, wanted: Sequence[str], known: Collection[str]) -> None:
    for name in wanted:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"known: {', '.join(sorted(known)) or 'none'}"
            raise InputError(f"no cell has the {kind} '{name}'", hint=hint)
