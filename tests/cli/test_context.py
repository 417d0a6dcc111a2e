"""What CDK context asks for."""

import pytest

from cells.cli.context import product_of
from constructs_lib.specs.errors import InputError


def test_a_product_is_meant_by_its_name():
    assert product_of({"productName": "acme-crm"}.get) == "acme-crm"


@pytest.mark.parametrize("context", [{}, {"target": "organization"}])
def test_without_a_product_the_organization_is_meant(context):
    assert product_of(context.get) is None


def test_another_target_is_an_error_that_says_what_there_is():
    with pytest.raises(InputError, match="unknown target 'organisation'") as error:
        product_of({"target": "organisation"}.get)
    assert "target=organization" in error.value.hint


def test_organization_and_product_at_once_is_an_error():
    with pytest.raises(InputError, match="acme-crm mean two different apps"):
        product_of({"target": "organization", "productName": "acme-crm"}.get)
