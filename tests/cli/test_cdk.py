"""How the CDK CLI is run: the pinned one, quiet, and gone with Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cells.cli import cdk
from cells.cli.cdk import CdkCli
from constructs_lib.specs.errors import InputError

ROOT = Path(__file__).parents[2]


def _install(folder: Path, script: str) -> CdkCli:
    """Put a script where the pinned CLI is."""
    place = folder / "node_modules" / "aws-cdk" / "bin" / "cdk"
    place.parent.mkdir(parents=True)
    place.write_text(script)
    (place.parents[1] / "package.json").write_text('{\n  "version": "2.1148.1"\n}\n')
    return CdkCli(folder)


def test_the_pinned_cli_gets_the_arguments_and_no_notices(tmp_path: Path) -> None:
    cli = _install(tmp_path, "console.log(process.argv.slice(2).join(' '), process.env.CDK_DISABLE_CLI_TELEMETRY)")

    outcome = cli.run(["deploy", "ProductCell"], variables={})

    assert outcome.lines == ("deploy ProductCell --no-notices true",)
    assert cli.version() == "2.1148.1"


def test_errors_come_with_the_code_and_in_order(tmp_path: Path) -> None:
    cli = _install(tmp_path, "console.log('one'); console.error('two'); process.exitCode = 3")
    seen: list[str] = []

    outcome = cli.run([], variables={}, on_line=seen.append)

    assert (outcome.code, seen) == (3, ["one", "two"])
    assert outcome.output == "one\ntwo"


def test_the_exact_line_is_shown_before_it_runs(tmp_path: Path) -> None:
    _install(tmp_path, "")
    shown: list[str] = []

    CdkCli(tmp_path, echo=shown.append).run(["deploy", "--app", "a folder"], variables={})

    assert shown == ["node_modules/.bin/cdk deploy --app 'a folder' --no-notices"]


def test_a_missing_cli_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the CDK CLI is not in") as refused:
        CdkCli(tmp_path).run([], variables={})
    assert "make setup" in refused.value.hint


def test_an_old_node_is_an_input_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdk, "node_candidates", lambda: [Path("/opt/node")])
    monkeypatch.setattr(cdk, "node_version", lambda _: "18.20.0")

    with pytest.raises(InputError, match=r"no Node 22 or newer \(/opt/node is 18.20.0\)"):
        cdk.find_node()


def test_ctrl_c_ends_the_cli_with_its_children(tmp_path: Path) -> None:
    child = "require('child_process').spawn('sleep', ['300'], {stdio: 'ignore'})"
    _install(tmp_path, f"const c = {child}; console.log(c.pid); setInterval(() => {{}}, 1000)")
    code = (
        "import sys; from pathlib import Path; from cells.cli.cdk import CdkCli\n"
        f"CdkCli(Path({str(tmp_path)!r})).run([], variables={{}}, on_line=lambda line: print(line, flush=True))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that starts something in the background makes it ignore Ctrl-C, and its children with it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    grandchild = int(process.stdout.readline())

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)

    assert process.returncode != 0
    assert _ends(grandchild)


def _ends(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False
