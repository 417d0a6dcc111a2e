"""Targets: who may be touched, and with what."""

from pathlib import Path

import pytest

from cells.cli.target import AwsTarget, LocalTarget, target_of
from constructs_lib.specs.errors import InputError

CELL = "111122223333"


class FakeSts:
    """Credentials of one account."""

    def __init__(self, account: str) -> None:
        self.sts = self
        self._account = account

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self._account}


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.mark.parametrize(
    ("name", "profile", "message"),
    [
        ("azure", None, "unknown target 'azure'"),
        ("local", "prod", "takes no profile, got 'prod'"),
        ("local", None, "the embedded AWS does not run"),
        (None, None, "the embedded AWS does not run"),
    ],
)
def test_a_wrong_target_is_refused(tmp_path: Path, name: str | None, profile: str | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        target_of(tmp_path, name, profile)


def test_a_profile_means_aws(tmp_path: Path) -> None:
    assert target_of(tmp_path, None, "prod").name == "aws"


def test_missing_credentials_are_refused_before_anything_is_touched() -> None:
    with pytest.raises(InputError, match="no usable credentials from the environment") as refused:
        AwsTarget(None).verify(CELL)
    assert f"sign in to account {CELL}" in refused.value.hint


def test_credentials_of_another_account_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    target = AwsTarget("other")
    monkeypatch.setattr(target, "clients", lambda account, region: FakeSts("444455556666"))

    with pytest.raises(InputError, match=f"belong to account 444455556666, the cell is in {CELL}"):
        target.verify(CELL)


def test_credentials_of_the_cells_account_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    target = AwsTarget(None)
    monkeypatch.setattr(target, "clients", lambda account, region: FakeSts(CELL))

    target.verify(CELL)

    assert target.can_use(CELL)
    assert not target.can_use("444455556666")


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(InputError, match="unknown profile 'nope'"):
        AwsTarget("nope").verify(CELL)


def test_a_profile_wins_over_keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-another-account")

    variables = AwsTarget("prod").variables(CELL, "eu-west-1")

    assert "AWS_ACCESS_KEY_ID" not in variables
    assert (variables["AWS_PROFILE"], variables["AWS_REGION"]) == ("prod", "eu-west-1")


def test_the_embedded_aws_gets_nothing_of_the_callers_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")

    variables = LocalTarget("http://127.0.0.1:1", tmp_path).variables(CELL, "eu-west-1")

    assert "AWS_PROFILE" not in variables
    assert "AWS_SESSION_TOKEN" not in variables
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert variables["CDK_HOME"].startswith(str(tmp_path))


def test_clients_are_made_once_for_each_account_and_region(tmp_path: Path) -> None:
    local, aws = LocalTarget("http://127.0.0.1:1", tmp_path), AwsTarget(None)
    there, elsewhere = local.clients(CELL, "eu-west-1"), local.clients(CELL, "us-east-1")
    other = local.clients("444455556666", "eu-west-1")

    assert local.clients(CELL, "eu-west-1") is there
    assert aws.clients(CELL, "eu-west-1") is aws.clients(CELL, "eu-west-1")
    assert (there.region, elsewhere.region, aws.clients(CELL, "us-east-1").region) == (
        "eu-west-1",
        "us-east-1",
        "us-east-1",
    )
    assert [one.session.get_credentials().access_key for one in (there, elsewhere, other)] == [
        CELL,
        CELL,
        "444455556666",
    ]


def test_what_is_known_of_a_service_is_read_once_for_all_accounts(tmp_path: Path) -> None:
    local = LocalTarget("http://127.0.0.1:1", tmp_path)
    first, second = local.clients(CELL, "eu-west-1").session, local.clients("444455556666", "us-east-1").session

    assert first._loader is second._loader
