"""How data is protected from a mistake."""

import pytest
from pydantic import ValidationError

from constructs_lib.specs.protection import ProtectionSpec


def test_data_that_stays_is_backed_up_unless_somebody_says_less():
    spec = ProtectionSpec(removal="retain", deletion_protection=True, termination_protection=True)

    assert spec.backups == "monthly"


def test_data_that_stays_is_never_without_a_backup():
    with pytest.raises(ValidationError, match="needs backups 'daily' or 'monthly'"):
        ProtectionSpec(removal="retain", deletion_protection=True, termination_protection=True, backups="none")


def test_data_that_goes_needs_none():
    spec = ProtectionSpec(removal="destroy", deletion_protection=False, termination_protection=False, backups="none")

    assert spec.backups == "none"


def test_nothing_is_restored_where_nothing_is_copied():
    with pytest.raises(ValidationError, match="restore_tests need backups"):
        ProtectionSpec(
            removal="destroy",
            deletion_protection=False,
            termination_protection=False,
            backups="none",
            restore_tests=True,
        )
