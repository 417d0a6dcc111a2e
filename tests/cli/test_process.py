"""Processes that the commands start: what they write, and that none is left."""

import fcntl
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from cells.cli.process import Finished, Process, finish
from constructs_lib.specs.errors import CellsError

POLITE = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""A shell that starts something in the background makes it ignore Ctrl-C, and its children with it."""

DEAF = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"

HOLDS = """
import fcntl, sys, time
held = open(sys.argv[1], "w")
fcntl.flock(held, fcntl.LOCK_EX)
print("ready", flush=True)
time.sleep(300)
"""
"""Holds a lock for as long as it lives, so that its end can be seen from outside, whoever is its parent then."""

STARTS = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]])
{then}
"""


def python(program: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", program, *arguments]


def started(folder: Path, program: str, *arguments: str, **options) -> Process:
    return Process(python(program, *arguments), folder=folder, variables=os.environ, **options)


def ended(lock: Path, seconds: float = 10.0) -> bool:
    """Whether whoever held a lock ends in time."""
    deadline = time.monotonic() + seconds
    with lock.open("a") as file:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                time.sleep(0.01)
    return False


def test_lines_come_one_by_one_while_it_runs(tmp_path: Path) -> None:
    program = "import sys\nprint('one', flush=True)\nsys.stdin.readline()\nprint('two')"

    with started(tmp_path, program, told="go on\n") as process:
        assert list(process.lines()) == ["one", "two"]
        assert process.wait() == 0


def test_a_look_at_the_lines_does_not_wait(tmp_path: Path) -> None:
    with started(tmp_path, POLITE + HOLDS, str(tmp_path / "lock")) as process:
        assert next(process.lines()) == "ready"
        assert process.new_lines() == []
        assert process.running()

    assert not process.running()


def test_it_runs_in_its_folder_with_the_variables_that_it_is_given_and_no_others(tmp_path: Path) -> None:
    program = "import os; print(os.getcwd()); print(*sorted(os.environ))"

    done = finish(python(program), folder=tmp_path, variables={"ONE": "1", "LC_ALL": "C.UTF-8"})

    assert done.out.splitlines() == [str(tmp_path.resolve()), "LC_ALL ONE"]


def test_standard_error_comes_among_the_lines_unless_it_is_wanted_apart(tmp_path: Path) -> None:
    program = "import sys\nprint('out', flush=True)\nprint('err', file=sys.stderr)\nsys.exit(3)"

    with started(tmp_path, program) as process:
        assert sorted(process.lines()) == ["err", "out"]
        assert (process.wait(), process.errors) == (3, "")
    assert finish(python(program), folder=tmp_path, variables=os.environ) == Finished(3, "out", "err")


def test_only_the_last_lines_of_standard_error_are_kept(tmp_path: Path) -> None:
    program = "import sys\nfor number in range(100):\n    print(number, file=sys.stderr)"

    done = finish(python(program), folder=tmp_path, variables=os.environ)

    assert done.err.splitlines() == [str(number) for number in range(60, 100)]


def test_large_output_on_both_streams_does_not_block(tmp_path: Path) -> None:
    program = "import sys\nfor _ in range(3000):\n    print('o' * 200)\n    print('e' * 200, file=sys.stderr)"

    done = finish(python(program), folder=tmp_path, variables=os.environ)

    assert (done.code, done.out.count("o"), done.err.count("\n")) == (0, 600_000, 39)


def test_what_it_is_told_may_be_large_and_go_unread(tmp_path: Path) -> None:
    text = "x" * 1_000_000

    with started(tmp_path, "import sys; print('o' * 200_000); print(len(sys.stdin.read()))", told=text) as process:
        assert list(process.lines())[1] == "1000000"
    with started(tmp_path, "print('deaf')", told=text) as process:
        assert list(process.lines()) == ["deaf"]
        assert process.wait() == 0


def test_it_does_not_wait_for_input_that_nobody_gives(tmp_path: Path) -> None:
    assert finish(python("import sys; print(repr(sys.stdin.read()))"), folder=tmp_path, variables={}).out == "''"


def test_bytes_that_are_no_text_are_shown_as_that(tmp_path: Path) -> None:
    program = "import sys; sys.stdout.buffer.write(b'gr\\xfcn \\xc3\\xbc\\n')"

    assert finish(python(program), folder=tmp_path, variables={}).out == "gr\ufffdn ü"


def test_a_program_that_is_missing_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(CellsError, match="no-such-program did not start: ") as missing:
        finish(["/no/such-folder/no-such-program"], folder=tmp_path, variables={}, hint="install it")

    assert missing.value.hint == "install it"


def test_a_folder_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CellsError, match="did not start: .*gone"):
        finish(python(""), folder=tmp_path / "gone", variables={})


def test_it_may_tidy_up_when_it_is_ended(tmp_path: Path) -> None:
    waits = "print('ready', flush=True)\n    time.sleep(300)"
    program = (
        f"{POLITE}import sys, time\nheld = open(sys.argv[1], 'w')\ntry:\n    {waits}\nfinally:\n    held.write('tidy')"
    )
    lock = tmp_path / "lock"

    with started(tmp_path, program, str(lock)) as process:
        next(process.lines())

    assert lock.read_text() == "tidy"
    assert process.wait() == -signal.SIGINT


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_it_ends_whatever_ends_the_block(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), started(tmp_path, POLITE + HOLDS, str(tmp_path / "lock")) as process:
        next(process.lines())
        raise error

    assert ended(tmp_path / "lock")


def test_a_process_that_ignores_the_interrupt_is_killed_after_the_grace_period(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cells.cli.process._GRACE_SECONDS", 0.2)
    with started(tmp_path, DEAF + HOLDS, str(tmp_path / "lock")) as process:
        next(process.lines())
        before = time.monotonic()

    assert 0.2 <= time.monotonic() - before < 5
    assert process.wait() == -signal.SIGKILL
    assert ended(tmp_path / "lock")


@pytest.mark.parametrize(
    "then",
    [
        pytest.param("child.wait()", id="that waits for them"),
        pytest.param("signal.signal(signal.SIGINT, lambda *_: sys.exit(0))\nchild.wait()", id="goes first"),
    ],
)
def test_its_children_are_killed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str) -> None:
    monkeypatch.setattr("cells.cli.process._GRACE_SECONDS", 1.0)
    with started(tmp_path, POLITE + STARTS.format(then=then), str(tmp_path / "lock"), DEAF + HOLDS) as process:
        assert next(process.lines()) == "ready"

    assert ended(tmp_path / "lock")


def test_children_that_outlive_it_are_killed(tmp_path: Path) -> None:
    orphan = f"import os, time\nwhile os.getppid() == os.getpgid(0):\n    time.sleep(0.01)\n{HOLDS}"

    with started(tmp_path, POLITE + STARTS.format(then=""), str(tmp_path / "lock"), orphan) as process:
        assert next(process.lines()) == "ready"

    assert ended(tmp_path / "lock")


def test_ending_it_twice_does_nothing(tmp_path: Path) -> None:
    with started(tmp_path, "print('done')") as process:
        assert process.wait() == 0

    process.end()

    assert process.wait() == 0
    assert process.new_lines() == ["done"]
