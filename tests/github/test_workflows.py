import os
import re
import shlex
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".yml", ".yaml"))
PULL_REQUEST = FOLDER / "pull-request.yml"
SCRIPTS = Path(sysconfig.get_path("scripts"))

# What shellcheck or pyflakes on PATH would add differs from machine to machine.
ACTIONLINT = (SCRIPTS / "actionlint", "-no-color", "-shellcheck=", "-pyflakes=")
ZIZMOR = (SCRIPTS / "zizmor", "--offline", "--no-config", "--no-progress", "--persona=auditor", "--color=never")
LINTERS = pytest.mark.parametrize("linter", [ACTIONLINT, ZIZMOR], ids=["actionlint", "zizmor"])
EVERY_WORKFLOW = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)

Linter = Sequence[str | Path]
Mapping = dict[str, object]


def lint(linter: Linter, path: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*linter, path], capture_output=True, text=True, timeout=60, env={"PATH": ""})


def read(path: Path) -> Mapping:
    return cast(Mapping, YAML(typ="safe", pure=True).load(path))


def mapping(value: object) -> Mapping:
    assert isinstance(value, dict)
    return value


def jobs(path: Path) -> dict[str, Mapping]:
    return {name: mapping(job) for name, job in mapping(read(path)["jobs"]).items()}


def permissions(job: Mapping) -> Mapping:
    return mapping(job["permissions"])


def steps(job: Mapping) -> list[Mapping]:
    return [mapping(step) for step in cast(list[object], job["steps"])]


def uses(job: Mapping, action: str) -> Iterator[Mapping]:
    return (step for step in steps(job) if str(step.get("uses", "")).startswith(f"{action}@"))


def commands(job: Mapping) -> str:
    return "\n".join(str(step["run"]) for step in steps(job) if "run" in step)


def writes(job: Mapping) -> bool:
    return "write" in permissions(job).values()


def workflow(folder: Path, text: str) -> Path:
    """zizmor takes the file for a workflow by its folder."""
    path = folder / ".github" / "workflows" / "changed.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_there_is_a_workflow_for_pull_requests() -> None:
    assert PULL_REQUEST in FILES


@EVERY_WORKFLOW
@LINTERS
def test_the_linter_finds_nothing(linter: Linter, path: Path) -> None:
    done = lint(linter, path)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "linter, old, new, finding",
    [
        (ACTIONLINT, "needs: check", "needs: chek", "job-needs"),
        (ACTIONLINT, "timeout-minutes: 30", "timeout: 30", "syntax-check"),
        (ACTIONLINT, "!cancelled()", "!canceled()", "expression"),
        (ACTIONLINT, "pull-requests: write", "pull-request: write", "permissions"),
        (ZIZMOR, '"$NUMBER"', "${{ github.head_ref }}", "template-injection"),
        (ZIZMOR, "  pull_request:", "  pull_request_target:", "dangerous-triggers"),
        (ZIZMOR, "persist-credentials: false", "persist-credentials: true", "artipacked"),
        (ZIZMOR, "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7", "unpinned-uses"),
    ],
)
def test_the_linter_refuses_a_known_mistake(linter: Linter, old: str, new: str, finding: str, tmp_path: Path) -> None:
    text = PULL_REQUEST.read_text()
    assert old in text

    done = lint(linter, workflow(tmp_path, text.replace(old, new)))

    assert done.returncode != 0
    assert finding in done.stdout


def test_every_action_knows_the_inputs_that_it_gets(tmp_path: Path) -> None:
    """actionlint knows the inputs of an action by its version, not by its digest."""
    text = re.sub(r"@[0-9a-f]{40} # (v\d+)\S*", r"@\1", PULL_REQUEST.read_text())

    right = lint(ACTIONLINT, workflow(tmp_path, text))
    wrong = re.sub(r"(actions/[\w-]+@v\d+\n\s+with:\n)(\s+)", r"\1\2wrong: 1\n\2", text)
    refused = lint(ACTIONLINT, workflow(tmp_path, wrong))

    assert right.returncode == 0, right.stdout
    for action in set(re.findall(r"actions/[\w-]+@v\d+", text)):
        assert f'input "wrong" is not defined in action "{action}"' in refused.stdout


@EVERY_WORKFLOW
def test_every_action_is_pinned_by_digest_with_its_version_beside_it(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if re.match(r"\s*(- )?uses:", line)]

    assert len(lines) == sum(1 for job in jobs(path).values() for step in steps(job) if "uses" in step)
    for line in lines:
        assert re.fullmatch(r"\s*(- )?uses: [\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


@EVERY_WORKFLOW
def test_a_workflow_has_no_permissions_until_a_job_names_them(path: Path) -> None:
    assert read(path)["permissions"] == {}
    for job in jobs(path).values():
        assert "permissions" in job


@EVERY_WORKFLOW
def test_no_job_gets_a_secret_or_credentials_of_aws(path: Path) -> None:
    text = path.read_text().lower()

    for word in ("secrets", "id-token", "aws_", "aws-", "role-to-assume"):
        assert word not in text


@EVERY_WORKFLOW
def test_every_job_ends_by_itself_on_a_runner_with_a_version(path: Path) -> None:
    for job in jobs(path).values():
        assert isinstance(job["timeout-minutes"], int)
        assert re.fullmatch(r"ubuntu-\d\d\.\d\d", str(job["runs-on"]))


@EVERY_WORKFLOW
def test_no_checkout_leaves_its_token_in_the_folder(path: Path) -> None:
    for job in jobs(path).values():
        for step in uses(job, "actions/checkout"):
            assert mapping(step["with"])["persist-credentials"] is False


@EVERY_WORKFLOW
def test_no_expression_stands_in_a_command(path: Path) -> None:
    for job in jobs(path).values():
        assert "${{" not in commands(job)


def test_a_newer_push_ends_the_run_of_an_older_one() -> None:
    concurrency = mapping(read(PULL_REQUEST)["concurrency"])

    assert concurrency["cancel-in-progress"] is True
    assert concurrency["group"] == "pull-request-${{ github.event.pull_request.number }}"


def test_pull_requests_run_without_the_rights_of_the_base() -> None:
    assert read(PULL_REQUEST)["on"] == {"pull_request": None}


def test_the_job_that_runs_the_pull_request_runs_what_a_person_runs_and_can_only_read() -> None:
    check = jobs(PULL_REQUEST)["check"]

    assert permissions(check) == {"contents": "read"}
    assert "make setup" in commands(check)
    [command] = [str(step["run"]) for step in steps(check) if "cells ci" in str(step.get("run"))]
    assert shlex.split(command.replace("\\\n", " ")) == [
        *(".venv/bin/cells", "ci"),
        *("--base", "$(git rev-parse HEAD^1)"),
        *("--full-at", "$RUN_URL"),
        *("--comment", "$RUNNER_TEMP/comment.md"),
        *("--summary", "$RUNNER_TEMP/summary.md"),
    ]
    assert "token" not in str(check)


def test_the_text_is_in_the_summary_and_kept_when_the_command_failed() -> None:
    check = jobs(PULL_REQUEST)["check"]

    [summary] = [step for step in steps(check) if "GITHUB_STEP_SUMMARY" in str(step.get("run"))]
    [upload] = uses(check, "actions/upload-artifact")

    assert summary["if"] == upload["if"] == "${{ always() }}"


def test_a_run_that_ended_early_still_leaves_a_comment_that_can_be_posted(tmp_path: Path) -> None:
    [script] = [str(step["run"]) for step in steps(jobs(PULL_REQUEST)["check"]) if "SUMMARY" in str(step.get("run"))]
    variables = {
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "shown.md"),
        "RUN_URL": "/runs/1",
    }

    subprocess.run(["bash", "-e", "-c", script], env={**os.environ, **variables}, check=True)

    text = (tmp_path / "comment.md").read_text()
    assert text.splitlines()[0] == "<!-- cells: pull request -->"
    assert "[Its log](/runs/1)" in text
    assert (tmp_path / "shown.md").read_text() == text


def test_the_job_with_the_write_token_checks_out_nothing_but_the_poster_of_the_base() -> None:
    [comment] = [job for job in jobs(PULL_REQUEST).values() if writes(job)]

    [checkout] = uses(comment, "actions/checkout")

    assert permissions(comment) == {"contents": "read", "pull-requests": "write"}
    assert mapping(checkout["with"]) == {
        "ref": "${{ github.event.pull_request.base.sha }}",
        "sparse-checkout": "/tools/pull_request_comment.py",
        "sparse-checkout-cone-mode": False,
        "persist-credentials": False,
    }
    programs = [line.split()[0] for line in commands(comment).splitlines() if line.strip()]
    assert programs == ["if", "echo", "exit", "fi", "python3"]
    assert 'python3 -I tools/pull_request_comment.py "$NUMBER"' in commands(comment)


def test_a_base_without_the_poster_is_told_and_is_no_failure(tmp_path: Path) -> None:
    [comment] = [job for job in jobs(PULL_REQUEST).values() if writes(job)]

    done = subprocess.run(["bash", "-e", "-c", commands(comment)], cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0
    assert done.stdout.startswith("::notice::The base is older than the poster")


def test_a_comment_comes_when_the_check_failed_but_not_for_a_fork() -> None:
    comment = jobs(PULL_REQUEST)["comment"]

    assert comment["needs"] == "check"
    assert comment["if"] == (
        "${{ !cancelled() && github.event.pull_request.head.repo.full_name == github.repository }}"
    )
