"""The two keys of a cell that holds protected data."""

import pytest

from cells.deploy.keys import Keys
from constructs_lib.specs.errors import DataLossError, InputError

PROTECTED = ("acme-crm-prod-data has termination protection",)


@pytest.mark.parametrize(
    ("declared", "protected", "typed", "missing"),
    [
        (False, PROTECTED, None, ["environments.prod.decommission", "--destroy-data acme-crm-prod"]),
        (False, PROTECTED, "acme-crm-prod", ["environments.prod.decommission"]),
        (True, PROTECTED, "acme-crm-prod", ["declared but not deployed (acme-crm-prod-data has"]),
        (True, (), None, ["--destroy-data acme-crm-prod"]),
    ],
)
def test_a_missing_key_is_named(declared: bool, protected: tuple[str, ...], typed: str | None, missing) -> None:
    with pytest.raises(DataLossError) as refused:
        Keys("acme-crm-prod", declared, protected, typed).check()

    for what in missing:
        assert what in refused.value.message
    assert refused.value.exit_code == 3


def test_both_keys_open() -> None:
    Keys("acme-crm-prod", True, (), "acme-crm-prod").check()


def test_a_cell_without_protected_data_needs_no_key() -> None:
    Keys("acme-crm-dev", False, (), None).check()


def test_the_name_of_another_cell_is_refused() -> None:
    with pytest.raises(InputError, match="says 'acme-crm-dev', the cell is 'acme-crm-prod'"):
        Keys("acme-crm-prod", True, (), "acme-crm-dev").check()
