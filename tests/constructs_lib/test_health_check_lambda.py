"""The code of the canary, against a server that really answers."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.error import HTTPError, URLError

import pytest

from constructs_lib.lambdas.health_check.python import health_check


class Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/health")
        else:
            self.send_response({"/health": 200, "/empty": 204}.get(self.path, 503))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def door() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def check(monkeypatch: pytest.MonkeyPatch, url: str) -> str:
    monkeypatch.setenv("HEALTH_URL", url)
    return health_check.handler({}, None)


def test_an_answer_of_200_is_well(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(monkeypatch, f"{door}/health") == f"{door}/health is well"


@pytest.mark.parametrize(
    "path,error", [("/broken", HTTPError), ("/empty", RuntimeError), ("/moved", RuntimeError)], ids=str
)
def test_anything_else_fails_the_run(
    door: str, monkeypatch: pytest.MonkeyPatch, path: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        check(monkeypatch, f"{door}{path}")


def test_nobody_there_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(URLError):
        check(monkeypatch, "http://127.0.0.1:1/health")
