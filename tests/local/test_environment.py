"""The environment of a program that talks to the embedded AWS."""

from pathlib import Path

from local.environment import CLEARED, environment


def test_the_access_key_is_the_account(tmp_path: Path) -> None:
    made = environment("http://127.0.0.1:4566", "444455556666", "eu-west-1", tmp_path)

    assert made["AWS_ACCESS_KEY_ID"] == "444455556666"
    assert made["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert made["AWS_REGION"] == made["AWS_DEFAULT_REGION"] == "eu-west-1"


def test_the_cdk_keeps_its_account_cache_with_the_emulator(tmp_path: Path) -> None:
    made = environment("http://127.0.0.1:4566", "444455556666", "eu-west-1", tmp_path)

    assert Path(made["CDK_HOME"]).is_relative_to(tmp_path)


def test_no_file_of_the_caller_s_aws_life_is_read(tmp_path: Path) -> None:
    made = environment("http://127.0.0.1:4566", "444455556666", "eu-west-1", tmp_path)

    assert Path(made["AWS_CONFIG_FILE"]).is_relative_to(tmp_path)
    assert Path(made["AWS_SHARED_CREDENTIALS_FILE"]).is_relative_to(tmp_path)
    assert "AWS_PROFILE" in CLEARED
    assert not set(CLEARED) & set(made)


def test_nothing_is_sent_home(tmp_path: Path) -> None:
    made = environment("http://127.0.0.1:4566", "444455556666", "eu-west-1", tmp_path)

    assert made["CDK_DISABLE_CLI_TELEMETRY"] == "true"
    assert made["CDK_NOTICES"] == "false"
    assert made["AWS_EC2_METADATA_DISABLED"] == "true"
