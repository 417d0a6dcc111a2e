"""What a command imports decides how long it takes: neither help nor show loads the CDK, boto3 or rich."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT

_PROBE = """
import sys
from cells.cli.main import run
code = run(sys.argv[1:])
heavy = {name.partition(".")[0] for name in sys.modules} & {"aws_cdk", "jsii", "boto3", "botocore", "rich", "cfnlint"}
print("HEAVY", code, sorted(heavy), file=sys.stderr)
"""


def probe(*arguments: str) -> str:
    command = [sys.executable, "-c", _PROBE, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return next(line for line in done.stderr.splitlines() if line.startswith("HEAVY"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("show", "acme-crm", "-e", "prod", "--explain"),
        ("show", "acme-crm", "--json"),
        ("modules",),
        ("new", "billing", "--dry-run"),
        ("deploy", "--help"),
    ],
    ids=" ".join,
)
def test_a_light_command_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert probe(*arguments) == "HEAVY 0 []"


def test_help_does_not_load_the_specs() -> None:
    program = "import sys; from cells.cli.main import run; run(['--help']); sys.exit('pydantic' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=60).returncode == 0


def test_the_console_script_runs_from_another_folder(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("cells")

    done = subprocess.run([str(script), "show", "acme-crm"], cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0
    assert "crm-dev.example.com" in done.stdout


def test_wrong_input_ends_the_process_with_2() -> None:
    script = Path(sys.executable).with_name("cells")

    done = subprocess.run([str(script), "show", "nothing"], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert done.returncode == 2
    assert done.stderr.startswith("error: unknown product 'nothing'")


def test_an_interrupted_synth_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("cells")
    process = subprocess.Popen(
        [str(script), "synth", "acme-crm", "--out", str(tmp_path / "out")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell that starts something in the background makes it ignore Ctrl-C, and its children with it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("synthesizing")

    time.sleep(0.5)  # Python itself may lose a signal that comes between two imports; now it waits for Node
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "error: interrupted\nhint: run the same command again: it goes on from what is there\n" in told
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []
