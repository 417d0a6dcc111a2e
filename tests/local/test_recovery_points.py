"""Backup jobs of the embedded AWS, and what vaults say that they hold."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Local

VAULT = "recovery"


@pytest.fixture(scope="module")
def backup(local: Local):
    client = local.session().client("backup", endpoint_url=local.server.endpoint)
    client.create_backup_vault(BackupVaultName=VAULT)
    return client


def test_a_vault_lists_what_backup_jobs_have_made(backup) -> None:
    for resource in ("arn:aws:rds:eu-west-1:111122223333:cluster:crm", "arn:aws:s3:::files"):
        backup.start_backup_job(
            BackupVaultName=VAULT,
            ResourceArn=resource,
            IamRoleArn="arn:aws:iam::111122223333:role/CellBackupRole",
            Lifecycle={"DeleteAfterDays": 35},
        )

    points = backup.list_recovery_points_by_backup_vault(BackupVaultName=VAULT)["RecoveryPoints"]

    assert [point["ResourceType"] for point in points] == ["Aurora", "S3"]
    assert {point["CalculatedLifecycle"]["DeleteAt"] - point["CreationDate"] for point in points} == {
        timedelta(days=35)
    }


def test_another_account_s_vault_of_that_name_is_another(local: Local, backup) -> None:
    other = local.session("111122223333").client("backup", endpoint_url=local.server.endpoint)
    other.create_backup_vault(BackupVaultName=VAULT)

    assert other.list_recovery_points_by_backup_vault(BackupVaultName=VAULT)["RecoveryPoints"] == []


def test_a_vault_that_is_not_there_is_refused(backup) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        backup.list_recovery_points_by_backup_vault(BackupVaultName="none")
