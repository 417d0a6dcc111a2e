"""Cells of a fleet: their order, and how some of them are chosen."""

import pytest

from cells.fleet.cell_name import UNKNOWN, CellName, cells_of, select
from constructs_lib.specs.errors import InputError
from tests.cells.fleet.fleets import name

FLEET = tuple(name(text) for text in ("acme/prod", "acme/dev", "billing/sandbox", "billing/staging", "core/prod"))


def texts(cells: tuple[CellName, ...]) -> list[str]:
    return [str(cell) for cell in cells]


def test_cells_sort_by_product_then_as_a_release_goes_through_the_environments() -> None:
    environments = ["sandbox", UNKNOWN, "prod", "dev", "staging", "other"]

    found = sorted(CellName(product, environment) for environment in environments for product in ("b", "a"))

    order = ["dev", "staging", "prod", "sandbox", UNKNOWN, "other"]
    assert texts(tuple(found)) == [f"{product}/{environment}" for product in "ab" for environment in order]


def test_the_cells_of_products_come_sorted() -> None:
    assert texts(cells_of({"core": ["prod", "dev"], "acme": ("staging",), "empty": ()})) == [
        "acme/staging",
        "core/dev",
        "core/prod",
    ]


@pytest.mark.parametrize(
    "products, environments, chosen",
    [
        ((), (), ["acme/dev", "acme/prod", "billing/staging", "billing/sandbox", "core/prod"]),
        (("acme",), (), ["acme/dev", "acme/prod"]),
        (("core", "acme"), (), ["acme/dev", "acme/prod", "core/prod"]),
        ((), ("prod",), ["acme/prod", "core/prod"]),
        (("acme", "billing"), ("dev", "sandbox"), ["acme/dev", "billing/sandbox"]),
        (("acme", "acme"), ("dev", "dev"), ["acme/dev"]),
    ],
)
def test_chooses_by_product_and_environment(products, environments, chosen: list[str]) -> None:
    assert texts(select(FLEET, products, environments)) == chosen


@pytest.mark.parametrize(
    "products, environments, error, hint",
    [
        (("acem",), (), "no cell has the product 'acem'", "did you mean 'acme'?"),
        (("xyz",), (), "no cell has the product 'xyz'", "known: acme, billing, core"),
        ((), ("prd",), "no cell has the environment 'prd'", "did you mean 'prod'?"),
        (("acme",), ("staging",), "no cell has the environment 'staging'", "known: dev, prod"),
        (("acme", "cor"), ("dev",), "no cell has the product 'cor'", "did you mean 'core'?"),
    ],
)
def test_a_name_that_no_cell_has_is_wrong_input_and_the_closest_is_named(
    products, environments, error: str, hint: str
) -> None:
    with pytest.raises(InputError) as refused:
        select(FLEET, products, environments)

    assert (refused.value.message, refused.value.hint) == (error, hint)
    assert refused.value.exit_code == 2


def test_nothing_can_be_chosen_of_no_cells() -> None:
    assert select(()) == ()
    with pytest.raises(InputError) as refused:
        select((), ("acme",))
    assert refused.value.hint == "known: none"
