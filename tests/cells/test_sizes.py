import pytest

from cells.settings import Settings
from cells.sizes import SIZES, Size


@pytest.mark.parametrize("size", SIZES)
def test_every_size_is_valid(size: Size) -> None:
    assert Settings.model_validate(SIZES[size].model_dump()) == SIZES[size]


def test_staging_has_the_shape_of_prod_with_smaller_numbers() -> None:
    staging, prod = SIZES["staging"], SIZES["prod"]

    assert staging.network == prod.network
    assert staging.cache.separate_queues
    assert staging.cache.multi_az
    assert prod.cache.separate_queues
    assert staging.database.max_acu < prod.database.max_acu
    assert staging.api.max_tasks < prod.api.max_tasks


def test_prod_has_the_numbers_of_the_design() -> None:
    prod = SIZES["prod"]

    assert (prod.api.min_tasks, prod.api.max_tasks) == (2, 10)
    assert (prod.database.min_acu, prod.database.max_acu) == (0.5, 128)
    assert (prod.database.backup_retention_days, prod.database.max_readers) == (35, 15)
    assert prod.edge.requests_per_five_minutes == 2000
    assert prod.api.cpu_target_percent == 70


def test_only_disposable_sizes_leave_nothing_behind() -> None:
    assert {size for size, settings in SIZES.items() if settings.protection.removal == "destroy"} == {
        "prototype",
        "dev",
    }
