"""Runs the poster as a process against a server that keeps comments as GitHub does."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypedDict, cast
from urllib.parse import parse_qs, urlsplit

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "pull_request_comment.py"
MARKER = "<!-- cells: pull request -->"
BOT = "github-actions[bot]"
TOKEN = "a-token-of-this-test"


class Comment(TypedDict):
    id: int
    body: str
    user: dict[str, str] | None


class Answer(TypedDict):
    """What the server says instead of doing it."""

    method: str
    status: int
    headers: dict[str, str]
    message: str
    done: bool


def answer(
    method: str, status: int, message: str = "no", *, headers: dict[str, str] | None = None, done: bool = False
) -> Answer:
    return Answer(method=method, status=status, headers=headers or {}, message=message, done=done)


class GitHub(ThreadingHTTPServer):
    """The comments of pull request 7 of example/cells. `planned` answers come first, each once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[Comment] = []
        self.planned: list[Answer] = []
        self.requests: list[str] = []
        self.came_at: list[float] = []
        self.next_id = 1

    def add(self, body: str, login: str | None = BOT) -> int:
        self.next_id += 1
        self.comments.append({"id": self.next_id, "body": body, "user": {"login": login} if login else None})
        return self.next_id

    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments]

    def plan(self, method: str) -> Answer | None:
        found = next((planned for planned in self.planned if planned["method"] == method), None)
        if found:
            self.planned.remove(found)
        return found

    def do(self, method: str, path: str, query: str, body: str) -> tuple[int, object]:
        if (method, path) == ("GET", "/repos/example/cells/issues/7/comments"):
            asked = parse_qs(query)
            size, page = int(asked["per_page"][0]), int(asked["page"][0])
            return 200, self.comments[(page - 1) * size : page * size]
        if (method, path) == ("POST", "/repos/example/cells/issues/7/comments"):
            self.add(body)
            return 201, self.comments[-1]
        found = re.fullmatch(r"/repos/example/cells/issues/comments/(\d+)", path)
        mine = [comment for comment in self.comments if found and comment["id"] == int(found[1])]
        if not mine:
            return 404, {"message": "Not Found"}
        if method == "DELETE":
            self.comments.remove(mine[0])
            return 204, None
        mine[0]["body"] = body
        return 200, mine[0]


class Handler(BaseHTTPRequestHandler):
    def handle_call(self) -> None:
        server = cast(GitHub, self.server)
        address = urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = json.loads(sent)["body"] if sent else ""
        server.requests.append(f"{self.command} {self.path}")
        server.came_at.append(time.monotonic())
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.say(401, {"message": "Bad credentials"}, {})
        planned = server.plan(self.command)
        if planned is None or planned["done"]:
            status, value = server.do(self.command, address.path, address.query, body)
        if planned:
            return self.say(planned["status"], {"message": planned["message"]}, planned["headers"])
        return self.say(status, value, {})

    do_GET = do_POST = do_PATCH = do_DELETE = handle_call

    def say(self, status: int, value: object, headers: dict[str, str]) -> None:
        text = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        for name, content in headers.items():
            self.send_header(name, content)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "comment.md"
    path.write_text(f"{MARKER}\nAll is well: žluťoučký kůň\n", encoding="utf-8")
    return path


def post(
    github: GitHub, *arguments: str | Path, token: str = TOKEN, repository: str = "example/cells"
) -> "subprocess.CompletedProcess[str]":
    variables = {
        "PATH": os.environ["PATH"],
        "GITHUB_API_URL": f"http://127.0.0.1:{github.server_port}",
        "GITHUB_REPOSITORY": repository,
        "GITHUB_TOKEN": token,
    }
    # -S: without installed packages, as on the runner.
    done = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, *arguments, "--pause", "0.01"],
        capture_output=True,
        text=True,
        timeout=30,
        env=variables,
    )
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return done


def refused(done: "subprocess.CompletedProcess[str]", code: int, message: str) -> None:
    assert done.returncode == code, done.stderr
    error, hint = done.stderr.splitlines()[-2:]
    assert error.startswith("error: ") and message in error
    assert hint.startswith("hint: ")


def test_the_first_run_posts_the_file(github: GitHub, file: Path) -> None:
    done = post(github, "7", file)

    assert done.returncode == 0, done.stderr
    assert github.bodies() == [file.read_text(encoding="utf-8")]
    assert done.stdout == f"posted comment {github.next_id}\n"


def test_the_second_run_updates_the_comment_in_place(github: GitHub, file: Path) -> None:
    post(github, "7", file)
    file.write_text(f"{MARKER}\nNow it is not\n")

    done = post(github, "7", file)

    assert done.returncode == 0, done.stderr
    assert github.bodies() == [f"{MARKER}\nNow it is not\n"]
    assert done.stdout == f"updated comment {github.next_id}\n"


@pytest.mark.parametrize("before", [99, 100, 250])
def test_the_comment_is_found_on_a_later_page(github: GitHub, file: Path, before: int) -> None:
    for number in range(before):
        github.add(f"Opinion {number}", "someone")
    github.add(f"{MARKER}\r\nold")
    github.add("The last word", "someone")

    post(github, "7", file)

    assert len(github.comments) == before + 2
    assert github.bodies()[before] == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "body, login",
    [
        (f"{MARKER}\nLook what I can do", "someone"),
        (f"{MARKER}\nI am gone", None),
        (f"I quote:\n{MARKER}", BOT),
        ("Another workflow's comment", BOT),
    ],
    ids=["marker of a person", "marker of a deleted person", "marker further down", "no marker"],
)
def test_the_comment_of_another_is_left_alone(github: GitHub, file: Path, body: str, login: str | None) -> None:
    github.add(body, login)

    post(github, "7", file)

    assert github.bodies() == [body, file.read_text(encoding="utf-8")]


def test_of_twins_the_oldest_is_updated_and_the_others_are_deleted(github: GitHub, file: Path) -> None:
    oldest = github.add(f"{MARKER}\nfirst run")
    github.add("A word in between", "someone")
    github.add(f"{MARKER}\nsecond run")
    github.add(f"{MARKER}\nthird run")
    github.comments.reverse()

    done = post(github, "7", file)

    assert done.stdout == f"updated comment {oldest}, deleted 2 more\n"
    assert github.bodies() == ["A word in between", file.read_text(encoding="utf-8")]
    assert github.comments[-1]["id"] == oldest


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("status", [500, 502])
def test_what_fails_once_is_tried_again(github: GitHub, file: Path, method: str, status: int) -> None:
    github.add(f"{MARKER}\nfirst run")
    github.add(f"{MARKER}\nsecond run")
    github.planned = [answer(method, status)]

    done = post(github, "7", file)

    assert done.returncode == 0, done.stderr
    assert github.bodies() == [file.read_text(encoding="utf-8")]
    assert not github.planned


@pytest.mark.parametrize("done", [True, False], ids=["that was made", "that was not made"])
def test_a_post_answered_with_502_leaves_one_comment(github: GitHub, file: Path, done: bool) -> None:
    github.planned = [answer("POST", 502, done=done)]

    finished = post(github, "7", file)

    assert finished.returncode == 0, finished.stderr
    assert github.bodies() == [file.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    "planned",
    [
        answer("GET", 429, "slow down", headers={"Retry-After": "0"}),
        answer("PATCH", 403, "You have exceeded a secondary rate limit", headers={"Retry-After": "0"}),
        answer("GET", 403, "API rate limit exceeded", headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9"}),
        answer("PATCH", 404, "Not Found"),
    ],
    ids=["429", "secondary rate limit", "primary rate limit", "comment deleted meanwhile"],
)
def test_an_answer_that_says_later_is_tried_again(github: GitHub, file: Path, planned: Answer) -> None:
    github.add(f"{MARKER}\nfirst run")
    github.planned = [planned]

    done = post(github, "7", file)

    assert done.returncode == 0, done.stderr
    assert github.bodies() == [file.read_text(encoding="utf-8")]


def test_it_waits_as_long_as_github_asks(github: GitHub, file: Path) -> None:
    github.planned = [answer("POST", 503, headers={"Retry-After": "1"})]

    done = post(github, "7", file)

    assert done.returncode == 0
    assert "trying again in 1 s" in done.stderr
    posted, looked_again = github.came_at[1:3]
    assert looked_again - posted >= 1


def test_it_gives_up_at_once_when_github_asks_for_too_long(github: GitHub, file: Path) -> None:
    github.planned = [answer("GET", 429, "slow down", headers={"Retry-After": "3600"})]

    done = post(github, "7", file)

    refused(done, 1, "429: slow down")
    assert "in 3600 seconds" in done.stderr
    assert len(github.requests) == 1


def test_it_gives_up_after_five_tries(github: GitHub, file: Path) -> None:
    github.planned = [answer("GET", 502, "Bad Gateway")] * 9

    done = post(github, "7", file)

    refused(done, 1, "502: Bad Gateway")
    assert len(github.requests) == 5


@pytest.mark.parametrize(
    "status, message, hint",
    [
        (403, "Resource not accessible by integration", "pull-requests: write"),
        (422, "Validation Failed", "GitHub's message"),
        (301, "Moved Permanently", "GitHub's message"),
    ],
)
def test_a_refusal_is_not_tried_again(github: GitHub, file: Path, status: int, message: str, hint: str) -> None:
    github.planned = [answer("POST", status, message, headers={"Location": "/elsewhere"})]

    done = post(github, "7", file)

    refused(done, 1, f"{status}: {message}")
    assert hint in done.stderr
    assert [request.partition(" ")[0] for request in github.requests] == ["GET", "POST"]


def test_a_redirect_does_not_carry_the_token_elsewhere(github: GitHub, file: Path) -> None:
    github.planned = [answer("GET", 302, "Found", headers={"Location": "/elsewhere"})]

    done = post(github, "7", file)

    refused(done, 1, "302: Found")
    assert len(github.requests) == 1


def test_a_wrong_token_is_a_failure(github: GitHub, file: Path) -> None:
    refused(post(github, "7", file, token="another"), 1, "401: Bad credentials")


def test_a_pull_request_that_is_not_there_is_a_failure(github: GitHub, file: Path) -> None:
    refused(post(github, "8", file), 1, "404: Not Found")


def test_a_server_that_does_not_answer_is_a_failure(github: GitHub, file: Path) -> None:
    github.server_close()

    refused(post(github, "7", file), 1, "GET: ")


@pytest.mark.parametrize(
    "text, message",
    [
        (f"{MARKER}\n" + "é" * 65_536, "65,565 characters; GitHub takes 65,536"),
        (f"All is well\n{MARKER}\n", f"is not {MARKER}"),
        ("", f"is not {MARKER}"),
    ],
    ids=["too long", "marker not first", "empty"],
)
def test_a_text_that_github_or_the_next_run_would_not_take_is_wrong_input(
    github: GitHub, file: Path, text: str, message: str
) -> None:
    file.write_text(text, encoding="utf-8")

    refused(post(github, "7", file), 2, message)
    assert github.requests == []


def test_the_longest_text_that_github_takes_is_posted(github: GitHub, file: Path) -> None:
    file.write_text(f"{MARKER}\n".ljust(65_536, "é"), encoding="utf-8")

    assert post(github, "7", file).returncode == 0
    assert len(github.bodies()[0]) == 65_536


def test_a_file_that_is_not_there_or_not_text_is_wrong_input(github: GitHub, file: Path) -> None:
    refused(post(github, "7", file.parent / "other.md"), 2, "cannot read")
    file.write_bytes(MARKER.encode() + b"\n\xff\xfe")
    refused(post(github, "7", file), 2, "cannot read")
    assert github.requests == []


@pytest.mark.parametrize("token, message", [("", "GITHUB_TOKEN is not set"), ("a b", "GITHUB_TOKEN is not valid")])
def test_a_missing_or_broken_token_is_wrong_input(github: GitHub, file: Path, token: str, message: str) -> None:
    refused(post(github, "7", file, token=token), 2, message)
    assert github.requests == []


@pytest.mark.parametrize("repository", ["", "cells", "example/cells/../..", "example/cells?x="])
def test_a_wrong_repository_is_wrong_input(github: GitHub, file: Path, repository: str) -> None:
    refused(post(github, "7", file, repository=repository), 2, "GITHUB_REPOSITORY is not")


@pytest.mark.parametrize("number", ["0", "-7", "07", "seven", "7/../8", ""])
def test_a_wrong_number_is_wrong_input(github: GitHub, file: Path, number: str) -> None:
    refused(post(github, number, file), 2, "")
    assert github.requests == []


def test_missing_arguments_are_wrong_input(github: GitHub) -> None:
    refused(post(github), 2, "number, file")
