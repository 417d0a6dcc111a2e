"""What AWS Backup keeps of a cell that is gone, as boto3 reads it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from cells.cli.remains import remains_of
from cells.deploy.clients import Clients
from cells.deploy.recovery_points import UnreadableCopies, copies_of
from constructs_lib.specs.landing import BACKUP_VAULT_NAME

VAULTS = "list_backup_vaults"
LIST = "list_recovery_points_by_backup_vault"
ASKED = {"BackupVaultName": BACKUP_VAULT_NAME}


class OneAccount:
    """A target of which every account and region is the same."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def clients(self, account: str, region: str) -> Clients:
        return self._clients


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
        yield Clients(session)


@pytest.fixture
def backup(clients: Clients) -> Iterator[Stubber]:
    with Stubber(clients.backup) as stubber:
        yield stubber


def point(type: str, *until: int) -> dict:
    return {
        "ResourceType": type,
        "CalculatedLifecycle": {"DeleteAt": datetime(*until, 5, tzinfo=UTC)} if until else {},
    }


def test_copies_of_all_pages_are_counted_by_type_with_the_day_of_the_last(clients: Clients, backup: Stubber) -> None:
    first = [point("Aurora", 2027, 1, 1), point("S3", 2027, 1, 1)]
    backup.add_response(LIST, {"RecoveryPoints": first, "NextToken": "more"}, ASKED)
    backup.add_response(LIST, {"RecoveryPoints": [point("Aurora", 2027, 11, 1)]}, {**ASKED, "NextToken": "more"})

    assert [str(one) for one in copies_of([clients])] == [
        "2 copies of Aurora in eu-west-1, the last until 2027-11-01",
        "1 copy of S3 in eu-west-1, the last until 2027-01-01",
    ]


def test_a_copy_that_stays_for_ever_says_so(clients: Clients, backup: Stubber) -> None:
    backup.add_response(LIST, {"RecoveryPoints": [point("Aurora", 2027, 1, 1), point("Aurora")]}, ASKED)

    (copies,) = copies_of([clients])
    assert str(copies) == "2 copies of Aurora in eu-west-1, without an end"


def test_an_account_without_a_vault_has_no_copies(clients: Clients, backup: Stubber) -> None:
    backup.add_client_error(LIST, "ResourceNotFoundException")

    assert copies_of([clients]) == ()


def test_a_denial_of_a_vault_that_is_not_there_is_no_denial(clients: Clients, backup: Stubber) -> None:
    backup.add_client_error(LIST, "AccessDeniedException")
    backup.add_response(VAULTS, {"BackupVaultList": [{"BackupVaultName": "another"}]})

    assert copies_of([clients]) == ()


def denied(backup: Stubber, said: str) -> None:
    """The vault is there, and nobody may look into it; or nobody may look what is there."""
    backup.add_client_error(LIST, "AccessDeniedException", "not yours")
    if said == VAULTS:
        backup.add_client_error(VAULTS, "AccessDeniedException", "not yours")
    else:
        backup.add_response(VAULTS, {"BackupVaultList": [{"BackupVaultName": BACKUP_VAULT_NAME}]})


@pytest.mark.parametrize("by", [LIST, VAULTS])
def test_what_may_not_be_read_is_an_error_with_a_cure_and_not_nothing(
    clients: Clients, backup: Stubber, by: str
) -> None:
    denied(backup, by)

    with pytest.raises(UnreadableCopies, match=r"what AWS Backup keeps in eu-west-1 cannot be read: not yours") as told:
        copies_of([clients])

    assert "backup:ListRecoveryPointsByBackupVault" in (told.value.hint or "")


def test_an_account_whose_copies_may_not_be_read_is_one_that_nobody_can_look_into(
    clients: Clients, backup: Stubber
) -> None:
    denied(backup, LIST)

    assert remains_of(OneAccount(clients), "111122223333", ["eu-west-1"], organization="example") is None


def test_any_other_answer_is_no_silence(clients: Clients, backup: Stubber) -> None:
    backup.add_client_error(LIST, "ServiceUnavailableException")

    with pytest.raises(ClientError):
        copies_of([clients])


def test_an_account_with_copies_is_not_empty(clients: Clients, backup: Stubber) -> None:
    backup.add_response(LIST, {"RecoveryPoints": [point("Aurora", 2027, 1, 1)]}, ASKED)

    remains = remains_of(OneAccount(clients), "111122223333", ["eu-west-1"], organization="example")

    assert remains == ("1 copy of Aurora in eu-west-1, the last until 2027-01-01 (AWS Backup)",)
