"""Starts, finds and stops the server process of the embedded AWS."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.error import LocalError
from local.properties import Properties, parse_object

__all__ = ["LocalError", "LocalServer", "Status"]

_HOST = "127.0.0.1"
_START_SECONDS = 30.0
_GRACE_SECONDS = 3.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Never through a proxy: the server is on loopback."""


@dataclass(frozen=True)
class Status:
    """What is known of the server of a state directory."""

    running: bool
    endpoint: str
    pid: int
    """Process id, 0 when it does not run."""
    log: Path
    """Where the server writes what it does."""


class LocalServer:
    """The embedded AWS of one state directory. Its state lives in the memory of the process and ends with it."""

    def __init__(self, state_dir: Path, port: int) -> None:
        self.state_dir = state_dir.resolve()
        self.port = port

    @classmethod
    def start(cls, state_dir: Path, port: int) -> "LocalServer":
        """Start the server, or find it running already; returns when it answers.

        A server that runs for this directory on another port is used as it is: look at `endpoint`. Raises `LocalError`
        when another program has the port, or when the server does not come up.
        """
        server = cls(state_dir, port)
        server.state_dir.mkdir(parents=True, exist_ok=True)
        with server._locked():
            running = cls.find(state_dir)
            if running:
                return running
            if _port_taken(port):
                raise LocalError(
                    f"port {port} on this machine is in use by another program",
                    "stop that program, or give the embedded AWS another port",
                )
            server._wait(server._spawn())
        return server

    @classmethod
    def find(cls, state_dir: Path) -> "LocalServer | None":
        """Return the server that runs for this state directory, `None` where none does. A stale pid file is removed."""
        server = cls(state_dir, 0)
        try:
            noted = Properties(parse_object(server._pid_file.read_bytes()))
        except (OSError, ValueError):
            return None
        server.port = noted.number("port")
        if _alive(noted.number("pid")) and server._health() == noted.number("pid"):
            return server
        if not _alive(noted.number("pid")):
            server._pid_file.unlink(missing_ok=True)
        return None

    @property
    def endpoint(self) -> str:
        """The address that AWS_ENDPOINT_URL has to be."""
        return f"http://{_HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.state_dir / "server.log"

    def status(self) -> Status:
        """Whether the server runs, and where."""
        running = self.find(self.state_dir)
        if running is None:
            return Status(False, self.endpoint, 0, self.log)
        return Status(True, running.endpoint, running._health(), self.log)

    def stop(self) -> None:
        """End the server and everything that it started: SIGTERM, then SIGKILL after three seconds. Idempotent."""
        with self._locked():
            try:
                pid = Properties(parse_object(self._pid_file.read_bytes())).number("pid")
            except (OSError, ValueError):
                return
            if self._is_ours(pid):
                _end_group(pid)
            self._pid_file.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> Path:
        return self.state_dir / "server.json"

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One start or stop of a state directory at a time."""
        self.state_dir.mkdir(parents=True, exist_ok=True)
        with (self.state_dir / "server.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _spawn(self) -> "subprocess.Popen[bytes]":
        root = Path(__file__).resolve().parent.parent
        paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
        command = [sys.executable, "-m", "local.server", "--port", str(self.port), "--state-dir", str(self.state_dir)]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=self.state_dir,
                env={**_clean(dict(os.environ)), "PYTHONPATH": os.pathsep.join(paths)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._pid_file.write_text(json.dumps({"pid": process.pid, "port": self.port}), encoding="utf-8")
        return process

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        """Return when the server answers; end it when it does not."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            if self._health() == process.pid:
                return
            time.sleep(0.05)
        _end_group(process.pid)
        self._pid_file.unlink(missing_ok=True)
        raise LocalError(f"the embedded AWS did not start: {_last_line(self.log)}", f"look into {self.log}")

    def _health(self) -> int:
        """Return the process id of the server that answers for this state directory; 0 where none does."""
        try:
            with _OPENER.open(f"{self.endpoint}/_local/health", timeout=2) as response:
                answer = Properties(parse_object(response.read()))
        except (OSError, ValueError, urllib.error.URLError):
            return 0
        return answer.number("pid") if answer.text("state_dir") == str(self.state_dir) else 0

    def _is_ours(self, pid: int) -> bool:
        """Whether a noted process is really our server: a process id may have been given to another program."""
        if not _alive(pid):
            return False
        noted = Properties(parse_object(self._pid_file.read_bytes()))
        self.port = noted.number("port")
        return self._health() == pid or str(self.state_dir) in _command_line(pid)


def _clean(variables: dict[str, str]) -> dict[str, str]:
    """Return the environment of the server: nothing of the caller's AWS life gets in."""
    return {name: value for name, value in variables.items() if not name.startswith(("AWS_", "CDK_", "MINISTACK_"))}


def _port_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return True
    return False


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command_line(pid: int) -> str:
    try:
        return subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True).stdout
    except OSError:
        return ""


def _end_group(pid: int) -> None:
    """Ask the process group to end, then end it."""
    for number, seconds in ((signal.SIGTERM, _GRACE_SECONDS), (signal.SIGKILL, 2.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _alive(pid):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
                return
            time.sleep(0.02)


def _last_line(log: Path) -> str:
    try:
        lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    except OSError:
        return "its log cannot be read"
    return lines[-1] if lines else "it wrote nothing"
