import pytest

from constructs_lib.specs import region as regions
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.prefix_list import origin_facing_prefix_list


@pytest.mark.parametrize("region", sorted(regions._ZONE_LETTERS))
def test_every_region_that_cells_may_use_has_a_list(region: str) -> None:
    assert origin_facing_prefix_list(region).startswith("pl-")


def test_no_two_regions_share_a_list() -> None:
    lists = [origin_facing_prefix_list(region) for region in regions._ZONE_LETTERS]

    assert len(set(lists)) == len(lists)


def test_rejects_a_region_that_is_not_on_record() -> None:
    with pytest.raises(InputError, match="region 'mars-north-1' is not on record"):
        origin_facing_prefix_list("mars-north-1")
