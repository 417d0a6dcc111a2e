"""Whether a process still runs."""

import os
import subprocess
import sys

import pytest

from accounts.vending.running import is_gone


def test_a_process_that_ended_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()

    assert is_gone(process.pid)


@pytest.mark.parametrize("process", [os.getpid(), os.getppid(), 10**30], ids=["itself", "its parent", "no number"])
def test_what_runs_or_cannot_be_known_is_not_gone(process: int) -> None:
    assert not is_gone(process)
