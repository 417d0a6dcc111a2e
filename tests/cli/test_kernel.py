"""The CDK is loaded in a thread, and the collector rests while templates are made."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from cells.cli.kernel import without_collector

ROOT = Path(__file__).parents[2]


def test_the_collector_rests_inside_and_works_again_afterwards() -> None:
    with without_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_works_again_when_templates_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="broken"), without_collector():
        raise ValueError("broken")
    assert gc.isenabled()


def test_a_collector_that_rested_before_goes_on_resting() -> None:
    gc.disable()
    try:
        with without_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_process_ends_without_a_last_look_for_garbage() -> None:
    code, out, _ = _python("import atexit, gc; atexit._run_exitfuncs(); print(gc.get_freeze_count() > 0)")
    assert (code, out) == (0, "True\n")


def test_the_cdk_that_a_thread_has_loaded_is_the_one_that_is_imported() -> None:
    assert _python("from aws_cdk import App; print(App.__name__, threading.active_count() >= 1)") == (
        0,
        "App True\n",
        0,
    )


def test_a_cdk_that_cannot_be_loaded_is_told_once_and_by_whoever_needs_it() -> None:
    code, out, told = _python(
        "from aws_cdk import App", before="sys.modules['jsii'] = None  # as when it is not installed"
    )
    assert (code, out, told) == (1, "", 1)


def _python(code: str, *, before: str = "") -> tuple[int, str, int]:
    """The exit code, what was printed and how many tracebacks there were, of a process that loads the CDK early."""
    source = f"import sys, threading\n{before}\nfrom cells.cli.kernel import start_kernel\nstart_kernel()\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout, done.stderr.count("Traceback")
