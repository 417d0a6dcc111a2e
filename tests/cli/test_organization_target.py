"""The accounts of an organization, reached from its management account."""

from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from cells.cli.organization_target import OrganizationTarget
from cells.cli.target import AwsTarget
from constructs_lib.specs.errors import InputError

MANAGEMENT = "123456789012"  # whose credentials moto's are
MEMBER = "111122223333"
ROLE = "arn:aws:iam::{account}:role/OrganizationAccountAccessRole"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "own-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "own-secret")


@pytest.fixture
def target():
    with mock_aws(config={"core": {"mock_credentials": False}}):
        yield OrganizationTarget(AwsTarget(None), MANAGEMENT, ROLE, None)


def who(clients) -> str:
    return clients.sts.get_caller_identity()["Account"]


def test_a_member_is_worked_on_as_its_own_role(target: OrganizationTarget) -> None:
    assert who(target.clients(MEMBER, "eu-west-1")) == MEMBER
    assert "OrganizationAccountAccessRole" in target.clients(MEMBER, "eu-west-1").sts.get_caller_identity()["Arn"]


def test_the_management_account_is_worked_on_as_the_caller(target: OrganizationTarget) -> None:
    assert who(target.clients(MANAGEMENT, "eu-west-1")) == MANAGEMENT
    assert target.variables(MANAGEMENT, "eu-west-1")["AWS_ACCESS_KEY_ID"] == "own-key"


def test_a_program_gets_the_credentials_of_the_member_and_nothing_that_wins_over_them(
    target: OrganizationTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECURITY_TOKEN", "old")

    given = target.variables(MEMBER, "us-east-1")

    session = boto3.Session(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], given["AWS_SESSION_TOKEN"])
    assert session.client("sts", region_name="us-east-1").get_caller_identity()["Account"] == MEMBER
    assert given["AWS_REGION"] == "us-east-1"
    assert not given.keys() & {"AWS_PROFILE", "AWS_SECURITY_TOKEN"}
    assert target.options == ()


def test_credentials_are_got_once_for_each_account(target: OrganizationTarget) -> None:
    first = target.variables(MEMBER, "eu-west-1")["AWS_ACCESS_KEY_ID"]

    assert target.variables(MEMBER, "us-east-1")["AWS_ACCESS_KEY_ID"] == first
    assert target.variables("444455556666", "us-east-1")["AWS_ACCESS_KEY_ID"] != first


def test_credentials_that_end_soon_are_got_anew(target: OrganizationTarget) -> None:
    from datetime import UTC, datetime, timedelta

    first = target.variables(MEMBER, "eu-west-1")["AWS_ACCESS_KEY_ID"]
    target._assumed[MEMBER]["Expiration"] = datetime.now(UTC) + timedelta(minutes=14)

    assert target.variables(MEMBER, "eu-west-1")["AWS_ACCESS_KEY_ID"] != first


def test_clients_are_kept_as_long_as_their_credentials(target: OrganizationTarget) -> None:
    from datetime import UTC, datetime, timedelta

    first = target.clients(MEMBER, "eu-west-1")
    assert target.clients(MEMBER, "eu-west-1") is first
    assert target.clients(MEMBER, "us-east-1") is not first

    target._assumed[MEMBER]["Expiration"] = datetime.now(UTC) + timedelta(minutes=14)

    renewed = target.clients(MEMBER, "eu-west-1")
    assert renewed.session.get_credentials().access_key != first.session.get_credentials().access_key
    assert who(renewed) == MEMBER


def test_credentials_of_a_member_are_refused(target: OrganizationTarget) -> None:
    other = OrganizationTarget(AwsTarget(None), "444455556666", ROLE, None)
    with pytest.raises(InputError, match="belong to account 123456789012"):
        other.verify(MEMBER)
