"""What deploy, destroy, diff and secrets refuse before anything is touched."""

import json
from pathlib import Path

import pytest

from cells.cli import cdk
from tests.cli.conftest import Cells


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_, **__):
        raise AssertionError("a process was started")

    monkeypatch.setattr(cdk.subprocess, "Popen", refuse)


@pytest.mark.parametrize("verb", ["deploy", "destroy", "diff"])
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["acme-crn"], "unknown product 'acme-crn'"),
        (["acme-crm", "-e", "production"], "unknown environment 'production'"),
        (["acme-crm"], "the embedded AWS does not run"),
        (["acme-crm", "--target", "azure"], "unknown target 'azure'"),
        (["acme-crm", "--target", "local", "--profile", "prod"], "takes no profile"),
    ],
)
def test_wrong_input_is_an_error_in_two_lines(cells: Cells, verb: str, arguments: list[str], error: str) -> None:
    result = cells(verb, *arguments)

    assert result.code == 2
    assert error in result.err
    assert "hint: " in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_modules_of_the_command_line_are_for_dev(cells: Cells, environment: str) -> None:
    result = cells("deploy", "acme-crm", "-e", environment, "-m", "tasks")

    assert result.code == 2
    assert f"{environment} is deployed with the modules of its file" in result.err


@pytest.mark.parametrize("verb", [["deploy"], ["destroy"], ["secrets", "check"]])
def test_a_pending_cell_is_refused(cells: Cells, project: Path, verb: list[str]) -> None:
    path = project / "accounts" / "registry.json"
    registry = json.loads(path.read_text())
    registry["cells"][0] |= {"account": None, "state": "pending"}
    path.write_text(json.dumps(registry))

    result = cells(*verb, "acme-crm", "-e", registry["cells"][0]["environment"])

    assert result.code == 2
    assert "has no account yet" in result.err


def test_a_platform_account_that_is_not_vended_is_refused(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "registry.json"
    registry = json.loads(path.read_text())
    registry["accounts"]["network-hub"] = {"state": "pending"}
    path.write_text(json.dumps(registry))

    result = cells("deploy", "acme-crm")

    assert result.code == 2
    assert "the account 'network-hub' is not vended yet" in result.err


def test_data_of_another_cell_is_not_released(cells: Cells) -> None:
    result = cells("deploy", "acme-crm", "--release-data", "acme-crm-prod")

    assert result.code == 2
    assert "--release-data says 'acme-crm-prod', the cell is 'acme-crm-dev'" in result.err


def test_a_machine_reads_that_the_embedded_aws_does_not_run(cells: Cells) -> None:
    result = cells("local", "status", "--json")

    assert result.code == 0
    assert json.loads(result.out)["running"] is False


def test_stopping_what_does_not_run_is_no_error(cells: Cells) -> None:
    assert cells("local", "down", "--json").out == '{\n  "stopped": false\n}\n'


def test_going_without_a_snapshot_takes_a_reason(cells: Cells) -> None:
    result = cells("deploy", "acme-crm", "--no-snapshot", " ")

    assert result.code == 2
    assert "error: --no-snapshot has no reason" in result.err
    assert "hint: say why" in result.err
