import pytest

from accounts.archive import ArchiveSpec
from accounts.spec import OrganizationSpec
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.errors import InputError


def test_seven_years_are_2557_days():
    assert ArchiveSpec(lock_mode="COMPLIANCE", lock_years=7).days == 2557


def test_logs_are_kept_for_seven_years_and_never_shorter_than_their_lock():
    assert ArchiveSpec(lock_mode="GOVERNANCE", lock_days=1).keep_days == 2557
    assert ArchiveSpec(lock_mode="COMPLIANCE", lock_years=10).keep_days == 3653


@pytest.mark.parametrize(
    ("lock", "text"),
    [
        ({"lock_mode": "GOVERNANCE", "lock_days": 1}, "GOVERNANCE:1d"),
        ({"lock_mode": "COMPLIANCE", "lock_years": 7}, "COMPLIANCE:7y"),
    ],
)
def test_a_lock_in_words_has_mode_and_length(lock, text):
    assert ArchiveSpec.model_validate(lock).text == text


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        ({"lock_mode": "GOVERNANCE"}, "lock_days or lock_years"),
        ({"lock_mode": "GOVERNANCE", "lock_days": 1, "lock_years": 1}, "not both"),
        ({"lock_mode": "LEGAL", "lock_days": 1}, "GOVERNANCE"),
        ({"lock_mode": "GOVERNANCE", "lock_days": 0}, "greater than or equal to 1"),
        ({"lock_mode": "GOVERNANCE", "lock_years": 100}, "less than or equal to 99"),
        ({"lock_days": 1}, "lock_mode"),
    ],
)
def test_a_lock_that_is_none_is_refused(lock, expected):
    with pytest.raises(ValueError, match=expected):
        ArchiveSpec.model_validate(lock)


def test_an_organization_has_to_say_how_its_archive_is_locked(tmp_path):
    file = tmp_path / "organization.yaml"
    file.write_text(
        "name: example\nemail: aws+{account}@example.com\nhome_region: eu-west-1\n"
        "governed_regions: [eu-west-1, us-east-1]\nbase_domain: example.com\n"
        "address_pools: {eu-west-1: 10.0.0.0/10}\n"
    )

    with pytest.raises(InputError) as raised:
        load_spec(file, OrganizationSpec)

    assert "organization.yaml:1: log_archive field required" in raised.value.message
    assert raised.value.hint == (
        "add the field 'log_archive', such as 'log_archive: {lock_mode: GOVERNANCE, lock_days: 1}'"
    )
