"""Who may call the API from a page of another origin: run in Node, as CloudFront runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import JsonValue

from constructs_lib.api_paths import CLOSED, callers_code

NODE = Path(sys.prefix) / "bin" / "node"
SHOP, DOCS = "https://shop.example.com", "https://docs.example.com"


def answer(code: str, *, method: str = "GET", **headers: str) -> dict[str, JsonValue]:
    sent = {name.replace("_", "-"): {"value": value} for name, value in headers.items()}
    event = json.dumps({"request": {"method": method, "uri": "/api/orders", "headers": sent}})
    script = f"{code}\nprocess.stdout.write(JSON.stringify(handler({event})))"
    found: dict[str, JsonValue] = json.loads(
        subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True).stdout
    )
    return found


def test_a_preflight_of_a_named_origin_is_answered_with_exactly_that_origin() -> None:
    found = answer(callers_code([SHOP, DOCS]), method="OPTIONS", origin=DOCS, access_control_request_method="PUT")

    headers = found["headers"]
    assert found["statusCode"] == 204
    assert isinstance(headers, dict)
    assert headers["access-control-allow-origin"] == {"value": DOCS}
    assert headers["access-control-allow-credentials"] == {"value": "true"}
    assert "*" not in json.dumps(headers)
    assert headers["vary"] == {"value": "Origin"}


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example.net", "null", f"{SHOP}.evil.net", "http://shop.example.com", "https://SHOP.example.com"],
)
@pytest.mark.parametrize("method", ["OPTIONS", "POST", "GET"])
def test_pages_of_other_origins_are_refused_whatever_they_ask(origin: str, method: str) -> None:
    # GET too: a WebSocket begins with one, and no browser asks first.
    found = answer(callers_code([SHOP]), method=method, origin=origin, access_control_request_method="GET")

    assert found == {"statusCode": 403, "statusDescription": "Forbidden"}


def test_a_request_of_a_named_origin_goes_on() -> None:
    assert answer(callers_code([SHOP]), method="POST", origin=SHOP)["uri"] == "/api/orders"


def test_an_options_request_that_is_no_preflight_goes_on() -> None:
    assert answer(callers_code([SHOP]), method="OPTIONS", origin=SHOP)["uri"] == "/api/orders"


def test_programs_name_no_origin_and_go_on() -> None:
    assert answer(callers_code([SHOP]), method="DELETE")["uri"] == "/api/orders"


def test_nothing_is_behind_any_other_path() -> None:
    assert answer(CLOSED)["statusCode"] == 404


def test_the_code_stays_below_what_cloudfront_takes() -> None:
    assert len(callers_code([f"https://{'a' * 180}{number}.example.com" for number in range(40)])) < 10_240
