"""What the commands ask of git, in real repositories."""

import os
from pathlib import Path, PurePosixPath

import pytest

from cells.cli.git import Commit, Git
from constructs_lib.specs.errors import CellsError, InputError
from tests.cli.repository import Repository

NAMES = ("plain.yaml", "with blanks.yaml", "grün 😀.yaml", "-dash.yaml", 'quote".yaml', "tab\t.yaml", "two\nlines.yaml")


@pytest.fixture(autouse=True)
def own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of the machine, so that a test says the same everywhere."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / "gitconfig").write_text("[init]\n\tdefaultBranch = main\n")


def emptied(folder: Path) -> Repository:
    folder.mkdir(parents=True, exist_ok=True)
    made = Repository(folder)
    made.git("init", "--quiet")
    return made


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Two commits, of which the second one has another app."""
    made = emptied(tmp_path / "repository")
    made.write("app.py", "one")
    made.write("cells/products/acme.yaml", "name: acme\n")
    made.commit("first")
    made.write("app.py", "two")
    made.commit("second")
    return made


@pytest.fixture
def nested(tmp_path: Path) -> Repository:
    """A project in a sub-folder of a repository that has other things as well."""
    made = emptied(tmp_path / "mono")
    made.write("infra/cloud/app.py", "one")
    made.write("infra/cloud/cells/products/acme.yaml", "name: acme\n")
    made.write("cells/products/other.yaml", "of another project")
    made.write("README.md", "one")
    made.commit("first")
    return made


@pytest.fixture(params=["the repository itself", "a sub-folder"])
def git(request: pytest.FixtureRequest, repository: Repository, nested: Repository) -> Git:
    whole = request.param == "the repository itself"
    return Git(repository.folder if whole else nested.folder / "infra" / "cloud")


def head(git: Git) -> Commit:
    return git.commit("HEAD")


def test_a_commit_is_known_by_branch_tag_and_digits(repository: Repository) -> None:
    repository.git("tag", "v1")
    repository.git("tag", "--annotate", "--message", "two", "v2")
    id = repository.git("rev-parse", "HEAD")
    git = Git(repository.folder)

    for ref in ("main", "HEAD", "v1", "v2", id, id[:8]):
        assert git.commit(ref).id == id
    assert git.commit("HEAD~1").id == repository.git("rev-parse", "main^")


def test_a_commit_is_told_with_the_words_that_named_it(repository: Repository) -> None:
    id = repository.git("rev-parse", "HEAD")
    git = Git(repository.folder)

    assert str(git.commit("main")) == f"main ({id[:12]})"
    assert str(git.commit(id[:7])) == str(git.commit(id)) == id[:12]


@pytest.mark.parametrize(
    "ref", ["--help", "-x", "--output=app.py", "", "HEAD:app.py", "main..HEAD", "no such", "^main"]
)
def test_what_is_no_commit_is_wrong_input_and_never_an_option(repository: Repository, ref: str) -> None:
    with pytest.raises(InputError, match="no commit '.*' in this repository"):
        Git(repository.folder).commit(ref)

    assert (repository.folder / "app.py").read_text() == "two"


def test_the_closest_ref_is_named(repository: Repository) -> None:
    repository.git("branch", "release/2026-11")

    with pytest.raises(InputError) as wrong:
        Git(repository.folder).commit("release/2026-10")

    assert wrong.value.hint == "did you mean 'release/2026-11'?"


@pytest.fixture
def shallow(repository: Repository, tmp_path: Path) -> Git:
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(tmp_path / "shallow"))
    return Git(tmp_path / "shallow")


@pytest.mark.parametrize(
    "ref, fetch",
    [
        ("feature", "git fetch --depth=1 origin feature"),
        ("origin/feature", "git fetch --depth=1 origin feature"),
        ("HEAD~1", "git fetch --unshallow"),
        ("main^", "git fetch --unshallow"),
    ],
)
def test_in_a_shallow_clone_the_hint_is_to_fetch_more(shallow: Git, ref: str, fetch: str) -> None:
    with pytest.raises(InputError) as wrong:
        shallow.commit(ref)

    assert wrong.value.hint == f"this clone is shallow: {fetch}"


def test_a_folder_without_history_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not in a git repository") as wrong:
        Git(tmp_path)
    assert wrong.value.hint == "clone the project; a copy has no history"


def test_the_folder_of_git_itself_is_wrong_input(repository: Repository) -> None:
    with pytest.raises(InputError, match="is not in a git repository"):
        Git(repository.folder / ".git")


def test_a_repository_of_somebody_else_is_told_with_the_line_that_trusts_it(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    with pytest.raises(InputError, match="git does not trust .*repository: it belongs to somebody else") as wrong:
        Git(repository.folder)

    assert wrong.value.hint == f"git config --global --add safe.directory {repository.folder}"


def test_git_that_is_missing_is_wrong_input(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(InputError, match="git is not on PATH"):
        Git(repository.folder)


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"])
def test_the_variables_of_a_hook_do_not_lead_it_astray(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "/nowhere")

    assert Git(repository.folder).uncommitted() == ()


def test_files_are_named_and_read_as_paths_of_the_project(git: Git) -> None:
    commit = head(git)

    assert git.files(commit, "cells/products") == ("cells/products/acme.yaml",)
    assert git.read(commit, "cells/products/acme.yaml") == "name: acme"
    assert git.read(commit, "app.py") in ("one", "two")


def test_what_is_not_there_at_a_commit_is_nothing(git: Git) -> None:
    assert git.files(head(git), "cells/changes") == ()
    assert git.read(head(git), "cells/products/none.yaml") is None
    assert git.first_with("cells/products/none.yaml") == ""


def test_a_file_is_read_as_it_was_at_the_commit(repository: Repository) -> None:
    git = Git(repository.folder)

    assert (git.read(git.commit("HEAD~1"), "app.py"), git.read(git.commit("HEAD"), "app.py")) == ("one", "two")


def test_the_first_commit_with_a_file_is_found(git: Git) -> None:
    first = git.first_with("cells/products/acme.yaml")

    assert len(first) >= 7
    assert git.commit(first).id == git.commit(git._out("rev-list", "--max-parents=0", "HEAD").strip()).id


def test_the_place_of_the_project_in_the_repository_is_known(repository: Repository, nested: Repository) -> None:
    assert Git(repository.folder).prefix == PurePosixPath(".")
    assert Git(nested.folder / "infra" / "cloud").prefix == PurePosixPath("infra/cloud")


def test_file_names_may_have_anything_in_them(repository: Repository) -> None:
    for name in NAMES:
        repository.write(f"names/{name}", name)
    git = Git(repository.folder)

    uncommitted = git.uncommitted()
    repository.commit("names")

    assert sorted(uncommitted) == sorted(f"names/{name}" for name in NAMES)
    assert sorted(git.files(head(git), "names")) == sorted(uncommitted)
    assert [git.read(head(git), f"names/{name}") for name in NAMES] == list(NAMES)


def test_changed_new_staged_and_deleted_files_are_uncommitted_and_ignored_ones_are_not(repository: Repository) -> None:
    repository.write(".gitignore", "*.log\n")
    repository.write("kept.py", "")
    repository.write("gone.py", "")
    repository.write("staged.py", "")
    repository.commit("more")
    repository.write("app.py", "three")
    repository.write("new/deep.py", "")
    repository.write("debug.log", "")
    repository.write("staged.py", "x")
    repository.git("add", "staged.py")
    (repository.folder / "gone.py").unlink()

    assert sorted(Git(repository.folder).uncommitted()) == ["app.py", "gone.py", "new/deep.py", "staged.py"]


def test_a_renamed_file_is_one_that_is_gone_and_one_that_is_new(repository: Repository) -> None:
    repository.git("mv", "cells/products/acme.yaml", "cells/products/acme-crm.yaml")

    assert sorted(Git(repository.folder).uncommitted()) == ["cells/products/acme-crm.yaml", "cells/products/acme.yaml"]


def test_what_is_uncommitted_outside_of_the_project_does_not_count(nested: Repository) -> None:
    nested.write("README.md", "two")
    nested.write("infra/cloud/app.py", "two")

    assert Git(nested.folder / "infra" / "cloud").uncommitted() == ("app.py",)


def test_a_commit_that_changes_nothing_of_the_project_has_the_same_tree(nested: Repository) -> None:
    git = Git(nested.folder / "infra" / "cloud")
    first = head(git)
    nested.write("README.md", "two")
    nested.commit("elsewhere")
    second = head(git)
    nested.write("infra/cloud/app.py", "two")
    nested.commit("here")

    assert git.same_tree(first, second)
    assert not git.same_tree(second, head(git))
    assert not Git(nested.folder).same_tree(first, second)


def test_histories_part_at_their_merge_base(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create", "feature", "HEAD~1")
    repository.write("feature.py", "")
    repository.commit("feature")
    git = Git(repository.folder)

    found = git.merge_base(git.commit("main"), git.commit("HEAD"))

    assert found.id == git.commit("main~1").id
    assert str(found) == f"merge base of main and HEAD ({found.short})"


def test_histories_without_a_common_commit_have_no_merge_base(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--orphan", "other")
    repository.write("other.py", "")
    repository.commit("other")
    git = Git(repository.folder)

    with pytest.raises(InputError, match=r"main \(\w{12}\) and HEAD \(\w{12}\) have no commit in common") as wrong:
        git.merge_base(git.commit("main"), git.commit("HEAD"))
    assert "git fetch --unshallow" in wrong.value.hint


def test_a_worktree_has_the_project_as_it_was_and_goes_without_a_trace(git: Git, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "worktree"

    project = git.add_worktree(head(git), folder)

    assert project == folder / git.prefix
    assert (project / "app.py").read_text() in ("one", "two")
    assert (project / "cells" / "products" / "acme.yaml").is_file()
    (project / "left.py").write_text("something of the run")
    git.remove_worktree(folder)
    assert not folder.exists()
    assert git._out("worktree", "list").count("\n") == 0


def test_a_worktree_leaves_the_checkout_and_its_branch_alone(repository: Repository, tmp_path: Path) -> None:
    repository.write("app.py", "three")
    git = Git(repository.folder)

    git.add_worktree(git.commit("HEAD~1"), tmp_path / "worktree")

    assert (repository.folder / "app.py").read_text() == "three"
    assert repository.git("rev-parse", "--abbrev-ref", "HEAD") == "main"
    git.remove_worktree(tmp_path / "worktree")
    assert git.uncommitted() == ("app.py",)


def test_a_hook_of_the_repository_does_not_run_for_a_worktree(repository: Repository, tmp_path: Path) -> None:
    repository.write(".git/hooks/post-checkout", f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
    (repository.folder / ".git/hooks/post-checkout").chmod(0o755)
    git = Git(repository.folder)

    git.add_worktree(head(git), tmp_path / "worktree")

    assert not (tmp_path / "ran").exists()


def test_a_worktree_whose_folder_was_deleted_can_be_made_again_and_removed(git: Git, tmp_path: Path) -> None:
    folder = tmp_path / "worktree"
    git.add_worktree(head(git), folder)
    folder.rename(tmp_path / "away")

    git.add_worktree(head(git), folder)
    git.remove_worktree(folder)
    git.remove_worktree(folder)

    assert git._out("worktree", "list").count("\n") == 0


def test_a_worktree_that_cannot_be_made_is_an_error_with_the_reason_of_git(git: Git, tmp_path: Path) -> None:
    (tmp_path / "worktree").mkdir()
    (tmp_path / "worktree" / "file").write_text("")

    with pytest.raises(CellsError, match="git cannot check out HEAD .*already exists") as failed:
        git.add_worktree(head(git), tmp_path / "worktree")
    assert failed.value.exit_code == 1


def test_a_worktree_whose_folder_somebody_deleted_is_forgotten(git: Git, tmp_path: Path) -> None:
    folder = tmp_path / "worktree"
    git.add_worktree(head(git), folder)
    folder.rename(tmp_path / "away")

    git.remove_worktree(folder)

    assert git._out("worktree", "list").count("\n") == 0


def test_looking_writes_nothing_into_the_repository(repository: Repository) -> None:
    index = repository.folder / ".git" / "index"
    os.utime(repository.folder / "app.py", (1, 1))
    before = index.read_bytes()

    assert Git(repository.folder).uncommitted() == ()

    assert index.read_bytes() == before


@pytest.fixture
def committer(monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "somebody@example.com")


def test_a_branch_gets_one_file_as_it_is_now_and_nothing_else(repository: Repository, committer: None) -> None:
    repository.write("app.py", "three")
    repository.write("cells/products/acme.yaml", "name: acme\nowner: me\n")

    made = Git(repository.folder).commit_to_branch("registry/new", "cells/products/acme.yaml", "chore: new")

    assert repository.git("diff", "--name-only", "HEAD", "registry/new") == "cells/products/acme.yaml"
    assert repository.git("show", "registry/new:cells/products/acme.yaml") == "name: acme\nowner: me"
    assert repository.git("log", "-1", "--format=%s %P", made.id) == f"chore: new {repository.git('rev-parse', 'HEAD')}"


def test_a_branch_leaves_checkout_index_and_current_branch_alone(repository: Repository, committer: None) -> None:
    repository.write("app.py", "three")
    repository.git("add", "app.py")
    before = (repository.git("status", "--porcelain", "--branch"), repository.git("diff", "--cached"))

    Git(repository.folder).commit_to_branch("registry", "cells/products/acme.yaml", "chore: new")

    assert (repository.git("status", "--porcelain", "--branch"), repository.git("diff", "--cached")) == before
    assert not list((repository.folder / ".git").glob("cells-index*"))


def test_a_branch_of_a_project_below_the_repository_has_the_file_in_its_place(
    nested: Repository, committer: None
) -> None:
    nested.write("infra/cloud/app.py", "new")

    Git(nested.folder / "infra" / "cloud").commit_to_branch("registry", "app.py", "chore: new")

    assert nested.git("diff", "--name-only", "HEAD", "registry") == "infra/cloud/app.py"


@pytest.mark.parametrize(
    ("name", "message"), [("main", "the branch 'main' is there already"), ("a..b", "'a..b' is not a name")]
)
def test_a_branch_that_cannot_be_made_is_refused(repository: Repository, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Git(repository.folder).refuse_branch(name)


def test_without_a_committer_git_says_what_it_misses(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "")

    with pytest.raises(CellsError, match="git commit-tree failed"):
        Git(repository.folder).commit_to_branch("registry", "app.py", "chore: new")
