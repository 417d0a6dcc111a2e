"""What the spec of the gateway takes and refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from constructs_lib.specs.gateway import GatewaySpec


@pytest.mark.parametrize("setting", [{"requests_per_second": 50}, {"burst": 10}, {"key": 2}, {"routed": False}])
def test_numbers_of_a_gateway_that_is_not_there_are_refused(setting):
    with pytest.raises(ValidationError, match="is of a gateway that is not there: set gateway.enabled to true"):
        GatewaySpec.model_validate(setting)


@pytest.mark.parametrize("setting", [{"requests_per_second": 10_001}, {"burst": 5_001}, {"key": 0}])
def test_more_than_an_account_has_in_a_region_is_refused(setting):
    with pytest.raises(ValidationError, match="(less|greater) than or equal to"):
        GatewaySpec.model_validate({"enabled": True, **setting})


def test_without_a_gateway_there_is_no_key():
    assert GatewaySpec().keys == ()


@given(st.integers(1, 998))
def test_a_new_key_leaves_the_one_that_cloudfront_still_shows(number):
    before, after = (GatewaySpec(enabled=True, key=key) for key in (number, number + 1))

    assert before.key in after.keys
    assert after.key not in before.keys
    assert len(after.keys) <= 2
