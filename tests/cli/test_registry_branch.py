"""What a run recorded comes back as a branch, also when the run failed."""

from pathlib import Path

import pytest

from cells.cli.registry_branch import registry_branch
from cells.cli.workspace import Workspace
from constructs_lib.specs.errors import InputError
from tests.cli.repository import Repository

REGISTRY = "accounts/registry.json"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "somebody@example.com")
    return Repository.make(tmp_path / "repository")


def branches(repository: Repository) -> list[str]:
    return repository.git("branch", "--format=%(refname:short)").split()


def change(repository: Repository) -> None:
    repository.edit(REGISTRY, "444444444444", "444444444445")


def test_a_registry_that_changed_is_committed_and_the_next_step_is_told(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    with registry_branch(Workspace(repository.folder), "vended"):
        change(repository)

    assert repository.git("diff", "--name-only", "main", "vended") == REGISTRY
    assert "git push origin vended" in capsys.readouterr().err


def test_a_registry_that_did_not_change_makes_no_branch(repository: Repository) -> None:
    with registry_branch(Workspace(repository.folder), "vended"):
        pass

    assert branches(repository) == ["main"]


def test_a_run_that_fails_loses_nothing(repository: Repository) -> None:
    with pytest.raises(RuntimeError), registry_branch(Workspace(repository.folder), "vended"):
        change(repository)
        raise RuntimeError

    assert repository.git("diff", "--name-only", "main", "vended") == REGISTRY


def test_a_commit_that_fails_does_not_hide_what_failed_first(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "")
    with pytest.raises(RuntimeError, match="first"), registry_branch(Workspace(repository.folder), "vended"):
        change(repository)
        raise RuntimeError("first")

    assert "was not committed" in capsys.readouterr().err


def test_a_branch_that_is_there_is_refused_before_anything_is_done(repository: Repository) -> None:
    with pytest.raises(InputError, match="is there already"), registry_branch(Workspace(repository.folder), "main"):
        raise AssertionError("nothing is done")


def test_without_a_name_nothing_is_committed(repository: Repository) -> None:
    with registry_branch(Workspace(repository.folder), None):
        change(repository)

    assert branches(repository) == ["main"]
