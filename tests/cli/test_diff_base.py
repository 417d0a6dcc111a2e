"""`cells diff --base` and `cells affected`, in a small repository with a CDK app of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cells.cli.main import run
from tests.cli.conftest import Cells, Result
from tests.cli.repository import FILES, Repository, write_assemblies

CHANGED = {**FILES, "Files": ("AWS::S3::Bucket", {"BucketName": "PRODUCT-other"})}
RENAMED = {**FILES, "Topic": ("AWS::SNS::Topic", {"DisplayName": "All the news"})}

CHANGE_FILE = """
reason: The bucket was copied to the new one on the day before.
owner: crm-team@example.com
expires: 2026-12-31
resources:
  - cell: acme-crm/*
    stack: ProductCell-Data
    resource: Files
"""


@pytest.fixture
def repository(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(tmp_path)
    if not request.node.get_closest_marker("integration"):
        monkeypatch.setattr("cells.cli.worker_pool.synthesize", write_assemblies)
    return Repository.make(tmp_path)


@pytest.fixture
def cells(repository: Repository, capsys: pytest.CaptureFixture[str]) -> Cells:
    def of(*arguments: str) -> Result:
        code = run(arguments)
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return of


def test_the_tree_of_the_base_itself_is_not_synthesized(cells: Cells, repository: Repository) -> None:
    result = cells("diff", "--base", "HEAD")

    assert result.code == 0
    assert "nothing is uncommitted and HEAD" in result.err
    assert "no differences: 3 cells" in result.out
    assert not list(repository.folder.glob(".cells/base/*/*/*"))


@pytest.mark.integration
def test_equal_changes_are_told_once_with_the_cells_that_they_touch(cells: Cells, repository: Repository) -> None:
    repository.app(RENAMED)

    result = cells("diff", "--base", "main")

    assert result.code == 0
    assert "acme-crm/dev, acme-crm/staging, acme-crm/prod  (3 cells change alike)" in result.out
    assert result.out.count("DisplayName: News → All the news") == 1
    assert "3 of 3 cells affected" in result.out
    assert "compared with its 1 uncommitted files (app.py)" in result.err


@pytest.mark.integration
def test_a_refactor_prints_nothing_and_affects_nothing(cells: Cells, repository: Repository) -> None:
    repository.edit("app.py", "app = App()", "cdk = App()\napp = cdk  # under another name")

    assert cells("diff", "--base", "main").out.startswith("no differences: 3 cells")
    assert cells("affected", "--base", "main", "--matrix").out == '{"include":[]}\n'


def test_data_that_would_be_lost_ends_with_3_and_names_the_cure(cells: Cells, repository: Repository) -> None:
    repository.app(CHANGED)

    result = cells("diff", "acme-crm", "-e", "prod", "--base", "main")

    assert result.code == 3
    assert "data would be lost: acme-crm/prod ProductCell-Data/Files (AWS::S3::Bucket)" in result.out
    assert "{cell: acme-crm/prod, stack: ProductCell-Data, resource: Files}" in result.out


def test_a_change_file_lets_named_data_go_until_its_day(cells: Cells, repository: Repository) -> None:
    repository.app(CHANGED)
    repository.write("cells/changes/bucket.yaml", CHANGE_FILE)
    arguments = ("diff", "-e", "dev", "--base", "main", "--on")

    in_time, late = cells(*arguments, "2026-12-31"), cells(*arguments, "2027-01-01")

    assert in_time.code == 0
    assert "cells/changes/bucket.yaml lets acme-crm/dev ProductCell-Data/Files" in in_time.out
    assert late.code == 3
    assert "cells/changes/bucket.yaml named it, but has expired" in late.out


def test_a_change_file_that_names_nothing_is_told_and_a_broken_one_is_wrong_input(
    cells: Cells, repository: Repository
) -> None:
    repository.app(RENAMED)
    repository.write("cells/changes/bucket.yaml", CHANGE_FILE)

    unused = cells("diff", "--base", "main")
    partial = cells("diff", "-e", "dev", "--base", "main")
    repository.edit("cells/changes/bucket.yaml", "2026-12-31", "some day")
    broken = cells("diff", "-e", "dev", "--base", "main")

    assert unused.code == 0
    assert "cells/changes/bucket.yaml names nothing that would be lost" in unused.err
    assert "names nothing" not in partial.err
    assert broken.code == 2
    assert "cells/changes/bucket.yaml:4: expires" in broken.err


@pytest.mark.parametrize(
    "ref, error, hint",
    [
        ("mian", "no commit 'mian' in this repository", "did you mean 'main'?"),
        ("--help", "no commit '--help' in this repository", "git branch --all"),
        ("HEAD~7", "no commit 'HEAD~7'", "git branch --all"),
    ],
)
def test_a_ref_that_does_not_exist_is_wrong_input(cells: Cells, ref: str, error: str, hint: str) -> None:
    result = cells("diff", f"--base={ref}")

    assert result.code == 2
    assert error in result.err
    assert hint in result.err


def test_a_ref_older_than_the_layout_names_the_first_that_has_it(cells: Cells, repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.git("rm", "--quiet", "app.py")
    repository.commit("without an app")

    result = cells("diff", "--base", "HEAD")

    assert result.code == 2
    assert "has no app.py: it is older than this project's layout" in result.err
    assert f"name a commit from {first[:7]} on" in result.err


@pytest.mark.integration
def test_a_base_that_does_not_synthesize_fails_that_cell_only(cells: Cells, repository: Repository) -> None:
    repository.app(FILES, broken=("staging",))
    base = repository.commit("staging is broken")
    repository.app(RENAMED)

    result = cells("diff", "--base", base[:8], "--json")

    found = json.loads(result.out)
    assert result.code == 1
    assert [cell["status"] for cell in found["cells"]] == ["changed", "failed", "changed"]
    assert found["cells"][1]["error"] == f"at {base[:12]}: staging is broken"
    assert found["cells"][1]["hint"] == "mend it"


def test_a_broken_product_file_does_not_stand_in_another_ones_way(cells: Cells, repository: Repository) -> None:
    repository.app(RENAMED)
    repository.write("cells/products/billing.yaml", "name: billing\nsummary: [\n")

    result = cells("diff", "-e", "dev", "--base", "main")
    every = cells("affected", "--base", "main", "--json")

    assert result.code == 0
    assert "1 of 1 cell affected" in result.out
    assert every.code == 2
    by_cell = {cell["cell"]: cell for cell in json.loads(every.out)["cells"]}
    assert by_cell["billing/?"]["status"] == "failed"
    assert "cells/products/billing.yaml:" in by_cell["billing/?"]["error"]
    assert by_cell["acme-crm/prod"]["status"] == "changed"


def test_cells_that_come_and_go_are_told_as_that(cells: Cells, repository: Repository) -> None:
    repository.edit("cells/products/acme-crm.yaml", "  staging: {}\n", "")
    base = repository.commit("no staging")
    repository.edit("cells/products/acme-crm.yaml", "  dev: {}\n", "  staging: {}\n")

    result = cells("affected", "--base", base)
    matrix = json.loads(cells("affected", "--base", base, "--matrix").out)

    assert "acme-crm/dev      gone    not declared any more" in result.out
    assert "acme-crm/staging  new     new: 2 resources" in result.out
    assert [job["cell"] for job in matrix["include"]] == ["acme-crm/staging"]


def test_reasons_are_those_of_the_templates(cells: Cells, repository: Repository) -> None:
    repository.app({**CHANGED, "Queue": ("AWS::SQS::Queue", {"QueueName": "PRODUCT-work"})})

    result = cells("affected", "--base", "main", "-e", "prod")

    assert result.code == 0
    assert "acme-crm/prod  changed  Data 1 created, 1 replaced (loses data)" in result.out


def test_the_second_run_synthesizes_nothing(cells: Cells, repository: Repository) -> None:
    repository.app(RENAMED)
    first = cells("diff", "--base", "main", "--fail")

    second = cells("diff", "--base", "main", "--fail")

    assert first.code == second.code == 1
    assert "synthesizing cells: 3 at" in first.err
    assert "synthesizing" not in second.err
    assert second.out == first.out


def test_nothing_is_left_behind_and_what_a_killed_run_left_is_taken_away(cells: Cells, repository: Repository) -> None:
    repository.app(RENAMED)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    folder = repository.folder / ".cells" / "base"
    repository.git("worktree", "add", "--quiet", "--detach", str(folder / f"worktree-{dead.pid}"), "HEAD")
    (folder / f"unfinished-{dead.pid}" / "was-0").mkdir(parents=True)
    alive = folder / f"unfinished-{os.getppid()}"
    alive.mkdir()

    assert cells("diff", "-e", "dev", "--base", "main").code == 0

    left = {path.name for path in folder.iterdir() if len(path.name) != 40}
    assert left == {alive.name}
    assert repository.git("worktree", "list").count("\n") == 0


def test_locks_that_differ_are_told(cells: Cells, repository: Repository) -> None:
    repository.app(RENAMED)
    repository.edit("requirements.lock", "aws-cdk-lib==2.275.0", "aws-cdk-lib==2.274.0")

    result = cells("diff", "-e", "dev", "--base", "main")

    assert "requirements.lock differs (aws-cdk-lib 2.275.0 → 2.274.0)" in result.err
    assert "--isolated synthesizes it with its own" in result.err


def test_the_merge_base_leaves_out_what_the_other_branch_did(cells: Cells, repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create", "feature")
    repository.app(RENAMED)
    repository.commit("feature")
    repository.git("switch", "--quiet", "main")
    repository.app(CHANGED)
    repository.commit("meanwhile")
    repository.git("switch", "--quiet", "feature")

    plain = cells("diff", "-e", "dev", "--base", "main")
    parted = cells("diff", "-e", "dev", "--base", "main", "--merge-base")

    assert plain.code == 3
    assert parted.code == 0
    assert "Topic" in parted.out
    assert "Files" not in parted.out


@pytest.mark.parametrize(
    "arguments, error",
    [
        (["diff", "acme-cmr", "--base", "main"], "no cell has the product 'acme-cmr'"),
        (["diff", "acme-crm", "-e", "prd", "--base", "main"], "no cell has the environment 'prd'"),
        (["diff", "--base", "main", "--change-set"], "--base compares with a commit"),
        (["diff", "--base", "main", "--json", "--markdown"], "--json and --markdown cannot be combined"),
        (["diff"], "no product is named"),
        (["diff", "acme-crm", "-e", "dev", "-e", "prod"], "2 environments are named"),
        (["affected"], "nothing to compare with"),
        (["affected", "--base", "main", "--json", "--matrix"], "--json and --matrix cannot be combined"),
        (["ci"], "nothing to compare with"),
        (["ci", "--base", "main", "--skip", "lint"], "there is no step 'lint'"),
    ],
)
def test_wrong_input_is_an_error_in_two_lines(cells: Cells, arguments: list[str], error: str) -> None:
    result = cells(*arguments)

    assert result.code == 2
    assert result.err.splitlines()[0].startswith(f"error: {error}")
    assert result.err.splitlines()[1].startswith("hint: ")


def test_a_folder_without_history_is_wrong_input(cells: Cells, repository: Repository) -> None:
    (repository.folder / ".git").rename(repository.folder / "no-git")

    result = cells("diff", "--base", "main")

    assert result.code == 2
    assert "is not in a git repository" in result.err


def test_a_hook_of_git_does_not_lead_it_astray(
    cells: Cells, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.app(RENAMED)
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, str(repository.folder / "elsewhere"))

    assert "1 of 1 cell affected" in cells("diff", "-e", "dev", "--base", "main").out


@pytest.mark.integration
def test_no_credentials_reach_the_synthesis(
    cells: Cells, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "not-for-synth")
    repository.edit("app.py", "app = App()", 'import os\nassert "AWS_ACCESS_KEY_ID" not in os.environ\napp = App()')

    assert cells("diff", "-e", "dev", "--base", "main").code == 0
