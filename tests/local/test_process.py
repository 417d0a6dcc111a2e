"""The server process: start, find, stop."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.process import LocalError, LocalServer
from tests.local.conftest import Local, free_port


def test_a_second_start_finds_the_running_server(local: Local) -> None:
    again = LocalServer.start(local.server.state_dir, free_port())

    assert again.endpoint == local.server.endpoint
    assert again.status().pid == local.server.status().pid


def test_status_names_endpoint_and_log(local: Local) -> None:
    status = local.server.status()

    assert status.running
    assert status.endpoint == f"http://127.0.0.1:{local.server.port}"
    assert "services available" in status.log.read_text(encoding="utf-8")


def test_listens_on_its_loopback_address_only(local: Local) -> None:
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", local.server.port), timeout=2):
        pass


def test_fails_when_another_program_has_the_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(LocalError, match=f"port {port} on this machine is in use") as raised:
            LocalServer.start(tmp_path, port)

    assert "another port" in raised.value.hint
    assert not LocalServer(tmp_path, port).status().running


@pytest.fixture(scope="module")
def replaced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, LocalServer]]:
    """The process id of a server that was killed, and the server that was started after it."""
    folder = tmp_path_factory.mktemp("replaced")
    first = LocalServer.start(folder, free_port())
    pid = first.status().pid
    os.kill(pid, signal.SIGKILL)
    while first.status().running:
        time.sleep(0.01)
    second = LocalServer.start(folder, first.port)
    yield pid, second
    second.stop()


def test_a_killed_server_is_replaced(replaced: tuple[int, LocalServer]) -> None:
    killed, server = replaced

    assert server.status().running
    assert server.status().pid != killed


def test_stop_ends_the_whole_process_group_and_is_idempotent(replaced: tuple[int, LocalServer]) -> None:
    server = replaced[1]
    pid = server.status().pid

    server.stop()
    server.stop()

    assert not server.status().running
    with pytest.raises(ProcessLookupError):
        os.killpg(pid, 0)


def test_a_process_id_that_now_belongs_to_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text(json.dumps({"pid": os.getpid(), "port": 1}), encoding="utf-8")

    LocalServer(tmp_path, 1).stop()

    assert not LocalServer(tmp_path, 1).status().running


def test_a_server_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "hypercorn.py").write_text("raise RuntimeError('no hypercorn today')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(broken))

    with pytest.raises(LocalError, match="no hypercorn today") as raised:
        LocalServer.start(tmp_path / "state", free_port())

    assert "server.log" in raised.value.hint


def test_the_caller_s_aws_variables_do_not_reach_the_server(local: Local) -> None:
    """The session's server was started with AWS_PROFILE set."""
    environment = Path(f"/proc/{local.server.status().pid}/environ")
    if not environment.exists():
        pytest.skip("this system does not show the environment of a process")

    assert b"GATEWAY_PORT" not in environment.read_bytes()
    assert b"AWS_PROFILE" not in environment.read_bytes()
