"""Cells are synthesized in processes of their own, side by side, and none of them is left."""

import fcntl
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from cells.cli import worker_pool
from cells.cli.worker_pool import Answer, Checkout, Job, synthesize
from cells.fleet.cell_name import CellName
from constructs_lib.specs.errors import CellsError, InputError
from tests.cells.fleet.checkout import APP, FakeCheckout

NODE = Path("/nowhere/node")
PYTHON = Path(sys.executable)

WHO = f"""{APP}
import json, os
app.context |= {{"process": os.getpid(), "variables": dict(os.environ)}}
app.synth()
"""


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "_processes", lambda: 2)


def checkout(root: Path, app: str = APP) -> Checkout:
    return Checkout(FakeCheckout.make(root, app).root, PYTHON, NODE)


def jobs(folder: Path, count: int, **context: str) -> list[Job]:
    return [Job(CellName(f"p{number}", "dev"), folder / f"job-{number}", context) for number in range(count)]


def run(*work: tuple[Checkout, list[Job]]) -> list[Answer]:
    found: list[Answer] = []
    synthesize(work, found.append)
    return found


def context_of(job: Job):
    return json.loads((job.folder / "manifest.json").read_text())["context"]


def test_every_job_is_answered_once_and_written_with_its_context(tmp_path: Path) -> None:
    made = jobs(tmp_path, 7, modules="tasks,contacts")

    answers = run((checkout(tmp_path / "checkout"), made))

    assert Counter(id(answer.job) for answer in answers) == Counter(id(job) for job in made)
    assert {(answer.error, answer.hint) for answer in answers} == {("", "")}
    assert context_of(made[5]) == {
        "flag": True,
        "productName": "p5",
        "environment": "dev",
        "modules": "tasks,contacts",
    }


def test_an_answer_comes_when_its_job_is_done_and_not_at_the_end(tmp_path: Path) -> None:
    second = tmp_path / "job-1" / "manifest.json"
    there = []
    waits = (
        f"import pathlib, time\n{APP.replace('app.synth()', '')}\nif product == 'p1':\n    time.sleep(0.3)\napp.synth()"
    )

    synthesize(
        [(checkout(tmp_path / "checkout", waits), jobs(tmp_path, 2))], lambda answer: there.append(second.exists())
    )

    assert there == [False, True]


@pytest.mark.parametrize("count, sizes", [(1, [1]), (5, [5]), (6, [3, 3]), (7, [3, 4]), (12, [6, 6])])
def test_jobs_are_divided_over_processes_when_that_is_worth_it(tmp_path: Path, count: int, sizes: list[int]) -> None:
    made = jobs(tmp_path, count)

    run((checkout(tmp_path / "checkout", WHO), made))

    assert sorted(Counter(context_of(job)["process"] for job in made).values()) == sizes


def test_two_checkouts_work_side_by_side_each_with_its_own_code(tmp_path: Path) -> None:
    work = []
    for name in ("was", "now"):
        app = APP.replace("app.synth()", f"app.context['side'] = {name!r}\napp.synth()")
        work.append((checkout(tmp_path / name, app), jobs(tmp_path / f"out-{name}", 3)))

    answers = run(*work, (checkout(tmp_path / "idle", "1 /"), []))

    assert [answer.error for answer in answers] == [""] * 6
    assert [context_of(job)["side"] for _, part in work for job in part] == ["was"] * 3 + ["now"] * 3


def test_no_jobs_start_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "Process", None)

    assert run() == run((checkout(tmp_path / "checkout"), [])) == []


def test_nothing_gets_through_that_could_change_what_is_synthesized(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "CDK_DEFAULT_ACCOUNT", "CDK_OUTDIR", "JSII_DEBUG", "PYTHONPATH"):
        monkeypatch.setenv(name, "of the person")
    monkeypatch.setenv("KEPT", "of the person")
    made = jobs(tmp_path, 1)

    run((checkout(tmp_path / "checkout", WHO), made))

    variables = context_of(made[0])["variables"]
    kept = {name: value for name, value in variables.items() if name.startswith(("AWS", "CDK", "JSII", "PYTHON"))}
    assert kept == {"JSII_NODE": str(NODE), "PYTHONDONTWRITEBYTECODE": "1"}
    assert variables["KEPT"] == "of the person"


def test_a_checkout_without_a_node_of_its_own_gets_that_of_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_pool, "find_node", lambda: Path("/the/usual/node"))
    made = jobs(tmp_path, 1)

    run((Checkout(FakeCheckout.make(tmp_path / "checkout", WHO).root, PYTHON), made))

    assert context_of(made[0])["variables"]["JSII_NODE"] == "/the/usual/node"


@pytest.mark.parametrize(
    "dies, error",
    [
        ("print('out of memory\\n', file=os.sys.stderr, flush=True); os._exit(7)", "ended with 7: out of memory"),
        ("os.kill(os.getpid(), 9)", "ended with -9: no reason given"),
        ("os._exit(0)", "ended with 0: no reason given"),
    ],
)
def test_a_process_that_dies_tells_of_each_job_that_it_left_undone(tmp_path: Path, dies: str, error: str) -> None:
    app = f"import os\n{APP.replace('app.synth()', '')}\nif product == 'p1':\n    {dies}\napp.synth()"
    made = jobs(tmp_path, 3)

    answers = run((checkout(tmp_path / "checkout", app), made))

    assert [(answer.job, answer.error) for answer in answers] == [
        (made[0], ""),
        (made[1], f"the process that synthesizes {error}"),
        (made[2], f"the process that synthesizes {error}"),
    ]


def test_a_process_that_dies_takes_no_other_with_it(tmp_path: Path) -> None:
    app = f"import os\n{APP.replace('app.synth()', '')}\nif product == 'p0':\n    os._exit(1)\napp.synth()"

    answers = run((checkout(tmp_path / "checkout", app), jobs(tmp_path, 6)))

    assert sorted(answer.job.cell.product for answer in answers if answer.error) == ["p0", "p2", "p4"]


def test_what_stops_one_cell_is_told_with_its_hint(tmp_path: Path) -> None:
    app = f"{APP}\nif product == 'p0':\n    raise SystemExit('error: no\\nhint: mend it')\n"

    answers = run((checkout(tmp_path / "checkout", app), jobs(tmp_path, 2)))

    assert [(answer.error, answer.hint) for answer in answers] == [("no", "mend it"), ("", "")]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_however_it_ends_no_process_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    monkeypatch.setattr("cells.cli.process._GRACE_SECONDS", 0.2)
    lock = tmp_path / "lock"
    holds = f"import fcntl, time\nheld = open({str(lock)!r}, 'a')\nfcntl.flock(held, fcntl.LOCK_SH)\n"
    app = f"{holds}{APP}\nif product not in ('p0', 'p1'):\n    time.sleep(300)"

    def interrupted(_: Answer) -> None:
        raise error

    with pytest.raises(error):
        synthesize([(checkout(tmp_path / "checkout", app), jobs(tmp_path, 6))], interrupted)

    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_python_that_is_missing_is_an_error_with_a_hint(tmp_path: Path) -> None:
    gone = Checkout(FakeCheckout.make(tmp_path / "checkout").root, tmp_path / "python", NODE)

    with pytest.raises(CellsError, match="python did not start") as failed:
        run((gone, jobs(tmp_path, 1)))
    assert failed.value.hint == "make setup"


def test_a_checkout_without_flags_is_wrong_input(tmp_path: Path) -> None:
    broken = checkout(tmp_path / "checkout")
    (broken.root / "cdk.json").unlink()

    with pytest.raises(InputError, match="cdk.json cannot be read"):
        run((broken, jobs(tmp_path, 1)))
