"""`cells ci`: every step runs and is told, whatever becomes of the others."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from cells.cli.ci_steps import STEPS
from cells.cli.main import run
from cells.cli.worker_pool import Answer, Checkout, Job
from cells.fleet.comment import MARKER
from tests.cli.conftest import Cells, Result
from tests.cli.repository import FILES, Repository, write_assemblies

CHANGED = {**FILES, "Files": ("AWS::S3::Bucket", {"BucketName": "PRODUCT-other"})}
RENAMED = {**FILES, "Topic": ("AWS::SNS::Topic", {"DisplayName": "All the news"})}

PASSES = "checks:\n\t@echo 12 passed\n"
FAILS = "checks:\n\t@echo one is wrong\n\t@echo to standard error >&2\n\t@exit 3\n"

Findings = dict[str, list[str]]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository in which every step passes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cells.cli.worker_pool.synthesize", write_assemblies)
    made = Repository.make(tmp_path)
    made.write("Makefile", PASSES)
    made.commit("with tests")
    return made


class Checks:
    """Stands in for the checks, which need Node: remembers the cells that it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[str] | None] = []
        self.findings: list[str] = []
        self.error: BaseException | None = None

    def __call__(self, workspace, day, cells=None, *, quiet: bool = False):
        self.asked.append(None if cells is None else [str(cell) for cell in cells])
        if self.error:
            raise self.error
        return dict.fromkeys(cells or (), self.findings)


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch) -> Checks:
    made = Checks()
    monkeypatch.setattr("cells.cli.check.findings_of", made)
    return made


@pytest.fixture
def cells(repository: Repository, capsys: pytest.CaptureFixture[str]) -> Cells:
    def of(*arguments: str) -> Result:
        code = run(arguments)
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return of


@pytest.fixture
def ci(cells: Cells) -> Callable[..., dict]:
    """Runs `cells ci --json` and returns what a machine reads, with the exit code."""

    def of(*arguments: str) -> dict:
        result = cells("ci", "--base", "main", "--json", *arguments)
        found = json.loads(result.out)
        assert found["exit_code"] == result.code
        return found

    return of


def states(found: dict) -> dict[str, str]:
    return {step["step"]: step["state"] for step in found["steps"]}


def step_of(found: dict, name: str) -> dict:
    return next(step for step in found["steps"] if step["step"] == name)


def only(*names: str) -> Iterator[str]:
    """The options that skip all other steps."""
    return (word for name in STEPS if name not in names for word in ("--skip", name))


def broken_staging(work: Sequence[tuple[Checkout, Sequence[Job]]], told: Callable[[Answer], None]) -> None:
    for checkout, jobs in work:
        broken = [job for job in jobs if job.cell.environment == "staging"]
        write_assemblies([(checkout, [job for job in jobs if job not in broken])], told)
        for job in broken:
            told(Answer(job, "app.py has no end", "mend it"))


def test_all_steps_pass_in_their_order_and_nothing_is_asked_of_cells_that_do_not_change(
    cells: Cells, checks: Checks
) -> None:
    result = cells("ci", "--base", "main")

    lines = [line.split() for line in result.out.splitlines() if line.startswith("passed  ")]
    assert [line[1] for line in lines] == list(STEPS)
    assert result.code == 0
    assert result.out.endswith("\npassed\n")
    assert "organization, registry, 1 product, 0 change files" in result.out
    assert "3 cells" in result.out
    assert "no change in 3 cells, compared with main" in result.out
    assert "nothing unexcused in 0 cells" in result.out
    assert checks.asked == [[]]


def test_the_checks_look_at_the_cells_that_change(ci, repository: Repository, checks: Checks) -> None:
    repository.app(RENAMED)

    found = ci(*only("diff", "check"))

    assert checks.asked == [["acme-crm/dev", "acme-crm/staging", "acme-crm/prod"]]
    assert step_of(found, "check")["said"] == "nothing unexcused in 3 cells"


def test_the_checks_look_at_all_cells_when_nobody_knows_which_change(ci, checks: Checks) -> None:
    ci(*only("check"))

    assert checks.asked == [None]


def test_cells_that_are_gone_are_not_checked(ci, repository: Repository, checks: Checks) -> None:
    repository.edit("cells/products/acme-crm.yaml", "  staging: {}\n", "")

    found = ci(*only("diff", "check"))

    assert "acme-crm/staging" in [cell["cell"] for cell in found["diff"]["cells"] if cell["status"] == "gone"]
    assert "acme-crm/staging" not in checks.asked[0]


def test_every_step_runs_after_one_that_failed(
    ci, repository: Repository, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cells.cli.worker_pool.synthesize", broken_staging)
    repository.write("cells/changes/bucket.yaml", "reason: short\n")
    repository.app(CHANGED)
    checks.error = RuntimeError("a bug")
    repository.write("Makefile", FAILS)

    found = ci()

    assert set(states(found).values()) == {"failed"}
    assert list(states(found)) == list(STEPS)


@pytest.mark.parametrize(
    "wrong, exit_code",
    [
        ((), 0),
        (("tests",), 1),
        (("check",), 1),
        (("product",), 2),
        (("tests", "product"), 2),
        (("data",), 3),
        (("data", "tests", "product", "check"), 3),
    ],
)
def test_the_exit_code_is_that_of_the_worst_step(
    ci, repository: Repository, checks: Checks, wrong: tuple[str, ...], exit_code: int
) -> None:
    repository.app(CHANGED if "data" in wrong else RENAMED)
    repository.write("Makefile", FAILS if "tests" in wrong else PASSES)
    checks.findings = ["a finding"] if "check" in wrong else []
    if "product" in wrong:
        repository.write("cells/products/billing.yaml", "name: billing\nsummary: [\n")

    assert ci()["exit_code"] == exit_code


def test_steps_can_be_left_out(ci, checks: Checks) -> None:
    found = ci("--skip", "check", "--skip", "tests", "--skip", "diff")

    assert states(found) == {
        "validate": "passed",
        "synth": "passed",
        "diff": "skipped",
        "check": "skipped",
        "tests": "skipped",
    }
    assert found["diff"] is found["gate"] is None
    assert checks.asked == []


def test_a_machine_reads_each_step_the_diff_and_the_verdict(ci, repository: Repository) -> None:
    repository.app(CHANGED)

    found = ci()

    diff = step_of(found, "diff")
    assert diff["exit_code"] == 3
    assert diff["said"].startswith("3 of 3 cells change, 3 resources with data would be lost, compared with main")
    assert "acme-crm/dev: ProductCell-Data/Files holds objects" in diff["details"][0]
    assert diff["details"][-1].startswith("hint: keep it as it was, or let it go by a file in cells/changes that names")
    assert len(found["gate"]["losses"]) == 3
    assert [cell["status"] for cell in found["diff"]["cells"]] == ["changed"] * 3
    assert isinstance(diff["seconds"], float)


def test_one_loss_is_told_in_the_singular(ci, repository: Repository) -> None:
    repository.edit("cells/products/acme-crm.yaml", "  staging: {}\n", "")
    repository.edit("cells/products/acme-crm.yaml", "  dev: {}\n", "")
    repository.commit("prod only")
    repository.app(CHANGED)

    said = step_of(ci(*only("diff")), "diff")["said"]

    assert said.startswith("1 of 1 cell changes, 1 resource with data would be lost")


def test_data_that_a_change_file_lets_go_ends_with_0_until_its_day(ci, repository: Repository) -> None:
    repository.app(CHANGED)
    repository.write(
        "cells/changes/bucket.yaml",
        "reason: The objects were copied.\nowner: crm-team\nexpires: 2026-12-31\nresources:\n"
        "  - {cell: acme-crm/*, stack: ProductCell-Data, resource: Files}\n",
    )

    assert ci("--on", "2026-12-31", *only("diff"))["exit_code"] == 0
    assert ci("--on", "2027-01-01", *only("diff"))["exit_code"] == 3


def test_a_cell_that_does_not_synthesize_fails_synth_and_diff_and_the_others_are_compared(
    ci, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cells.cli.worker_pool.synthesize", broken_staging)
    repository.app(RENAMED)

    found = ci(*only("synth", "diff"))

    assert step_of(found, "synth")["details"] == ["acme-crm/staging: app.py has no end"]
    assert [cell["status"] for cell in found["diff"]["cells"]] == ["changed", "failed", "changed"]
    assert found["exit_code"] == 1


def test_synth_and_diff_share_their_assemblies(ci, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []

    def counting(work, told) -> None:
        counted.extend(len(jobs) for _, jobs in work)
        write_assemblies(work, told)

    monkeypatch.setattr("cells.cli.worker_pool.synthesize", counting)
    repository.app(RENAMED)

    ci(*only("synth", "diff"))

    assert sorted(counted) == [0, 3, 3]
    assert not list(repository.folder.glob(".cells/unfinished/*"))


def test_validate_names_file_and_line_of_every_broken_file(ci, repository: Repository) -> None:
    repository.write("cells/products/billing.yaml", "name: billing\nsummry: x\nmodules: []\n")
    repository.write("cells/products/other.yaml", "name: other\nsummary: [\n")
    repository.write("cells/changes/bucket.yaml", "reason: short\n")

    step = step_of(ci(*only("validate")), "validate")

    assert step["exit_code"] == 2
    assert any("cells/products/billing.yaml:2: summry is not a known field" in line for line in step["details"])
    assert any(line.startswith("cells/products/other.yaml:3:") for line in step["details"])
    assert any(line.startswith("cells/changes/bucket.yaml:1: reason must say why") for line in step["details"])
    assert step["said"] == step["details"][0]
    assert "\n" not in step["said"]


@pytest.mark.parametrize("name", ["accounts/organization.yaml", "accounts/registry.json"])
def test_validate_fails_for_a_broken_organization_or_registry(ci, repository: Repository, name: str) -> None:
    repository.write(name, "{]")

    step = step_of(ci(*only("validate")), "validate")

    assert step["exit_code"] == 2
    assert step["said"].startswith(name)


def test_validate_fails_for_documents_that_are_stale(ci, repository: Repository) -> None:
    repository.write("docs/commands.md", "# Of long ago\n")

    step = step_of(ci(*only("validate")), "validate")

    assert step["exit_code"] == 2
    assert "docs/commands.md is stale: make docs" in step["details"]


def test_findings_are_told_with_their_cell(ci, repository: Repository, checks: Checks) -> None:
    repository.app(RENAMED)
    checks.findings = ["AwsSolutions-S1 on Files"]

    step = step_of(ci(*only("diff", "check")), "check")

    assert step["said"] == "3 findings in 3 cells"
    assert step["details"][0] == "acme-crm/dev: AwsSolutions-S1 on Files"
    assert step["exit_code"] == 1


@pytest.mark.parametrize(
    "makefile, state, exit_code, said",
    [
        (PASSES, "passed", 0, "12 passed"),
        (FAILS, "failed", 1, "to standard error"),
        ("checks:\n\t@true\n", "passed", 0, "no output"),
        ("test:\n\t@true\n", "failed", 1, "make: ***"),
        (None, "failed", 2, "no Makefile here"),
    ],
)
def test_the_tests_of_the_project_are_its_target_checks(
    ci, repository: Repository, makefile: str | None, state: str, exit_code: int, said: str
) -> None:
    (repository.folder / "Makefile").unlink()
    if makefile:
        repository.write("Makefile", makefile)

    step = step_of(ci(*only("tests")), "tests")

    assert (step["state"], step["exit_code"]) == (state, exit_code)
    assert said in step["said"]


def test_a_project_without_tests_is_told_how_to_leave_them_out(ci, repository: Repository) -> None:
    (repository.folder / "Makefile").unlink()

    assert step_of(ci(*only("tests")), "tests")["details"][-1] == "hint: leave them out: --skip tests"


def test_the_last_lines_of_failing_tests_are_kept_and_all_are_shown(cells: Cells, repository: Repository) -> None:
    repository.write("Makefile", "checks:\n\t@seq 1 40\n\t@exit 1\n")

    result = cells("ci", "--base", "main", *only("tests"))

    assert [line for line in result.err.splitlines() if line.isdecimal()] == [str(number) for number in range(1, 41)]
    kept = [line.strip() for line in result.out.splitlines() if line.strip().isdecimal()]
    assert kept == [str(number) for number in range(17, 41)]
    assert result.out.endswith("failed: tests\n")


def test_a_base_that_does_not_exist_fails_the_diff_and_its_hint_is_in_the_comment(
    cells: Cells, checks: Checks, tmp_path: Path
) -> None:
    result = cells("ci", "--base", "mian", "--comment", "comment.md", "--skip", "synth")

    text = (tmp_path / "comment.md").read_text()
    assert result.code == 2
    assert "no commit 'mian' in this repository" in text
    assert "hint: did you mean 'main'?" in text
    assert "### Cells: not compared" in text
    assert checks.asked == [None]
    assert "12 passed" in text


def test_the_comment_says_how_each_step_went_and_what_changes(
    cells: Cells, repository: Repository, tmp_path: Path
) -> None:
    repository.app(RENAMED)

    cells("ci", "--base", "main", "--comment", "comment.md", "--skip", "check")

    text = (tmp_path / "comment.md").read_text()
    assert text.splitlines()[0] == MARKER
    assert "### Cells: 3 of 3 cells change · no data is lost" in text
    assert "| check | skipped | 0 s |  |" in text
    assert "DisplayName: News → All the news" in text


def test_the_comment_is_written_also_when_a_step_raises(cells: Cells, checks: Checks, tmp_path: Path) -> None:
    checks.error = RuntimeError("a bug\nin the checks")

    result = cells("ci", "--base", "main", "--comment", "comment.md", *only("check", "tests"))

    text = (tmp_path / "comment.md").read_text()
    assert result.code == 1
    assert "| check | **failed** | 0 s | `internal: RuntimeError: a bug` |" in text
    assert "| tests | passed |" in text
    assert "add --debug" in text


def test_the_comment_of_a_run_that_was_stopped_says_what_did_not_run(
    cells: Cells, checks: Checks, tmp_path: Path
) -> None:
    checks.error = KeyboardInterrupt()

    result = cells("ci", "--base", "main", "--comment", "comment.md", *only("validate", "check", "tests"))

    text = (tmp_path / "comment.md").read_text()
    assert result.code == 130
    assert "| validate | passed |" in text
    assert "| synth | skipped |" in text
    assert "| check | not run |" in text
    assert "| tests | not run |" in text


def test_the_summary_has_what_the_comment_cut_and_the_comment_says_where(
    cells: Cells, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cells.cli.ci.COMMENT_LIMIT", 2_000)
    topics = {f"Topic{number}": ("AWS::SNS::Topic", {"DisplayName": f"News {number}"}) for number in range(40)}
    repository.app({**FILES, **topics})
    files = ("--comment", "comment.md", "--summary", "summary.md", "--full-at", "https://example.com/run/1")

    cells("ci", "--base", "main", *files, *only("diff"))

    comment, summary = ((tmp_path / name).read_text() for name in ("comment.md", "summary.md"))
    assert len(comment) <= 2_000
    assert "Topic39" not in comment
    assert "part of this text is cut: see [the whole text](https://example.com/run/1)" in comment
    assert "+ Topic39 (AWS::SNS::Topic) created" in summary
    assert " cut: " not in summary


def test_the_losses_stand_once_in_the_log(cells: Cells, repository: Repository) -> None:
    repository.app(CHANGED)

    result = cells("ci", "--base", "main", *only("diff"))

    assert result.code == 3
    assert result.out.count("acme-crm/prod ProductCell-Data/Files") == 1
    assert result.out.endswith("failed: diff\n")


def test_a_comment_that_cannot_be_written_is_an_error(cells: Cells, tmp_path: Path) -> None:
    result = cells("ci", "--base", "main", "--comment", f"gone{os.sep}comment.md", *only("validate"))

    assert result.code == 1
    assert "gone/comment.md: no such file or directory" in result.err
