"""The table of quotas, and the constants that are held against it."""

from datetime import date

import pytest

from accounts.quotas import TABLE, Quota, quota, quota_table
from accounts.topology import MAX_DEPTH
from accounts.units import MAX_NAME, root_email
from constructs_lib.specs.document import load_document
from constructs_lib.specs.errors import InputError

NAMES = sorted(quota_table().quotas)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_number_unit_page_and_date(name: str) -> None:
    table = quota_table()

    assert table.quotas[name].number >= 1
    assert table.quotas[name].unit
    assert table.page_of(name).startswith("https://docs.aws.amazon.com/organizations/")
    assert date(2026, 1, 1) <= table.read_on(name) <= date(2026, 12, 31)


def test_the_depth_of_units_is_that_of_the_table() -> None:
    assert quota("unit_depth") == MAX_DEPTH


def test_the_length_of_names_is_that_of_the_table() -> None:
    assert quota("account_name") == MAX_NAME


@pytest.mark.parametrize("length, taken", [(5, False), (6, True), (64, True), (65, False)])
def test_the_lengths_of_addresses_are_those_of_the_table(length: int, taken: bool) -> None:
    assert (quota("email_shortest") <= length <= quota("email_longest")) is taken
    address = "a" * (length - 5) + "@b.cd"

    if taken:
        assert root_email(address) == address
    else:
        with pytest.raises(ValueError, match="6 to 64"):
            root_email(address)


@pytest.mark.parametrize("name", ["scp_characters", "scps_per_target"])
def test_the_lower_number_counts_until_the_live_quota_confirms_more(name: str) -> None:
    announced = quota_table().quotas[name].announced

    assert announced == 2 * quota(name)
    assert quota(name, {name: announced}) == announced


def test_a_live_number_of_another_quota_changes_nothing() -> None:
    assert quota("rcp_characters", {"scp_characters": 1}) == 5120


def test_an_unknown_quota_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(InputError, match="no quota 'scp_charaters'") as error:
        quota("scp_charaters")

    assert "scp_characters" in (error.value.hint or "")


def test_an_announced_number_must_be_higher() -> None:
    with pytest.raises(ValueError, match="must be more than number"):
        Quota(number=10, unit="policies", announced=5, note="AWS says so")


def test_an_announced_number_needs_a_note() -> None:
    with pytest.raises(ValueError, match="needs a note"):
        Quota(number=5, unit="policies", announced=10)


def test_a_page_that_is_not_of_aws_is_refused() -> None:
    with pytest.raises(ValueError, match="String should match pattern"):
        Quota(number=5, unit="policies", page="https://example.com/limits.html")


def test_the_table_is_a_document_with_lines() -> None:
    document = load_document(TABLE)

    assert document.where(("quotas", "scp_characters")).startswith("accounts/quotas.yaml:")
