"""How long copies are kept, and how their vaults are locked."""

import pytest
from pydantic import ValidationError

from accounts.policies.backups import BACKUPS
from accounts.recovery import COLD_AFTER_DAYS, DAILY_DAYS, MONTHLY_DAYS, VaultLock
from constructs_lib.specs.landing import BACKUP_TAG

PLANS = BACKUPS.content["plans"]


def taken(plan):
    """The values of the tag by which a plan takes stores."""
    selections = PLANS[plan]["selections"]["resources"].values()
    conditions = [one["conditions"]["string_equals"]["tagged"] for one in selections]
    assert {one["condition_key"]["@@assign"] for one in conditions} == {f"aws:ResourceTag/{BACKUP_TAG}"}
    return {one["condition_value"]["@@assign"] for one in conditions}


def test_a_monthly_store_is_in_both_plans_and_a_daily_one_in_one():
    assert taken("cells-daily") == {"daily", "monthly"}
    assert taken("cells-monthly") == {"monthly"}


def test_a_copy_is_in_cold_storage_for_as_long_as_it_is_billed_there():
    assert MONTHLY_DAYS - COLD_AFTER_DAYS >= 90


def test_copies_of_nights_never_go_to_cold_storage():
    lifecycle = PLANS["cells-daily"]["rules"]["nightly"]["lifecycle"]

    assert lifecycle == {"delete_after_days": {"@@assign": str(DAILY_DAYS)}}


@pytest.mark.parametrize("plan", ["cells-daily", "cells-monthly"])
def test_stores_are_selected_by_type_so_that_no_account_has_to_opt_in(plan):
    for selection in PLANS[plan]["selections"]["resources"].values():
        assert selection["resource_types"]["@@assign"] == [
            "arn:<partition>:dynamodb:*:*:table/*",
            "arn:<partition>:rds:*:*:cluster:*",
            "arn:<partition>:s3:::*",
        ]


def test_the_database_s_own_backups_stay_its_own():
    """A continuous backup takes `BackupRetentionPeriod` over: from then on CloudFormation cannot change it."""
    assert "enable_continuous_backup" not in str(PLANS)


def test_a_lock_that_nobody_can_undo_has_no_default():
    assert VaultLock().lock_mode == "GOVERNANCE"
    with pytest.raises(ValidationError, match="COMPLIANCE needs changeable_days"):
        VaultLock(lock_mode="COMPLIANCE")


def test_a_lock_that_can_be_changed_takes_no_days():
    with pytest.raises(ValidationError, match="GOVERNANCE takes none"):
        VaultLock(changeable_days=3)


def test_aws_gives_three_days_at_least():
    with pytest.raises(ValidationError):
        VaultLock(lock_mode="COMPLIANCE", changeable_days=2)
