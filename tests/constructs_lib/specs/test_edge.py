"""What the spec of the edge takes and refuses."""

import pytest
from pydantic import ValidationError

from constructs_lib.specs.edge import EdgeSpec
from tests.constructs_lib.sample_edge import SPEC


def spec(**changes) -> EdgeSpec:
    return EdgeSpec.model_validate({**SPEC.model_dump(), **changes})


@pytest.mark.parametrize("mode", ["block", "count"])
def test_geo_blocking_without_countries_is_refused(mode):
    with pytest.raises(ValidationError, match=f"geo_blocking '{mode}' needs blocked_countries"):
        spec(geo_blocking=mode, blocked_countries=())


def test_no_countries_are_needed_where_nothing_is_blocked():
    assert spec(geo_blocking="off", blocked_countries=()).blocked_countries == ()


def test_countries_may_stay_while_geo_blocking_is_off():
    assert spec(geo_blocking="off", blocked_countries=("AQ",)).blocked_countries == ("AQ",)


@pytest.mark.parametrize("country", ["aq", "ATA", "Antarctica", ""])
def test_a_country_is_two_capital_letters(country):
    with pytest.raises(ValidationError, match="blocked_countries"):
        spec(blocked_countries=(country,))


@pytest.mark.parametrize("limit", [9, 0, 2_000_000_001])
def test_a_rate_that_aws_waf_does_not_take_is_refused(limit):
    with pytest.raises(ValidationError, match="requests_per_five_minutes"):
        spec(requests_per_five_minutes=limit)
