"""`cells org adopt`, `drift`, `close-account` and `product close` where nobody has to be asked."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cells

WRONG = [
    (("org", "adopt", "--into", "new", "--account", "log-archive"), "--account takes NAME=VALUE, got 'log-archive'"),
    (("org", "adopt", "--into", "new", "--pool", "10.0.0.0/8"), "--pool takes NAME=VALUE, got '10.0.0.0/8'"),
    (("org", "adopt", "--into", "new", "--lock", "COMPLIANCE"), "--lock takes MODE:LENGTH, got 'COMPLIANCE'"),
    (("org", "adopt"), "accounts/organization.yaml is there already"),
    (("org", "adopt", "--into", "new"), "the embedded AWS does not run"),
    (("org", "drift"), "the embedded AWS does not run"),
    (("org", "drift", "--revert", "a", "--adopt", "b"), "--revert and --adopt exclude each other"),
    (("org", "close-account", "ci-cd", "--data-is-gone", "cicd"), "--data-is-gone says 'cicd', but 'ci-cd' is to be"),
    (("product", "close", "nothing"), "the registry has no cell of a product 'nothing'"),
    (("product", "close", "acme-crm"), "the embedded AWS does not run"),
]


@pytest.mark.parametrize(("words", "text"), WRONG, ids=[" ".join(row[0]) for row in WRONG])
def test_wrong_input_is_told_and_nothing_is_written(cells: Cells, project: Path, words, text) -> None:
    before = sorted(project.rglob("*"))

    result = cells(*words)

    assert result.code == 2
    assert text in result.err
    assert sorted(project.rglob("*")) == before


def test_a_registry_with_one_account_twice_is_told_with_its_file(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "registry.json"
    path.write_text(path.read_text().replace("777788889999", "111122223333"))

    result = cells("org", "show")

    assert result.code == 2
    assert "accounts/registry.json:1: the account 111122223333 is recorded for acme-crm-dev and for" in result.err


def test_a_closed_cell_is_not_there_any_more_and_keeps_its_range(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "registry.json"
    head, tail = path.read_text().split('"domain": "crm-staging.example.com"')
    path.write_text(f'{head}"domain": "crm-staging.example.com"{tail.replace("active", "closed", 1)}')

    assert "acme-crm-staging" not in cells("org", "show").out
    assert cells("org", "plan", "--offline").out == "nothing to do: the organization is as declared\n"
    assert "10.0.16.0/20" not in cells("new", "billing", "--modules", "tasks", "--yes").out
