"""Posts what `cells ci` wrote as one comment on a pull request, and updates that comment on later runs.

    python3 tools/pull_request_comment.py NUMBER FILE

Reads GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN. Standard library only: the job that runs it holds a token
that can write, and installs nothing.
"""

import argparse
import contextlib
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from typing import IO, NoReturn

MARKER = "<!-- cells: pull request -->"
AUTHOR = "github-actions[bot]"
MAX_CHARACTERS = 65_536
ATTEMPTS = 5
LONGEST_WAIT = 120.0
PAGE = 100


class Failed(Exception):
    """Ends the program with `error:`, `hint:` and an exit code."""

    def __init__(self, message: str, *, hint: str, code: int = 1) -> None:
        super().__init__(message)
        self.hint = hint
        self.code = code


class WrongInput(Failed):
    """An argument, a variable or the file is not what it has to be."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint, code=2)


class TryAgain(Exception):
    """GitHub did not do it this time. `wait` is how many seconds it asked for, if it did."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True)
class Comment:
    """What this program needs to know of a comment."""

    id: int
    author: str
    body: str

    @property
    def ours(self) -> bool:
        """Whether an earlier run posted it. Anybody can write the marker, so the author counts as well."""
        return self.author == AUTHOR and first_line(self.body) == MARKER


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another address, or turn a POST into a GET."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Follow none: the answer then counts as an error."""


class GitHub:
    """The comments of one pull request."""

    def __init__(self, api: str, repository: str, token: str, number: int) -> None:
        self._repository = f"{api}/repos/{repository}"
        self._token = token
        self._number = number
        self._opener = urllib.request.build_opener(NoRedirects)

    def comments(self) -> Iterator[Comment]:
        """All of them, page after page."""
        page = 1
        while True:
            found = self._call("GET", f"/issues/{self._number}/comments?per_page={PAGE}&page={page}")
            if not isinstance(found, list):
                raise TryAgain("the answer is not a list of comments")
            yield from map(read_comment, found)
            if len(found) < PAGE:
                return
            page += 1

    def post(self, body: str) -> Comment:
        """Write a new comment."""
        return read_comment(self._call("POST", f"/issues/{self._number}/comments", body))

    def update(self, comment: Comment, body: str) -> None:
        """Replace the text of a comment."""
        self._call("PATCH", f"/issues/comments/{comment.id}", body)

    def delete(self, comment: Comment) -> None:
        """Take a comment away."""
        self._call("DELETE", f"/issues/comments/{comment.id}")

    def _call(self, method: str, path: str, body: str | None = None) -> object:
        request = urllib.request.Request(
            self._repository + path,
            method=method,
            data=None if body is None else json.dumps({"body": body}).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "cells",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with self._opener.open(request, timeout=30) as answer:
                text = answer.read()
            return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise refusal(method, error) from error
        except (OSError, HTTPException, ValueError) as error:
            raise TryAgain(f"{method}: {error or type(error).__name__}") from error


def refusal(method: str, error: urllib.error.HTTPError) -> Failed | TryAgain:
    """What an answer of 300 and above means."""
    said = what_it_said(error)
    message = f"GitHub answered {method} with {error.code}: {said}"
    if error.code >= 500 or error.code == 429 or is_rate_limit(error, said):
        return TryAgain(message, asked_wait(error))
    if error.code == 404 and method in ("PATCH", "DELETE"):
        return TryAgain(f"{message} (somebody deleted the comment meanwhile)")
    return Failed(message, hint=HINTS.get(error.code, "GitHub's message says what it refuses"))


HINTS = {
    401: "GITHUB_TOKEN is not valid, or no longer valid",
    403: "give the job the permission pull-requests: write",
    404: "check GITHUB_REPOSITORY, the number and what the token may read",
    410: "the pull request is gone",
}


def what_it_said(error: urllib.error.HTTPError) -> str:
    """The message in GitHub's answer, else what the status means."""
    with contextlib.suppress(OSError, HTTPException, ValueError):
        answer = json.loads(error.read())
        if isinstance(answer, dict) and isinstance(answer.get("message"), str):
            return str(answer["message"])
    return str(error.reason)


def is_rate_limit(error: urllib.error.HTTPError, said: str) -> bool:
    """Whether a 403 says "later" and not "never"."""
    spent = error.headers.get("X-RateLimit-Remaining") == "0"
    return error.code == 403 and (spent or "Retry-After" in error.headers or "rate limit" in said.lower())


def asked_wait(error: urllib.error.HTTPError) -> float | None:
    """How many seconds GitHub wants to be left alone. Without a number, a rate limit wants a minute."""
    after = error.headers.get("Retry-After", "")
    if after.isdecimal():
        return float(after)
    reset = error.headers.get("X-RateLimit-Reset", "")
    if error.headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
        return max(0.0, float(reset) - time.time()) + 1
    return 60.0 if error.code in (403, 429) else None


def read_comment(value: object) -> Comment:
    """The parts of a comment that count. Without a user, its author was deleted."""
    if not isinstance(value, dict) or not isinstance(value.get("id"), int):
        raise TryAgain("the answer is not a comment")
    user, body = value.get("user"), value.get("body")
    login = user.get("login") if isinstance(user, dict) else None
    return Comment(value["id"], str(login or ""), body if isinstance(body, str) else "")


def first_line(body: str) -> str:
    """The line that the marker has to be."""
    return body.partition("\n")[0].strip()


def publish(github: GitHub, body: str) -> str:
    """Leave exactly one comment of ours, with this body. Two runs at the same time may have left more."""
    ours = sorted((comment for comment in github.comments() if comment.ours), key=lambda comment: comment.id)
    if not ours:
        return f"posted comment {github.post(body).id}"
    kept, *others = ours
    github.update(kept, body)
    for other in others:
        github.delete(other)
    return f"updated comment {kept.id}" + (f", deleted {len(others)} more" if others else "")


def publish_at_last(github: GitHub, body: str, pause: float) -> str:
    """Publish, and try again while GitHub says "later".

    The whole round is repeated, not the last request: a POST that was answered with 502 may have been made.
    """
    for attempt in range(ATTEMPTS):
        try:
            return publish(github, body)
        except TryAgain as error:
            wait = pause * 2**attempt if error.wait is None else error.wait
            if attempt + 1 == ATTEMPTS:
                raise Failed(str(error), hint=f"tried {ATTEMPTS} times; run the job again later") from error
            if wait > LONGEST_WAIT:
                raise Failed(str(error), hint=f"run the job again in {wait:.0f} seconds") from error
            print(f"trying again in {wait:g} s: {error}", file=sys.stderr)
            time.sleep(wait)
    raise AssertionError("not reached")


def read_body(path: Path) -> str:
    """The text of the file, when GitHub will take it and the next run will find it."""
    try:
        body = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInput(
            f"cannot read {path}: {error}", hint="name the file that `cells ci --comment` wrote"
        ) from error
    if first_line(body) != MARKER:
        raise WrongInput(f"the first line of {path} is not {MARKER}", hint="`cells ci --comment` writes it")
    if len(body) > MAX_CHARACTERS:
        raise WrongInput(
            f"{path} has {len(body):,} characters; GitHub takes {MAX_CHARACTERS:,}", hint="write a shorter comment"
        )
    return body


def variable(name: str, pattern: str) -> str:
    """An environment variable that has to be there and have this form. Its value is never shown."""
    value = os.environ.get(name, "")
    if not re.fullmatch(pattern, value):
        raise WrongInput(f"{name} is {'not valid' if value else 'not set'}", hint="GitHub Actions sets it; see env:")
    return value


class Parser(argparse.ArgumentParser):
    """Says what is wrong in the way that all commands of the project do."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        raise WrongInput(message, hint=" ".join(self.format_usage().split()))


def positive(text: str) -> int:
    """The number of a pull request."""
    if not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of a pull request")
    return int(text)


def run(arguments: list[str]) -> str:
    """Do what the command line says. Returns what was done."""
    parser = Parser(prog="pull_request_comment.py", description="Post a comment on a pull request, or update it.")
    parser.add_argument("number", type=positive, help="the number of the pull request")
    parser.add_argument("file", type=Path, help="the Markdown file that `cells ci --comment` wrote")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds before the second try; doubles with each")
    chosen = parser.parse_args(arguments)
    body = read_body(chosen.file)
    github = GitHub(
        api=variable("GITHUB_API_URL", r"https?://[\w.:/\[\]-]+").rstrip("/"),
        repository=variable("GITHUB_REPOSITORY", r"[\w.-]+/[\w.-]+"),
        token=variable("GITHUB_TOKEN", r"[!-~]+"),
        number=chosen.number,
    )
    return publish_at_last(github, body, chosen.pause)


def main() -> int:
    """Run, and say what went wrong without a traceback."""
    try:
        print(run(sys.argv[1:]))
    except Failed as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
