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


REPLACED = """
import sys, time, types
whole = types.ModuleType("aws_cdk")
whole.replaces = True
sys.modules["aws_cdk"] = whole
for _ in range(20_000):
    time.sleep(0)  # lets the other thread in
whole.App = "all of it"
"""
"""A module that puts another one in its place before all of it is there, as the CDK does."""


def test_nobody_gets_half_of_a_module_that_replaces_itself(tmp_path: Path) -> None:
    (tmp_path / "aws_cdk.py").write_text(REPLACED)

    code, out, _ = _python(
        "while not hasattr(sys.modules.get('aws_cdk'), 'replaces'): pass\nfrom aws_cdk import App; print(App)",
        before=f"sys.path.insert(0, {str(tmp_path)!r})",
    )

    assert (code, out) == (0, "all of it\n")


def _python(code: str, *, before: str = "") -> tuple[int, str, int]:
    """The exit code, what was printed and how many tracebacks there were, of a process that loads the CDK early."""
    start = "from cells.cli.kernel import kernel\nwith kernel():\n    pass"
    source = f"import sys, threading\n{before}\n{start}\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout, done.stderr.count("Traceback")
